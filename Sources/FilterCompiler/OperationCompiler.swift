import BPF
import Policy
import URingABI

/// Compiles what policies say of the requests of one operation: flags of the entry, user data, and its own arguments.
struct OperationCompiler {
  private let operation: Operation
  private let policies: [Policy]

  /// `policies`: all of them must allow.
  init(_ operation: Operation, _ policies: [Policy]) {
    self.operation = operation
    self.policies = policies
  }

  /// True if a policy says more of the operation than that it is allowed.
  ///
  /// `withCommonFlags`: conditions on the flags of every request count, too.
  func hasConditions(withCommonFlags: Bool) -> Bool {
    policies.indices.contains { index in
      policies[index].conditions.contains { $0.operation.value == operation }
        || (withCommonFlags && !policies[index].operations.flags.isEmpty) || hasArguments(policies[index])
    }
  }

  /// True if a policy has conditions on the operation's own arguments, which the kernel must show.
  var readsArguments: Bool { policies.indices.contains { hasArguments(policies[$0]) } }

  private func hasArguments(_ policy: Policy) -> Bool { !policy.argumentRules(of: operation).isFree }

  /// Programs that all must allow.
  func programs(withCommonFlags: Bool) throws(Assembler.Failure) -> [Program] {
    var best: [Program]?
    var planner = SearchPlanner()
    // Which order of the fields is the shortest depends on the entries, so several are tried.
    for order in orders {
      var graph = DecisionGraph()
      let root = decision(withCommonFlags: withCommonFlags, order: order, in: &graph)
      for separates in [true, false] {
        let lowered = LowerNetworkOrder.run(&graph, root, separates: separates, &planner)
        let programs = try SplitLongPrograms.programs(for: graph, root: lowered, &planner)
        if best.map({ Self.isBetter(programs, than: $0) }) ?? true { best = programs }
        // Separating makes programs long, which costs more than it saves if that makes them more.
        if programs.count == 1 || !graph.keepsWords(from: lowered) { break }
      }
    }
    guard let best else { preconditionFailure("there is always an order") }
    return best
  }

  /// The decision as a graph, before it is lowered; what proofs compare programs with.
  func decision(
    withCommonFlags: Bool, order: [Int], in graph: inout DecisionGraph
  ) -> DecisionGraph.NodeID {
    var root = arguments(order: order, in: &graph)
    root = graph.chain(userData(in: &graph), root)
    return graph.chain(sqeFlags(withCommonFlags: withCommonFlags, in: &graph), root)
  }

  private static func isBetter(_ a: [Program], than b: [Program]) -> Bool {
    let (first, second) = (ProgramCost(a), ProgramCost(b))
    return first < second
  }

  // MARK: Orders

  /// Ranks of the fields of the arguments, the usual order first.
  private var orders: [[Int]] {
    switch operation.arguments {
    case .none, .openat, .openat2: [[0]]
    case .socket: readsArguments ? [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] : [[0]]
    case .connect: readsArguments && !isLarge ? [[0], [1]] : [[0]]
    }
  }

  /// Long lists are compiled in the usual order only: ports first.
  private var isLarge: Bool {
    policies.contains { policy in
      let entries = (policy.connect?.allow ?? []) + (policy.connect?.deny ?? [])
      return entries.reduce(0) { $0 + ($1.networks?.count ?? 0) + ($1.ports?.count ?? 0) } > 500
    }
  }

  // MARK: Parts

  private func sqeFlags(withCommonFlags: Bool, in graph: inout DecisionGraph) -> DecisionGraph.NodeID {
    var region = CubeSet.everything
    for policy in policies {
      if withCommonFlags {
        region = region.intersection(FlagRegion.cubes(of: policy.operations.flags, SQEFlags.vocabulary))
      }
      if let conditions = policy.conditions(of: operation) {
        region = region.intersection(FlagRegion.cubes(of: conditions.flags, SQEFlags.vocabulary))
      }
    }
    let word = FilterContext.Header.sqeFlags
    return FlagDecision(
      FilterContext.Wide(low: FilterContext.Word(offset: word.offset), high: FilterContext.Word(offset: word.offset)),
      rank: 0, shift: FilterContext.Header.sqeFlagsShift
    ).node(region, then: DecisionGraph.allow, in: &graph)
  }

  private func userData(in graph: inout DecisionGraph) -> DecisionGraph.NodeID {
    let wide = FilterContext.Header.userData
    let (high, low) = (Field(wide.high, rank: 0), Field(wide.low, rank: 1))
    var decision = DecisionGraph.allow
    for policy in policies {
      guard let ranges = policy.conditions(of: operation)?.userData else { continue }
      var parts: [DecisionGraph.NodeID] = []
      for range in ranges.map(\.value) { parts.append(Self.wideRange(range, high, low, in: &graph)) }
      decision = graph.and(decision, graph.or(parts[...]))
    }
    return decision
  }

  private static func wideRange(
    _ range: ClosedRange<UInt64>, _ high: Field, _ low: Field, in graph: inout DecisionGraph
  ) -> DecisionGraph.NodeID {
    let (first, last) = (UInt32(range.lowerBound >> 32), UInt32(range.upperBound >> 32))
    let (start, end) = (UInt32(truncatingIfNeeded: range.lowerBound), UInt32(truncatingIfNeeded: range.upperBound))
    if first == last {
      return graph.test(high, in: IntervalSet([first...first]), then: graph.test(low, in: IntervalSet([start...end])))
    }
    let bottom = graph.test(
      high, in: IntervalSet([first...first]), then: graph.test(low, in: IntervalSet([start...UInt32.max])))
    let top = graph.test(high, in: IntervalSet([last...last]), then: graph.test(low, in: IntervalSet([0...end])))
    let ends = graph.or(bottom, top)
    return last - first > 1 ? graph.or(ends, graph.test(high, in: IntervalSet([(first + 1)...(last - 1)]))) : ends
  }

  private func arguments(order: [Int], in graph: inout DecisionGraph) -> DecisionGraph.NodeID {
    var decision = DecisionGraph.allow
    var opening: [OpenRules] = []
    for policy in policies {
      switch policy.argumentRules(of: operation) {
      case .free: break
      case .open(let rules): opening.append(rules)
      case .socket(let rules):
        decision = graph.and(decision, SocketDecision(order: order).node(rules, in: &graph))
      case .connect(let rules):
        decision = graph.and(decision, PeerDecision(portFirst: order[0] == 0).node(rules, in: &graph))
      }
    }
    // Flags of several policies are one set of flags.
    return opening.isEmpty ? decision : open(OpenRegion(opening), in: &graph)
  }

  private func open(_ region: OpenRegion, in graph: inout DecisionGraph) -> DecisionGraph.NodeID {
    let resolve: DecisionGraph.NodeID
    if operation.arguments == .openat {
      // openat has no resolve flags: the field is always zero.
      let isAllowed = region.resolve.cubes.contains { $0.value == 0 }
      resolve = isAllowed ? DecisionGraph.allow : DecisionGraph.deny
    } else {
      resolve = FlagDecision(FilterContext.Open.resolve, rank: 4).node(
        region.resolve, then: DecisionGraph.allow, in: &graph)
    }
    var alternatives: [FlagDecision.Alternative] = []
    for alternative in region.alternatives {
      let target = FlagDecision(FilterContext.Open.mode, rank: 2).node(alternative.mode, then: resolve, in: &graph)
      alternatives.append(FlagDecision.Alternative(cube: alternative.flags, target: target))
    }
    return FlagDecision(FilterContext.Open.flags, rank: 0).node(alternatives, in: &graph)
  }
}
