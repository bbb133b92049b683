import Jail
import Kernel
import Policy
import TestSupport
import Testing
import URingABI

/// H1, the hole that only something that the target notices can close.
struct ExecutionHoleTests {
  private typealias Status = ExecutionHoleTrial.Status

  private func kernel(_ release: String = "7.0.13-cloud", ending status: Int32) -> FakeKernel {
    let kernel = FakeKernel.withTarget()
    kernel.release = release
    kernel.childStatus = status
    return kernel
  }

  private func deniesExecution(_ kernel: FakeKernel) throws -> Bool {
    try kernel.verdict(number: FakeKernel.execve, arguments: []) == SystemCallVerdict.fail(.notPermitted)
  }

  // MARK: Whether it is there

  @Test(arguments: [
    "7.1.8", "7.1.8-200.fc44.x86_64", "7.1.13+deb14-amd64", "7.2", "7.2.7", "7.3.4", "7.3.0-12-generic", "8.0",
    "10.2.1",
  ])
  func releaseRulesItOutWithoutATrial(_ release: String) throws {
    let kernel = kernel(release, ending: Status.free.rawValue)
    try launch(on: kernel)
    #expect(kernel.started == "/bin/target" && !kernel.calls.contains(.fork))
  }

  @Test(arguments: [
    "7.0.0", "7.0.13+deb13-cloud-amd64", "7.0.0-39-generic", "7.1.0", "7.1.0-39-generic", "7.1.7+deb13-cloud-amd64",
    "7.1.8-rc1", "7.2.0-rc5", "7.2-rc7-cloud-amd64", "7.2.0-39-generic", "7.3-rc7-cloud-amd64", "6.19.0", "2.6.60",
    "7.2.x", "7.99999999999999999999", "unknown", "",
  ])
  func everyOtherReleaseIsTried(_ release: String) throws {
    let kernel = kernel(release, ending: Status.restricted.rawValue)
    try launch(on: kernel)
    #expect(kernel.calls.contains(.fork))
    #expect(kernel.started == "/bin/target", "a vendor's kernel with the fix")
    #expect(kernel.systemCallFilters.isEmpty)
  }

  @Test func targetThatCannotExecuteNeedsNoTrial() throws {
    let kernel = kernel(ending: Status.free.rawValue)
    try launch(on: kernel, Policy(allow: [.read], exec: .deny))
    #expect(try kernel.started == "/bin/target" && deniesExecution(kernel))
    #expect(!kernel.calls.contains(.fork))
  }

  // MARK: What is done about it

  /// Everything that a trial can come to but the all-clear.
  private static let others: [Int32] = {
    var others: [Int32] = [0, 1, 2, 125, 128 + 9, 128 + 11]
    for status in Status.allCases where status != .restricted { others.append(status.rawValue) }
    return others
  }()

  @Test(arguments: others)
  func openOrUndecidedHoleIsRefused(_ status: Int32) throws {
    for policies in [[Policy()], [Policy(holes: .refuse)], [Policy(holes: .accept), Policy()]] {
      let kernel = kernel(ending: status)
      let failure =
        policies.count == 1
        ? try launch(on: kernel, policies[0]) : try launch(on: kernel, policies[0], policies[1])
      #expect(failure.kind == .setUp)
      #expect(failure.message.contains("CVE-2026-80713") && failure.message.contains("(7.0.13-cloud)"))
      #expect(failure.help?.contains("holes = \"mitigate\"") == true)
      let kernels = ": Linux 7.1.8 or a later 7.1, or 7.2 or newer, or a vendor's kernel with it"
      #expect(failure.help?.contains(kernels) == true)
      #expect(kernel.registrations.isEmpty && !kernel.hasTriedToExecute)
    }
  }

  @Test(arguments: others)
  func mitigationDeniesExecutionAndSaysSo(_ status: Int32) throws {
    let kernel = kernel(ending: status)
    var warnings: [String] = []
    try launch(on: kernel, Policy(allow: [.read], holes: .mitigate), Policy(holes: .accept)) { warnings.append($0) }
    #expect(try kernel.started == "/bin/target" && deniesExecution(kernel))
    #expect(warnings.count == 1)
    #expect(warnings.first?.contains("the program cannot execute others") == true)
  }

  @Test(arguments: others)
  func acceptedHoleIsSaid(_ status: Int32) throws {
    let kernel = kernel(ending: status)
    var warnings: [String] = []
    try launch(on: kernel, Policy(allow: [.read], holes: .accept)) { warnings.append($0) }
    #expect(kernel.started == "/bin/target" && kernel.systemCallFilters.isEmpty)
    #expect(warnings.count == 1)
    #expect(warnings.first?.contains("can leave the jail") == true)
  }

