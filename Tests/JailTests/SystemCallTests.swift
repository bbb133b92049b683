import Jail
import Kernel
import Policy
import TestSupport
import Testing
import URingABI

/// What the launcher has seccomp do: register opcodes, and execution.
struct SystemCallTests {
  private static let denied = SystemCallVerdict.fail(.accessDenied)

  private func verdicts(_ kernel: FakeKernel) throws -> [UInt32] {
    try (0..<38).map { try kernel.verdict(number: 427, arguments: [3, UInt64($0)]) }
  }

  private static let query = [RegisterOperation.query]

  @Test func policyWithoutSuchRulesInstallsNothing() throws {
    let kernel = FakeKernel.withTarget()
    try launch(on: kernel)
    #expect(kernel.systemCallFilters.isEmpty && !kernel.calls.contains(.random))
  }

  @Test(arguments: [KernelRules.Restrictions?.none, .auto, .never])
  func registerOpcodesAreExactlyThoseOfThePolicy(_ restrictions: KernelRules.Restrictions?) throws {
    for outer in [FakeJail(), FakeJail(restrictions: [])] {
      let kernel = FakeKernel.insideAnotherJail(outer)
      try launch(on: kernel, Policy(allow: [.read], register: Self.query, restrictions: restrictions))
      #expect(kernel.started == "/bin/target")
      #expect(
        try verdicts(kernel)
          == RegisterOperation.known.map { $0 == .query ? SystemCallVerdict.allow : Self.denied },
        "bpf_filter, which the launcher itself needed, included")
      #expect(try kernel.verdict(number: 427, arguments: [3, 38]) == SystemCallVerdict.fail(.invalid))
    }
  }

  @Test func severalPoliciesMustAllAllow() throws {
    let kernel = FakeKernel.withTarget()
    try launch(
      on: kernel, Policy(allow: [.read], register: Self.query + [.bpfFilter]), Policy(allow: [.read]),
      Policy(allow: [.read], register: [.bpfFilter]))
    #expect(
      try verdicts(kernel)
        == RegisterOperation.known.map { $0 == .bpfFilter ? SystemCallVerdict.allow : Self.denied })
  }

  // MARK: Execution

  private static let execution: [UInt64] = [1, 2, 3, 0, 0, 0]

  @Test func targetStartsAndNothingAfterIt() throws {
    let kernel = FakeKernel.withTarget()
    try launch(on: kernel, Policy(allow: [.read], exec: .deny))
    #expect(kernel.started == "/bin/target")
    #expect(
      try kernel.verdict(number: FakeKernel.execve, arguments: Self.execution) == SystemCallVerdict.fail(.notPermitted))
  }

  @Test func everyFolderOfTheSearchPathCanBeTried() throws {
    let kernel = FakeKernel()
    kernel.targets = ["/c/target": .starts]
    try launch(on: kernel, Policy(exec: .deny), command: ["target"], searchPath: "/a:/b:/c")
    #expect(kernel.started == "/c/target")
    #expect(kernel.calls.count { $0.name == .random } == 1)
  }

  @Test func onePolicyThatDeniesItIsEnough() throws {
    let kernel = FakeKernel.withTarget()
    try launch(on: kernel, Policy(allow: [.read], exec: .allow), Policy(allow: [.read], exec: .deny))
    #expect(kernel.systemCallFilters.count == 1)
    #expect(kernel.started == "/bin/target")
  }

  @Test func jailInsideAJailThatDeniesExecutionCannotStartAnything() throws {
    let outer = FakeKernel.withTarget()
    try launch(on: outer, Policy(.allow, exec: .deny))
    let kernel = FakeKernel.withTarget()
    kernel.systemCallFilters = outer.systemCallFilters
    let failure = try launch(on: kernel)
    #expect(kernel.started == nil)
    #expect(failure.kind == .cannotExecute)
  }
}
