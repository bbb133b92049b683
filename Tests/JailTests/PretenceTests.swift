import Jail
import Kernel
import Policy
import TestSupport
import Testing
import URingABI

/// Calls that are answered with success and not made, as a seccomp filter in front of the launcher does, never lead to a
/// target without its jail: docs/design/0016-asking-back.md.
///
/// A seccomp filter has no memory. So all calls with the same words are answered alike.
struct PretenceTests {
  /// Every call that some launch sees, told apart as a seccomp filter does, in the order of the first of each.
  private func words(of kernel: FakeKernel) -> [String] {
    var words: [String] = []
    for call in kernel.wordsOfCalls where !words.contains(call) { words.append(call) }
    return words
  }

  private func run(_ scenario: Scenario, pretending lies: Set<String>) throws -> (FakeKernel, LaunchFailure) {
    let kernel = scenario.kernel()
    kernel.pretends = { lies.contains($1) }
    return (kernel, try scenario.launch(kernel))
  }

  private func expectNothingOrAJail(
    _ kernel: FakeKernel, _ failure: LaunchFailure, like whole: FakeKernel, _ scenario: Scenario, _ what: String
  ) {
    if kernel.started != nil {
      scenario.expectJail(of: kernel, like: whole, what)
    } else {
      #expect(failure.kind == .setUp && failure.help?.isEmpty == false, "\(what): \(failure)")
    }
  }

  @Test(arguments: Scenario.all.indices)
  func oneOrTwoCallsThatOnlySeemToSucceedLeadToNothingOrToAWholeJail(_ number: Int) throws {
    let scenario = Scenario.all[number]
    let whole = scenario.run()
    #expect(whole.started != nil)
    for first in words(of: whole) {
      let (once, failure) = try run(scenario, pretending: [first])
      expectNothingOrAJail(once, failure, like: whole, scenario, first)
      // Behind the end of a launch nothing is met; one that goes on may come to calls that the whole one does not make.
      for second in words(of: once) where second != first {
        let (kernel, failure) = try run(scenario, pretending: [first, second])
        expectNothingOrAJail(kernel, failure, like: whole, scenario, "\(first) and \(second)")
      }
    }
  }

  /// The same for a call alone, the filters excepted: who remembers what was asked before is no seccomp filter.
  @Test(arguments: Scenario.all.indices)
  func singleCallThatOnlySeemsToSucceedLeadsToNothingOrToAWholeJail(_ number: Int) throws {
    let scenario = Scenario.all[number]
    let whole = scenario.run()
    for (index, call) in whole.calls.enumerated() where call.name != .filter {
      let kernel = scenario.kernel()
      kernel.pretends = { place, _ in place == index }
      let failure = try scenario.launch(kernel)
      expectNothingOrAJail(kernel, failure, like: whole, scenario, "call \(index), \(call)")
    }
  }

