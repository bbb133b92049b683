import BPF

/// Cuts a decision that needs more instructions than one program may have into several that must all allow.
///
/// The node with the most branches is cut into regions. Each part decides inside its own region as the whole does and
/// lets the values of the others pass:
///
///     whole:  0..9 → a, 10..19 → b, 20.. → c
///     parts:  0..9 → a, 10.. → allow     and     ..9 → allow, 10..19 → b, 20.. → c
struct SplitLongPrograms {
  /// The programs of a decision, in no order that matters.
  static func programs(
    for graph: DecisionGraph, root: DecisionGraph.NodeID, _ planner: inout SearchPlanner
  ) throws(Assembler.Failure) -> [Program] {
    do throws(Assembler.Failure) {
      return [try CodeGenerator.program(for: graph, root: root, sharesSearches: false, &planner)]
    } catch {
      guard case .tooLong = error else { throw error }
      return try parts(of: graph, root: root, &planner)
    }
  }

  private static func parts(
    of graph: DecisionGraph, root: DecisionGraph.NodeID, _ planner: inout SearchPlanner
  ) throws(Assembler.Failure) -> [Program] {
    do throws(Assembler.Failure) {
      return [try CodeGenerator.program(for: graph, root: root, sharesSearches: true, &planner)]
    } catch {
      guard case .tooLong(let count) = error else { throw error }
      let parts = max(2, (count + Program.mostInstructions * 9 / 10 - 1) / (Program.mostInstructions * 9 / 10))
      var graph = graph
      guard let roots = cut(root, into: parts, in: &graph) else { throw error }
      var programs: [Program] = []
      for root in roots { programs += try self.parts(of: graph, root: root, &planner) }
      return programs
    }
  }

  /// Roots of the parts; `nil` if no node has branches enough.
  private static func cut(
    _ root: DecisionGraph.NodeID, into parts: Int, in graph: inout DecisionGraph
  ) -> [DecisionGraph.NodeID]? {
    // Nodes with the same branches, which look at different words, are cut alike: their code is shared.
    var weights = Weights(graph)
    var best: (branches: [DecisionGraph.Branch], weight: Int)?
    for id in graph.reachable(from: root) {
      guard case .test(_, let branches) = graph[id], branches.count > 2 else { continue }
      let weight = branches.count
      if weight > best?.weight ?? 0 { best = (branches, weight) }
    }
    guard let best else { return nil }
    let weight = best.branches.map { weights.of($0.target) + 1 }
    let total = weight.reduce(0, +)
    var roots: [DecisionGraph.NodeID] = []
    var start = 0
    for part in 0..<parts where start < best.branches.count {
      var end = start
      var sum = weight[..<start].reduce(0, +)
      while end < best.branches.count, end == start || sum + weight[end] <= total * (part + 1) / parts {
        sum += weight[end]
        end += 1
      }
      if part == parts - 1 { end = best.branches.count }
      if end - start == best.branches.count { return nil }
      roots.append(restrict(root, best.branches, to: start..<end, in: &graph))
      start = end
    }
    return roots
  }

  /// The decision with every branch of the cut nodes outside the region replaced by "allow".
  private static func restrict(
    _ root: DecisionGraph.NodeID, _ cut: [DecisionGraph.Branch], to region: Range<Int>, in graph: inout DecisionGraph
  ) -> DecisionGraph.NodeID {
    var known: [DecisionGraph.NodeID: DecisionGraph.NodeID] = [:]
    func rebuild(_ id: DecisionGraph.NodeID) -> DecisionGraph.NodeID {
      if let result = known[id] { return result }
      guard case .test(let field, let branches) = graph[id] else { return id }
      let isCut = branches == cut
      var rebuilt: [DecisionGraph.Branch] = []
      for (index, branch) in branches.enumerated() {
        let target = isCut && !region.contains(index) ? DecisionGraph.allow : rebuild(branch.target)
        rebuilt.append(DecisionGraph.Branch(last: branch.last, target: target))
      }
      let result = graph.test(field, rebuilt)
      known[id] = result
      return result
    }
    return rebuild(root)
  }

  /// Branches at and behind a node.
  private struct Weights {
    private let graph: DecisionGraph
    private var known: [DecisionGraph.NodeID: Int] = [:]

    init(_ graph: DecisionGraph) {
      self.graph = graph
    }

    mutating func of(_ id: DecisionGraph.NodeID) -> Int {
      if let weight = known[id] { return weight }
      guard case .test(_, let branches) = graph[id] else { return 0 }
      var weight = branches.count + 3
      for branch in branches { weight += of(branch.target) }
      known[id] = weight
      return weight
    }
  }
}
