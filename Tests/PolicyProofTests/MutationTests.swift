import BPF
import Policy
import TestSupport
import Testing
import URingABI

@testable import FilterCompiler
@testable import PolicyProof

/// A proof that could not fail would be worth nothing: changed programs are told from the right ones, and each
/// counterexample is one.
struct MutationTests {
  private static let operations: [Operation] = [.openat, .openat2, .socket, .connect]
  private static let newest = KernelAbilities(release: KernelRelease(7, 3))

  @Test(arguments: 0..<20 as Range<UInt64>)
  func changedProgramsAreFoundOut(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let operation = Self.operations[Int(seed % 4)]
    var policies = RandomPolicy(seed: seed)
    let policy = policies.policy(for: operation)
    let plan = try RegistrationPlan(CombinedPolicy(policy), for: Self.newest, backend: .filtersOnly)
    guard let index = plan.filters.firstIndex(where: { $0.operation == operation }) else { return }
    for _ in 0..<10 {
      let filter = plan.filters[index]
      let changed = try #require(Self.mutation(of: filter.program, &random))
      var filters = plan.filters
      filters[index] = RegistrationPlan.Filter(
        operation: operation, program: changed, payloadSize: filter.payloadSize, deniesRest: filter.deniesRest)
      let programs = filters.filter { $0.operation == operation }.map(\.program)
      let proof = Proof(
        of: [policy], RegistrationPlan(restrictions: [], filters: filters), for: Self.newest, insideAnotherJail: true)
      #expect(proof.undecided.isEmpty)
      for example in proof.counterexamples {
        guard case .submission(let submission) = example.request else { continue }
        let context = submission.seenByFilters().contextWords
        let isAllowed = try programs.allSatisfy { try Simulator.run($0, context: context).isAllowed }
        #expect(isAllowed == example.isAllowedByKernel)
        #expect(isAllowed != example.decision.isAllowed)
      }
      if !proof.counterexamples.isEmpty { continue }
      // Changes that mean nothing exist; then no sample may tell the programs apart either.
      for sample in BoundaryRequests(operation, under: [policy], seed: seed, limit: 200).samples {
        let isAllowed = try programs.allSatisfy {
          try Simulator.run($0, context: sample.submission.contextWords).isAllowed
        }
        #expect(isAllowed == sample.isAllowed)
      }
    }
  }

  /// One instruction changed: a constant, a verdict or the sides of a jump.
  private static func mutation(of program: Program, _ random: inout SplitMix64) -> Program? {
    for _ in 0..<100 {
      var instructions = program.instructions
      let index = Int.random(in: instructions.indices, using: &random)
      let old = instructions[index]
      let isJump = Opcode.conditionalJumps.contains(old.code)
      let bit: UInt32 = old.code == Opcode.returnImmediate ? 1 : 1 << UInt32.random(in: 0..<32, using: &random)
      instructions[index] =
        isJump && Bool.random(using: &random)
        ? Instruction(code: old.code, jumpTrue: old.jumpFalse, jumpFalse: old.jumpTrue, k: old.k)
        : Instruction(code: old.code, jumpTrue: old.jumpTrue, jumpFalse: old.jumpFalse, k: old.k ^ bit)
      if let changed = Program(checking: instructions), changed != program { return changed }
    }
    return nil
  }

  @Test func everyReachableVerdictMatters() throws {
    let policy = try #require(
      ReadPolicy(
        "[operations]\nallow = [\"openat2\"]\n[open]\naccess = [\"read\"]\nresolve = { require = [\"beneath\"] }"
      )
      .policy)
    let plan = try RegistrationPlan(CombinedPolicy(policy), for: Self.newest, backend: .restrictionsAndFilters)
    let filter = try #require(plan.filters.first)
    for (index, instruction) in filter.program.instructions.enumerated()
    where instruction.code == Opcode.returnImmediate {
      var instructions = filter.program.instructions
      instructions[index] = Instruction(code: instruction.code, k: 1 - instruction.k)
      let changed = RegistrationPlan.Filter(
        operation: filter.operation, program: try #require(Program(checking: instructions)),
        payloadSize: filter.payloadSize, deniesRest: false)
      let proof = Proof(
        of: [policy], RegistrationPlan(restrictions: plan.restrictions, filters: [changed]), for: Self.newest)
      #expect(proof.counterexamples.count == 1)
    }
  }

  @Test func whatIsNotRestrictedIsFoundOut() throws {
    let policy = try #require(ReadPolicy("[operations]\nallow = [\"nop\"]\n[register]\nallow = [\"buffers\"]").policy)
    let proof = Proof(of: [policy], RegistrationPlan(restrictions: [], filters: []), for: Self.newest)
    #expect(proof.parts.count { if case .differs = $0.outcome { true } else { false } } == 64)
    // All but the one that is allowed and the one that the launcher needs.
    #expect(proof.registrations.count == Self.newest.registerOperationCount - 2)
    #expect(!proof.isComplete)
  }

  @Test func whatIsTooLargeIsNotCalledProven() throws {
    let policy = try #require(
      ReadPolicy("[operations]\nallow = [\"connect\"]\n[connect]\nallow = [{ to = [\"10.0.0.0/8\"], port = [443] }]")
        .policy)
    let plan = try RegistrationPlan(CombinedPolicy(policy), for: Self.newest, backend: .restrictionsAndFilters)
    let proof = Proof(of: [policy], plan, for: Self.newest, mostFunctions: 50)
    #expect(proof.undecided == [.connect])
    #expect(!proof.isComplete)
    #expect(Proof(of: [policy], plan, for: Self.newest).isComplete)
  }
}
