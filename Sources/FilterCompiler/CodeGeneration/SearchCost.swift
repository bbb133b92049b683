/// What code for a node will cost, estimated without generating it: for choosing between ways to write the same.
struct SearchCost {
  struct Cost: Comparable {
    /// Instructions on the longest way, the return included.
    let worst: Int
    /// Instructions in the mean, every run of values being as likely as any other.
    let mean: Double
    /// Instructions of this node and all behind it.
    let size: Int

    static func < (a: Cost, b: Cost) -> Bool { (a.worst, a.mean, a.size) < (b.worst, b.mean, b.size) }
  }

  private struct Own {
    let worst: Int
    let mean: Double
    let size: Int
  }

  private var ownCosts: [DecisionGraph.NodeID: Own] = [:]
  private var ways: [DecisionGraph.NodeID: (worst: Int, mean: Double)] = [:]
  private var planner = SearchPlanner<DecisionGraph.NodeID>()

  mutating func of(_ id: DecisionGraph.NodeID, in graph: DecisionGraph) -> Cost {
    let way = way(from: id, in: graph)
    let size = graph.reachable(from: id).reduce(0) { $0 + own($1, in: graph).size }
    return Cost(worst: way.worst, mean: way.mean, size: size)
  }

  private mutating func way(from id: DecisionGraph.NodeID, in graph: DecisionGraph) -> (worst: Int, mean: Double) {
    if let known = ways[id] { return known }
    guard case .test(_, let branches) = graph[id] else { return (1, 1) }
    let own = own(id, in: graph)
    var worst = 0
    var mean = 0.0
    for branch in branches {
      let next = way(from: branch.target, in: graph)
      worst = max(worst, next.worst)
      mean += next.mean
    }
    let result = (worst: own.worst + worst, mean: own.mean + mean / Double(branches.count))
    ways[id] = result
    return result
  }

  private mutating func own(_ id: DecisionGraph.NodeID, in graph: DecisionGraph) -> Own {
    if let known = ownCosts[id] { return known }
    guard case .test(let field, let branches) = graph[id] else { return Own(worst: 1, mean: 1, size: 1) }
    let code = NodeCode(field, branches)
    let before = 1 + code.transformation.count
    let result: Own
    switch code.search {
    case .bits:
      result = Own(worst: before + 1, mean: Double(before) + 1, size: before + 1)
    case .runs(let runs):
      let tree = planner.tree(runs[...])
      let depth = tree.depth
      result = Own(
        worst: before + depth, mean: Double(before) + Double(tree.totalDepth) / Double(runs.count),
        size: before + tree.size)
    }
    ownCosts[id] = result
    return result
  }
}

extension SearchTree {
  /// Tests on the ways to all ends together.
  var totalDepth: Int {
    func sum(_ tree: SearchTree, _ depth: Int) -> Int {
      switch tree {
      case .found: depth
      case .atLeast(_, let then, let otherwise): sum(then, depth + 1) + sum(otherwise, depth + 1)
      case .equal(_, _, let otherwise): depth + 1 + sum(otherwise, depth + 1)
      }
    }
    return sum(self, 0)
  }
}
