import BPF
import Policy
import TestSupport
import Testing
import URingABI

@testable import FilterCompiler

/// Reference evaluator, decision graph and programs agree on requests of every kind, near every boundary.
struct OracleTests {
  private static let operations: [Operation] = [.openat, .openat2, .socket, .connect, Operation(code: 22)]

  @Test(arguments: 0..<400 as Range<UInt64>)
  func programsSayWhatPoliciesSay(seed: UInt64) throws {
    for operation in Self.operations {
      try expectAgreement(operation, policies: 1, seed: seed)
    }
  }

  @Test(arguments: 1000..<1150 as Range<UInt64>)
  func severalPoliciesIntersect(seed: UInt64) throws {
    for operation in Self.operations {
      try expectAgreement(operation, policies: 3, seed: seed)
    }
  }

  private func expectAgreement(_ operation: Operation, policies count: Int, seed: UInt64) throws {
    var random = RandomPolicy(seed: seed &* 31 &+ UInt64(operation.code))
    let policies = (0..<count).map { _ in random.policy(for: operation) }
    let compiled = try CompiledPolicy(policies)
    let programs = try compiled.programs(for: operation, withCommonFlags: true)
    for submission in random.submissions(operation, near: policies, count: 2) {
      let request = Request.submission(submission)
      #expect(try compiled.allows(request) == ReferenceEvaluator.decide(request, under: policies).isAllowed)
    }
    var graph = DecisionGraph()
    let root = OperationCompiler(operation, policies).decision(withCommonFlags: true, order: [0, 1, 2], in: &graph)
    for submission in random.submissions(operation, near: policies, count: 300) {
      let expected = ReferenceEvaluator.decide(.submission(submission), under: policies)
      let context = submission.contextWords
      let inGraph = graph.verdict(from: root, context: context) == .allow
      let inPrograms = try programs.allSatisfy { try Simulator.run($0, context: context).isAllowed }
      if inGraph != expected.isAllowed || inPrograms != expected.isAllowed {
        Issue.record(
          """
          seed \(seed), \(operation.name): \(submission) is \(expected.isAllowed) by the policy (\(expected.reason)), \
          \(inGraph) by the graph, \(inPrograms) by the programs
          \(policies)
          """)
        return
      }
    }
  }
}