  /// The calls whose effect is the jail: each is named, and what is to be done.
  @Test func callThatWasNotMadeIsNamed() throws {
    let cases: [(String, FakeCall.Name, Policy)] = [
      ("prctl(PR_SET_NO_NEW_PRIVS)", .setNoNewPrivileges, Policy(allow: [.read])),
      ("prctl(PR_SET_NO_NEW_PRIVS)", .getNoNewPrivileges, Policy(allow: [.read])),
      ("close_range", .closeRange, Policy(allow: [.read])), ("close_range", .isClosedOnExec, Policy(allow: [.read])),
      ("fcntl(F_DUPFD)", .duplicate, Policy(allow: [.read])), ("uname", .uname, Policy(allow: [.read])),
      ("io_uring_register(IORING_REGISTER_BPF_FILTER)", .probe, Policy(allow: [.read])),
      ("io_uring_register(IORING_REGISTER_QUERY)", .query, Policy(allow: [.read])),
      ("io_uring_register(IORING_REGISTER_RESTRICTIONS)", .restrict, Policy(allow: [.read])),
      ("io_uring_register(IORING_REGISTER_BPF_FILTER)", .filter, .unixSockets),
      ("seccomp(SECCOMP_SET_MODE_FILTER)", .seccomp, Policy(allow: [.read], register: [.query])),
      ("seccomp(SECCOMP_SET_MODE_FILTER)", .seccomp, Policy(allow: [.read], exec: .deny)),
      ("seccomp(SECCOMP_SET_MODE_FILTER)", .executeNothing, Policy(allow: [.read], exec: .deny)),
      ("getrandom", .random, Policy(allow: [.read], exec: .deny)),
      ("capget", .getCapabilities, Policy(allow: [.read], drop: .all)),
      ("capset", .setCapabilities, Policy(allow: [.read], drop: .all)),
      (
        "prctl(PR_CAPBSET_DROP)", .dropFromBoundingSet,
        Policy(allow: [.read], noNewPrivileges: false, drop: .some([8, 20]))
      ),
      ("execve", .execute, Policy(allow: [.read])),
    ]
    for (name, call, policy) in cases {
      let kernel = FakeKernel.withTarget()
      kernel.isAdministrator = true
      kernel.capabilitySets = CapabilitySets(effective: 1 << 8, permitted: 1 << 8)
      let whole = FakeKernel.withTarget()
      whole.isAdministrator = true
      whole.capabilitySets = kernel.capabilitySets
      try launch(on: whole, policy)
      let lies = Set(zip(whole.calls, whole.wordsOfCalls).filter { $0.0.name == call }.map(\.1))
      #expect(!lies.isEmpty, "\(name)")
      kernel.pretends = { lies.contains($1) }
      let failure = try launch(on: kernel, policy)
      #expect(kernel.started == nil && failure.kind == .setUp, "\(name)")
      #expect(failure.message.contains("\(name): \(Errno.pretended)"), "\(failure)")
      #expect(failure.help?.contains("let it make the call") == true)
    }
  }

  /// A filter has the calls with the same words answered alike, so these must have them.
  @Test func questionsHaveTheWordsOfWhatTheyAreAbout() throws {
    let kernel = FakeKernel.insideAnotherJail(FakeJail(restrictions: [.allow(.read), .allowFlags(.everyBit)]))
    try launch(on: kernel, .unixSockets)
    let filters = zip(kernel.calls, kernel.wordsOfCalls).filter { [.probe, .filter].contains($0.0.name) }
    #expect(filters.count == 1 + 65 - 2 && Set(filters.map(\.1)).count == 1)
    let other = FakeKernel.withTarget()
    try launch(on: other, .unixSockets)
    let restrictions = zip(other.calls, other.wordsOfCalls).filter { $0.0.name == .restrict }
    #expect(restrictions.count == 2 && Set(restrictions.map(\.1)).count == 1)
  }

  // MARK: The trial of the hole

  @Test func trialThatIsAnsweredByAFilterIsNoAllClear() throws {
    let whole = FakeKernel()
    #expect(ExecutionHoleTrial(whole).tryExecution() == ExecutionHoleTrial.Status.cannotExecute.rawValue)
    for (call, words) in zip(whole.calls, whole.wordsOfCalls) where call != .executeSelf && call != .makeRing {
      let kernel = FakeKernel()
      kernel.pretends = { $1 == words }
      #expect(ExecutionHoleTrial(kernel).tryExecution() != ExecutionHoleTrial.Status.cannotExecute.rawValue, "\(call)")
      #expect(!kernel.calls.contains(.executeSelf))
    }
  }

  @Test func programThatIsExecutedDoesNotTakeAFilterForTheKernel() {
    let kernel = FakeKernel()
    kernel.noNewPrivilegesIsSet = true
    kernel.pretends = { $1.hasPrefix("io_uring_register") }
    #expect(ExecutionHoleTrial(kernel).look() == ExecutionHoleTrial.Status.hasNoAnswer.rawValue)
  }
}
