import Jail
import Kernel
import Policy
import TestSupport
import Testing
import URingABI

/// What a launch does, and in which order.
struct LaunchOrderTests {
  @Test func launchLooksForRingsThenTakesPrivilegeThenRestrictsThenExecutes() throws {
    let kernel = FakeKernel.withTarget()
    try launch(on: kernel)
    #expect(
      kernel.calls == [
        .open("/proc/self/fd"), .directoryEntries, .readLink("/proc/self/fd/0"), .readLink("/proc/self/fd/1"),
        .readLink("/proc/self/fd/2"), .directoryEntries, .close,
        .setNoNewPrivileges,
        .probe, .query,
        .restrict([.allow(.nop), .allow(.read), .allow(.socket), .allowFlags(.everyBit)]),
        .filter(.socket, payloadSize: 12, deniesRest: false),
        .execute("/bin/target", ["/bin/target", "-x"]),
      ])
    #expect(kernel.started == "/bin/target")
    #expect(kernel.openDescriptors.isEmpty)
  }

  @Test func filtersAreRegisteredInTheOrderOfTheTableAndOnlyTheLastDeniesTheRest() throws {
    let kernel = FakeKernel.insideAnotherJail(FakeJail(restrictions: [.allow(.socket), .allowFlags(.everyBit)]))
    try launch(on: kernel, Policy(allow: [.socket], families: [1]))
    let filters = kernel.registrations.dropFirst()
    #expect(
      Array(filters)
        == Operation.known.map {
          .filter($0, payloadSize: $0 == .socket ? 12 : 0, deniesRest: $0 == Operation.known.last)
        })
    #expect(kernel.started == "/bin/target")
  }

  @Test func restIsNotDeniedWhereAnOperationIsAllowedWithoutAFilter() throws {
    let kernel = FakeKernel.insideAnotherJail(FakeJail(restrictions: []))
    try launch(on: kernel)
    #expect(kernel.registrations.count == 1 + 65 - 2)
    for case .filter(_, _, let deniesRest) in kernel.registrations { #expect(!deniesRest) }
  }

  @Test func restIsDeniedByTheOnlyFilterWhereNothingElseIsAllowed() throws {
    let kernel = FakeKernel.withTarget()
    try launch(on: kernel, Policy(allow: [.socket], families: [1]))
    #expect(kernel.registrations.last == .filter(.socket, payloadSize: 12, deniesRest: true))
  }

  @Test func policyWithoutConditionsNeedsNoFilter() throws {
    let kernel = FakeKernel.withTarget()
    try launch(on: kernel, Policy(allow: [.read]))
    #expect(kernel.registrations == [.restrict([.allow(.read), .allowFlags(.everyBit)])])
  }

  @Test func policyThatAllowsEverythingRegistersNothingAndStillChecksTheKernel() throws {
    let kernel = FakeKernel.withTarget()
    try launch(on: kernel, Policy(.allow))
    #expect(kernel.registrations == [])
    #expect(kernel.calls.contains(.probe) && kernel.calls.contains(.setNoNewPrivileges))
    #expect(kernel.started == "/bin/target")
  }

  @Test func nothingIsCalledBetweenTheLastRegistrationAndTheTarget() throws {
    for policy in [Policy.unixSockets, Policy(allow: [.read]), Policy(.allow, deny: [.read])] {
      let kernel = FakeKernel.withTarget()
      try launch(on: kernel, policy)
      #expect(kernel.calls.suffix(2).map(\.name).last == .execute)
      #expect([.restrict, .filter].contains(kernel.calls.suffix(2).map(\.name).first))
    }
  }

  // MARK: Rings from before the jail

  @Test func inheritedRingStopsTheLaunchBeforeAnythingElse() throws {
    let kernel = FakeKernel.withTarget()
    for number in [5, 9] as [Int32] { kernel.inherited[number] = .init("anon_inode:[io_uring]", closesOnExec: false) }
    let failure = try launch(on: kernel)
    #expect(failure.kind == .setUp)
    #expect(
      failure.message
        == "the caller hands over an io_uring ring (descriptor 5, 9), which no jail would restrict")
    #expect(failure.help == "close it or mark it close-on-exec before starting uring-jail")
    #expect(!kernel.noNewPrivilegesIsSet && kernel.registrations.isEmpty && !kernel.hasTriedToExecute)
  }

  @Test func ringThatTheTargetDoesNotGetIsNoObstacle() throws {
    let kernel = FakeKernel.withTarget()
    kernel.inherited[5] = .init("anon_inode:[io_uring]", closesOnExec: true)
    kernel.inherited[6] = .init("socket:[1]", closesOnExec: false)
    try launch(on: kernel)
    #expect(kernel.started == "/bin/target")
  }
}
