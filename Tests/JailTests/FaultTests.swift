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

  /// Those of a second failure: the ones that some call takes for an answer, and others of every kind.
  static let secondErrors: [Errno] = [
    .notPermitted, .noSuchFile, .interrupted, .badDescriptor, .noMemory, .accessDenied, .badAddress, .invalid,
    .noSystemCall, .messageSize, .fileExists,
  ]

  // MARK: One call

  @Test func scenariosHaveEveryCallThatALaunchMakes() throws {
    var names: Set<FakeCall.Name> = []
    for scenario in Scenario.all { names.formUnion(scenario.run().calls.map(\.name)) }
    // These are for policies and for the children of a trial.
    let elsewhere: Set<FakeCall.Name> = [
      .noticeChildren, .makeRing, .executeSelf, .linkTarget, .currentDirectory, .groups, .mountFlags, .isAmbient,
      .fileCapabilities,
    ]
    #expect(names == Set(FakeCall.Name.allCases).subtracting(elsewhere))
    #expect(Self.errors.count == 131)
  }

  @Test(arguments: Scenario.all.indices)
  func callThatFailsStopsTheLaunchAndIsNamedOrChangesNothing(_ number: Int) throws {
    let scenario = Scenario.all[number]
    let whole = scenario.run()
    let calls = whole.calls
    for (index, call) in calls.dropLast().enumerated() {
      for error in call.stopsNothing ? Self.secondErrors : Self.errors {
        let kernel = scenario.kernel()
        kernel.failuresAt = [index: error]
        let failure = try scenario.launch(kernel)
        if kernel.started != nil {
          scenario.expectJail(of: kernel, like: whole, "\(call): \(error)")
        } else if !call.answers(error) {
          // The second time that the same is asked for, it must be refused.
          let isQuestion = call.isQuestion || call.name == .restrict && calls[index - 1] == call
          #expect(kernel.calls == Array(calls[...index]), "\(call): \(error)")
          #expect(failure.kind == .setUp)
          #expect(failure.message.contains("\(call.text): \(isQuestion ? .pretended : error)"), "\(failure)")
          #expect(failure.help?.isEmpty == false, "no way out of \(failure)")
        }
      }
    }
  }

  // MARK: Two calls

  /// Where the first error ends a launch, the second is never met: what is left are those after which it goes on.
  @Test(arguments: Scenario.all.indices)
  func twoCallsThatFailNeverLeadToHalfAJail(_ number: Int) throws {
    let scenario = Scenario.all[number]
    let whole = scenario.run()
    for (index, call) in whole.calls.dropLast().enumerated() {
      for error in call.firstErrors where call.answers(error) {
        let once = scenario.kernel()
        once.failuresAt = [index: error]
        try scenario.launch(once)
        for second in once.calls.indices.dropLast() where second > index {
          for secondError in Self.secondErrors {
            let kernel = scenario.kernel()
            kernel.failuresAt = [index: error, second: secondError]
            let failure = try scenario.launch(kernel)
            if kernel.started != nil {
              scenario.expectJail(
                of: kernel, like: whole, "\(call): \(error), then \(once.calls[second]): \(secondError)")
            } else {
              #expect(failure.kind == .setUp, "\(failure)")
            }
          }
        }
      }
    }
  }

  @Test(arguments: errors)
  func filterThatIsRefusedAnywhereInARowStopsTheLaunch(_ error: Errno) throws {
    let outer = FakeJail(restrictions: [])
    let whole = FakeKernel.insideAnotherJail(outer)
    try launch(on: whole, Policy(allow: [.read]))
    let first = try #require(whole.calls.firstIndex { $0.name == .filter })
    #expect(whole.calls.count - first == 64 + 1, "nothing is asked behind a filter")
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

extension FakeCall {
  /// The call as a message names it.
  fileprivate var text: String {
    switch self {
    case .open(let path): "open(\(path))"
    case .keepOnExec(let descriptor): "fcntl(\(descriptor), F_SETFD)"
    case .isClosedOnExec(let descriptor): "fcntl(\(descriptor), F_GETFD)"
    case .duplicate: "fcntl(F_DUPFD)"
    case .directoryEntries: "getdents64(/proc/self/fd)"
    case .readLink(let path): "readlink(\(path))"
    case .close: "close(/proc/self/fd)"
    case .closeRange: "close_range"
    case .closeOnExec(let descriptor): "fcntl(\(descriptor), F_SETFD)"
    case .setNoNewPrivileges: "prctl(PR_SET_NO_NEW_PRIVS)"
    case .getNoNewPrivileges: "prctl(PR_GET_NO_NEW_PRIVS)"
    case .capabilities, .getCapabilities: "capget"
    case .setCapabilities: "capset"
    case .readBoundingSet(let number): "prctl(PR_CAPBSET_READ, \(number))"
    case .dropFromBoundingSet(let number): "prctl(PR_CAPBSET_DROP, \(number))"
    case .uname: "uname"
    case .random: "getrandom"
    case .seccomp, .seccompNothing, .executeNothing, .setUpNoRing, .askRegister: "seccomp(SECCOMP_SET_MODE_FILTER)"
    case .fork: "clone"
    case .wait: "waitpid"
    case .probe: "io_uring_register(IORING_REGISTER_BPF_FILTER)"
    case .query: "io_uring_register(IORING_REGISTER_QUERY)"
    case .restrict: "io_uring_register(IORING_REGISTER_RESTRICTIONS)"
    case .askPayloadSize(let operation):
      "io_uring_register(IORING_REGISTER_BPF_FILTER) asking for the data of \(operation.name)"
    case .filter(let operation, _, _): "io_uring_register(IORING_REGISTER_BPF_FILTER) for \(operation.name)"
    default: "no other call can stop a launch"
    }
  }

  /// Error numbers that tell something about the kernel or the task instead of a failure, and calls on which nothing
  /// depends.
  fileprivate func answers(_ error: Errno) -> Bool {
    switch self {
    case .probe: [.messageSize, .invalid, .badDescriptor, .noSystemCall, .notPermitted, .accessDenied].contains(error)
    case .restrict: error == .notPermitted
    case .askPayloadSize: error == .messageSize
    case .closeRange: [.noSystemCall, .invalid, .notPermitted].contains(error)
    case .readLink: error == .noSuchFile
    case .enterRing, .fileSystem: true
    case .isClosedOnExec: error == .badDescriptor
    case .duplicate: error == .badDescriptor || error == .invalid
    case .seccompNothing: error == .invalid
    case .executeNothing: error == .notPermitted
    case .setUpNoRing: error == .noSystemCall
    case .askRegister: error == .accessDenied
    case .dropFromBoundingSet: error == .notPermitted || error == .invalid
    case .readBoundingSet: error == .invalid
    case .wait: error == .interrupted
    default: stopsNothing
    }
  }

  /// Errors after which a launch may go on, one of those that lead to the same.
  fileprivate var firstErrors: [Errno] {
    if stopsNothing { return [.accessDenied] }
    return name == .enterRing || name == .fileSystem ? [.noSystemCall, .badDescriptor] : FaultTests.secondErrors
  }

  /// What is asked for its error.
  fileprivate var isQuestion: Bool {
    [.seccompNothing, .executeNothing, .setUpNoRing, .askRegister].contains(name)
  }

  /// Answers about the kernel are kept if they can be, and nothing depends on it.
  fileprivate var stopsNothing: Bool {
    switch self {
    case .open("/proc/sys/kernel/random/boot_id"), .open("/run/uring-jail/holes"), .openPath, .fileStatus, .read,
      .users,
      .makeDirectory, .create, .write, .rename:
      true
    default: false
    }
  }
}
