import Jail
import Policy
import TestSupport
import Testing
import URingABI

/// Who may start a jail, and what it costs the target.
struct PrivilegeTests {
  struct Caller: Sendable, CustomTestStringConvertible {
    let isSet: Bool
    let isAdministrator: Bool

    var kernel: FakeKernel {
      let kernel = FakeKernel.withTarget()
      kernel.noNewPrivilegesIsSet = isSet
      kernel.isAdministrator = isAdministrator
      return kernel
    }

    var testDescription: String { "no_new_privs \(isSet), CAP_SYS_ADMIN \(isAdministrator)" }

    static let all = [false, true].flatMap { set in [false, true].map { Caller(isSet: set, isAdministrator: $0) } }
  }

  private static let privilegeCalls: [FakeCall] = [.getNoNewPrivileges, .setNoNewPrivileges, .capabilities]

  private func privilegeCalls(_ kernel: FakeKernel) -> [FakeCall] {
    kernel.calls.filter { Self.privilegeCalls.contains($0) }
  }

  @Test(arguments: Caller.all)
  func noNewPrivilegesIsSetForEveryCallerUnlessThePolicySaysOtherwise(_ caller: Caller) throws {
    let kernel = caller.kernel
    try launch(on: kernel)
    #expect(privilegeCalls(kernel) == [.setNoNewPrivileges, .getNoNewPrivileges])
    #expect(kernel.noNewPrivilegesIsSet)
    #expect(kernel.started == "/bin/target")
  }

  @Test(arguments: Caller.all)
  func policyWithoutItNeedsAPrivilegeThatTheCallerBrings(_ caller: Caller) throws {
    let kernel = caller.kernel
    let failure = try launch(on: kernel, .withoutNoNewPrivileges)
    #expect(kernel.noNewPrivilegesIsSet == caller.isSet, "the launcher must not set what the policy leaves alone")
    #expect(privilegeCalls(kernel) == (caller.isSet ? [.getNoNewPrivileges] : [.getNoNewPrivileges, .capabilities]))
    if caller.isSet || caller.isAdministrator {
      #expect(kernel.started == "/bin/target")
    } else {
      #expect(kernel.calls.last == .capabilities, "nothing else was done")
      #expect(failure.kind == .setUp)
      for words in ["no-new-privileges = false", "no_new_privs is not set", "CAP_SYS_ADMIN in its user namespace"] {
        #expect(failure.message.contains(words))
      }
      #expect(
        failure.help
          == "remove no-new-privileges = false from [process], or start uring-jail with CAP_SYS_ADMIN")
    }
  }

  @Test(arguments: Caller.all.filter { $0.isSet || $0.isAdministrator })
  func jailIsTheSameWhateverThePrivilege(_ caller: Caller) throws {
    let (bringing, setting) = (caller.kernel, caller.kernel)
    try launch(on: bringing, .withoutNoNewPrivileges)
    try launch(on: setting, .unixSockets)
    #expect(bringing.registrations == setting.registrations)
    #expect(bringing.registrations.count == 2)
  }
}
