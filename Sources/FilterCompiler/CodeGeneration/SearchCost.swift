/// What code for a node will cost, estimated without generating it: for choosing between ways to write the same.
struct SearchCost {
  private struct Own {
    let worst: Int
    let mean: Double
    let size: Int
  }

  /// By the number of the node.
  private var ownCosts: [Own?] = []
  private var ways: [(worst: Int, mean: Double)?] = []
  var planner = SearchPlanner()

  /// True if the first costs less: instructions on the longest way, then in the mean, every run of values being as
  /// likely as any other, then in all.
  mutating func isCheaper(
    _ a: DecisionGraph.NodeID, than b: DecisionGraph.NodeID, in graph: DecisionGraph
  ) -> Bool {
    let (first, second) = (way(from: a, in: graph), way(from: b, in: graph))
    if first != second { return first < second }
    return size(from: a, in: graph) < size(from: b, in: graph)
  }

  /// Instructions of this node and all behind it.
  private mutating func size(from id: DecisionGraph.NodeID, in graph: DecisionGraph) -> Int {
    graph.reachable(from: id).reduce(0) { $0 + own($1, in: graph).size }
  }

  private mutating func way(from id: DecisionGraph.NodeID, in graph: DecisionGraph) -> (worst: Int, mean: Double) {
    if id.index < ways.count, let known = ways[id.index] { return known }
    let targets: [DecisionGraph.NodeID]
    switch graph[id] {
    case .verdict: return (1, 1)
    case .test(_, let branches): targets = branches.map(\.target)
    case .keep(_, let next): targets = [next]
    }
    let own = own(id, in: graph)
    var worst = 0
    var mean = 0.0
    for target in targets {
      let next = way(from: target, in: graph)
      worst = max(worst, next.worst)
      mean += next.mean
    }
    let result = (worst: own.worst + worst, mean: own.mean + mean / Double(targets.count))
    if ways.count <= id.index { ways += Array(repeating: nil, count: graph.nodes.count - ways.count) }
    ways[id.index] = result
    return result
  }

  private mutating func own(_ id: DecisionGraph.NodeID, in graph: DecisionGraph) -> Own {
    if id.index < ownCosts.count, let known = ownCosts[id.index] { return known }
    guard let code = NodeCode(graph[id]) else { return Own(worst: 1, mean: 1, size: 1) }
    let before = 1 + code.transformation.count
    let result: Own
    switch code.search {
    case .bits:
      result = Own(worst: before + 1, mean: Double(before) + 1, size: before + 1)
    case .runs(let runs):
      let shape = planner.shape(runs[...])
      result = Own(
        worst: before + shape.depth, mean: Double(before) + Double(shape.totalDepth) / Double(runs.count),
        size: before + shape.size)
    case .next:
      result = Own(worst: before, mean: Double(before), size: before)
    }
    if ownCosts.count <= id.index { ownCosts += Array(repeating: nil, count: graph.nodes.count - ownCosts.count) }
    ownCosts[id.index] = result
    return result
  }
}
