import BPF
import Policy
import TestSupport
import Testing
import URingABI

@testable import FilterCompiler

/// Reference evaluator, linear program, decision graph and optimised programs say the same about requests at every
/// boundary of random policies, and every instruction and branch of the optimised programs is put to use by them.
///
/// `URING_JAIL_SEED` tries that one seed only.
struct OracleChainTests {
  private static let operations: [Operation] = [.openat, .openat2, .socket, .connect, Operation(code: 22)]

  /// How often further requests are tried, after the boundaries, to reach what these left out.
  private static let furtherRounds = 20

  @Test(arguments: Seeds.seeds(0..<200))
  func everyFormOfAPolicySaysTheSame(seed: UInt64) throws {
    for operation in Self.operations { try expectAgreement(operation, policies: 1, seed: seed) }
  }

  @Test(arguments: Seeds.seeds(1000..<1060))
  func everyFormOfSeveralPoliciesSaysTheSame(seed: UInt64) throws {
    for operation in Self.operations { try expectAgreement(operation, policies: 3, seed: seed) }
  }

  private func expectAgreement(_ operation: Operation, policies count: Int, seed: UInt64) throws {
    var random = RandomPolicy(seed: seed &* 31 &+ UInt64(operation.code))
    let policies = (0..<count).map { _ in random.policy(for: operation) }
    var chain = try OracleChain(operation, policies)
    var requests = BoundaryRequests(operation, under: policies, seed: seed, limit: 1000)
    requests.addRandom(100)
    let compiled = CombinedPolicy(policies)
    for sample in requests.samples.prefix(3) where sample.submission == sample.submission.seenByFilters() {
      #expect(try compiled.allows(.submission(sample.submission)) == sample.isAllowed, "URING_JAIL_SEED=\(seed)")
    }
    var choices = SplitMix64(seed: seed)
    var tried = 0
    for _ in 0..<Self.furtherRounds {
      if let mismatch = try chain.mismatch(on: requests.samples[tried...]) {
        Issue.record("URING_JAIL_SEED=\(seed), \(operation.name): \(mismatch)\n\(policies)")
        return
      }
      tried = requests.samples.count
      if chain.isCovered { return }
      for sample in try chain.samplesAtGaps(requests.samples, &choices) { requests.add(around: sample) }
      requests.addRandom(200)
    }
    Issue.record("URING_JAIL_SEED=\(seed), \(operation.name): never reached: \(chain.gaps)\n\(policies)")
  }
}

/// All forms of the same policies.
private struct OracleChain {
  private let linear: Program
  private let programs: [Program]
  private let graph: DecisionGraph
  private let root: DecisionGraph.NodeID
  private var coverages: [Coverage]

  init(_ operation: Operation, _ policies: [Policy]) throws {
    linear = try LinearCompiler.program(for: operation, under: policies)
    programs = try CombinedPolicy(policies).programs(for: operation, withCommonFlags: true)
    coverages = programs.map { Coverage(of: $0) }
    var graph = DecisionGraph()
    root = OperationCompiler(operation, policies).decision(withCommonFlags: true, order: [0, 1, 2], in: &graph)
    self.graph = graph
  }

  var isCovered: Bool { coverages.allSatisfy(\.isComplete) }

  /// What no request has done, with the program.
  var gaps: String {
    zip(programs, coverages).filter { !$0.1.isComplete }
      .map { "\($0.1.gaps) in\n\(Disassembler.text(of: $0.0))" }.joined(separator: "\n")
  }

  /// Some requests that came to a jump which only ever went one way.
  func samplesAtGaps(_ samples: [BoundaryRequests.Sample], _ random: inout SplitMix64) throws -> [Int] {
    var found: [Int] = []
    for (program, coverage) in zip(programs, coverages) {
      var wanted: [Int: Int] = [:]
      for case .neverTrue(let index) in coverage.gaps { wanted[index] = 3 }
      for case .neverFalse(let index) in coverage.gaps { wanted[index] = 3 }
      for index in samples.indices.shuffled(using: &random) where !wanted.isEmpty {
        var own = Coverage(of: program)
        _ = try Simulator.run(program, context: samples[index].submission.contextWords, coverage: &own)
        let reached = wanted.keys.filter { own.executions[$0] > 0 }
        if reached.isEmpty { continue }
        found.append(index)
        for gap in reached {
          wanted[gap, default: 0] -= 1
          if wanted[gap] == 0 { wanted[gap] = nil }
        }
      }
    }
    return found
  }

  /// The first request that is not decided the same everywhere; `nil` if there is none.
  mutating func mismatch(on samples: ArraySlice<BoundaryRequests.Sample>) throws -> String? {
    for sample in samples {
      let context = sample.submission.contextWords
      let inLinear = try Simulator.run(linear, context: context).isAllowed
      let inGraph = graph.verdict(from: root, context: context) == .allow
      var inPrograms = true
      for index in programs.indices {
        let outcome = try Simulator.run(programs[index], context: context, coverage: &coverages[index])
        if !outcome.isAllowed { inPrograms = false }
      }
      if inLinear != sample.isAllowed || inGraph != sample.isAllowed || inPrograms != sample.isAllowed {
        return "\(sample.submission) is \(sample.isAllowed) by the policy, \(inLinear) by the linear program, "
          + "\(inGraph) by the graph, \(inPrograms) by the programs"
      }
    }
    return nil
  }
}