  @Test(arguments: [FakeCall.Name.fork, .wait])
  func trialThatCannotBeMadeIsAFailure(_ call: FakeCall.Name) throws {
    for rule in KernelRules.Holes.allCases {
      let kernel = kernel(ending: Status.restricted.rawValue)
      kernel.failures[call] = .noMemory
      let failure = try launch(on: kernel, Policy(holes: rule))
      #expect(failure.message.contains("checking for the hole H1 failed: "))
      #expect(!kernel.hasTriedToExecute)
    }
  }

  // MARK: The trial itself

  @Test func childDoesWhatATargetCouldDoToLeaveTheJail() {
    let kernel = FakeKernel()
    #expect(ExecutionHoleTrial(kernel).tryExecution() == Status.cannotExecute.rawValue, "it came back")
    #expect(
      kernel.calls.map(\.name) == [.setNoNewPrivileges, .restrict, .restrict, .restrict, .makeRing, .executeSelf],
      "invalid restrictions, valid ones, and the same again")
    #expect(kernel.hasRing && !kernel.jail.isEmpty)
  }

  /// EPERM is what a seccomp filter may say as well.
  @Test func jailFromOutsideLeavesItUndecided() {
    let kernel = FakeKernel()
    kernel.startInside(FakeJail(restrictions: []))
    #expect(ExecutionHoleTrial(kernel).tryExecution() == Status.isHindered.rawValue)
  }

  @Test func endsOfChildrenAreNoticedBeforeThereIsOne() throws {
    let kernel = FakeKernel()
    kernel.childStatus = nil
    #expect(try ExecutionHoleTrial(kernel).run() == .undecided("a child could not execute /proc/self/exe"))
    #expect(kernel.calls.map(\.name).prefix(3) == [.fork, .noticeChildren, .fork])
  }

  @Test func childSaysWhereItGotStuck() {
    let cases: [([Int: Errno], ExecutionHoleTrial.Status)] = [
      ([0: .notPermitted], .cannotPrepare), ([1: .notPermitted], .isHindered), ([1: .accessDenied], .isHindered),
      ([2: .accessDenied], .cannotRestrict), ([3: .invalid], .cannotRestrict), ([4: .notPermitted], .cannotMakeRing),
      ([5: .noSuchFile], .cannotExecute),
    ]
    for (failures, status) in cases {
      let kernel = FakeKernel()
      kernel.failuresAt = failures
      #expect(ExecutionHoleTrial(kernel).tryExecution() == status.rawValue)
    }
  }

  @Test func executedProgramLooksWhetherItIsStillRestricted() {
    let free = FakeKernel()
    free.noNewPrivilegesIsSet = true
    #expect(ExecutionHoleTrial(free).look() == Status.free.rawValue)
    let restricted = FakeKernel()
    restricted.noNewPrivilegesIsSet = true
    restricted.startInside(FakeJail(restrictions: []))
    #expect(ExecutionHoleTrial(restricted).look() == Status.restricted.rawValue)
    #expect(ExecutionHoleTrial(FakeKernel()).look() == Status.hasNoAnswer.rawValue)
  }

  @Test func waitingGoesOnAfterASignal() throws {
    let kernel = FakeKernel()
    kernel.childStatus = Status.restricted.rawValue
    kernel.failureAt = (1, .interrupted)
    #expect(try ExecutionHoleTrial(kernel).run() == .closed)
    #expect(kernel.calls == [.fork, .wait, .wait])
  }
}

/// Every hole has an entry, and the entries hang together.
struct KernelHoleTests {
  @Test func everyHoleIsThereOnce() {
    #expect(KernelHole.all.map(\.name) == KernelHole.Name.allCases)
  }

  @Test func onlyAHoleWhoseMitigationTakesSomethingIsLookedFor() {
    for hole in KernelHole.all {
      #expect((hole.detection == .trial) == hole.mitigation.takesSomething, "\(hole.name)")
    }
  }

  @Test func everyHoleHasAPublicNameOfItsOwn() {
    #expect(Set(KernelHole.all.compactMap(\.advisory)).count == KernelHole.all.count)
    #expect(KernelHole.all.allSatisfy { $0.advisory?.hasPrefix("CVE-2026-") == true })
  }

  @Test func numberRulesAHoleOutAndNeverIn() {
    for hole in KernelHole.all {
      #expect(hole.correctedIn == hole.correctedIn.sorted() && !hole.correctedIn.isEmpty)
      for release in hole.correctedIn {
        #expect(hole.isRuledOut(by: release) && release.stage == .final)
        if release.patch > 0 {
          #expect(!hole.isRuledOut(by: KernelRelease(release.major, release.minor, release.patch - 1)))
        }
        #expect(!hole.isRuledOut(by: KernelRelease(release.major, release.minor, release.patch, stage: .candidate)))
      }
      #expect(hole.isRuledOut(by: KernelRelease(99, 0)))
      #expect(!hole.isRuledOut(by: KernelRelease(7, 0)))
      #expect(!hole.isRuledOut(by: KernelRelease(2, 6)))
      #expect(!hole.isRuledOut(by: nil))
    }
  }
}
