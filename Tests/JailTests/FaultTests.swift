import Jail
import Kernel
import Policy
import TestSupport
import Testing
import URingABI

/// A call that fails, whichever and however, never leads to a target without its jail.
struct FaultTests {
  /// Every error number that has a name.
  static let errors = (1...133 as ClosedRange<Int32>).map { Errno($0) }.filter { $0.name.hasPrefix("E") }

  /// A launch with every kind of call in it but uname(2), which only an old kernel gets to see.
  private static func kernel() -> FakeKernel {
    let kernel = FakeKernel.withTarget()
    kernel.inherited[3] = .init("anon_inode:[io_uring]", closesOnExec: true)
    kernel.isAdministrator = true
    return kernel
  }

  private static let policies: [Policy] = [.unixSockets, .withoutNoNewPrivileges, .connections()]

  private static func sequence(_ policy: Policy) throws -> [FakeCall] {
    let kernel = kernel()
    try launch(on: kernel, policy)
    return kernel.calls
  }

  @Test func sequencesHaveEveryCallThatALaunchMakes() throws {
    let names = try Set(Self.policies.flatMap { try Self.sequence($0) }.map(\.name))
    // Policies are read before the launch.
    let before: Set<FakeCall.Name> = [
      .users, .openPath, .fileStatus, .fileSystem, .read, .linkTarget, .currentDirectory,
    ]
    #expect(names == Set(FakeCall.Name.allCases).subtracting(before).subtracting([.uname]))
  }

  @Test(arguments: errors)
  func callThatFailsAnywhereIsTheLastOneAndIsNamed(_ error: Errno) throws {
    #expect(Self.errors.count == 131)
    for policy in Self.policies {
      let sequence = try Self.sequence(policy)
      for (index, call) in sequence.dropLast().enumerated() where !Self.isAnswer(error, to: call) {
        let kernel = Self.kernel()
        kernel.failureAt = (index, error)
        let failure = try launch(on: kernel, policy)
        #expect(kernel.calls == Array(sequence[...index]), "\(call): \(error)")
        #expect(kernel.started == nil)
        #expect(failure.kind == .setUp)
        #expect(failure.message.contains(Self.text(of: call) + ": \(error.meaning) (\(error.name))"), "\(failure)")
        #expect(failure.help?.isEmpty == false, "no way out of \(failure)")
      }
    }
  }

  /// The call as a message names it.
  private static func text(of call: FakeCall) -> String {
    switch call {
    case .open(let path): "open(\(path))"
    case .directoryEntries: "getdents64(/proc/self/fd)"
    case .readLink(let path): "readlink(\(path))"
    case .closesOnExec(let descriptor): "fcntl(\(descriptor), F_GETFD)"
    case .close: "close(/proc/self/fd)"
    case .setNoNewPrivileges: "prctl(PR_SET_NO_NEW_PRIVS)"
    case .getNoNewPrivileges: "prctl(PR_GET_NO_NEW_PRIVS)"
    case .capabilities: "capget"
    case .probe: "io_uring_register(IORING_REGISTER_BPF_FILTER)"
    case .query: "io_uring_register(IORING_REGISTER_QUERY)"
    case .restrict: "io_uring_register(IORING_REGISTER_RESTRICTIONS)"
    case .askPayloadSize(let operation):
      "io_uring_register(IORING_REGISTER_BPF_FILTER) asking for the data of \(operation.name)"
    case .filter(let operation, _, _): "io_uring_register(IORING_REGISTER_BPF_FILTER) for \(operation.name)"
    default: "no other call is made"
    }
  }

  /// Error numbers that tell something about the kernel or the task instead of a failure.
  private static func isAnswer(_ error: Errno, to call: FakeCall) -> Bool {
    switch call {
    case .probe: [.badAddress, .invalid, .badDescriptor, .noSystemCall].contains(error)
    case .restrict: error == .notPermitted
    case .askPayloadSize: error == .messageSize
    default: false
    }
  }

  @Test(arguments: errors)
  func filterThatIsRefusedAnywhereInARowStopsTheLaunch(_ error: Errno) throws {
    let outer = FakeJail(restrictions: [])
    let whole = FakeKernel.insideAnotherJail(outer)
    try launch(on: whole, Policy(allow: [.read]))
    let first = try #require(whole.calls.firstIndex { $0.name == .filter })
    #expect(whole.calls.count - first == 64 + 1)
    for index in stride(from: first, to: whole.calls.count - 1, by: 7) {
      let kernel = FakeKernel.insideAnotherJail(outer)
      kernel.failureAt = (index, error)
      let failure = try launch(on: kernel, Policy(allow: [.read]))
      #expect(kernel.calls == Array(whole.calls[...index]))
      #expect(failure.kind == .setUp)
      #expect(failure.message.contains("\(error)"))
    }
  }

  @Test(arguments: errors)
  func releaseOfAnOldKernelThatCannotBeReadIsNamed(_ error: Errno) throws {
    let kernel = FakeKernel.withTarget()
    kernel.hasFilters = false
    kernel.failures[.uname] = error
    let failure = try launch(on: kernel)
    #expect(failure.kind == .setUp)
    #expect(failure.message.contains("uname: \(error)"))
    #expect(!kernel.hasTriedToExecute)
  }
}
