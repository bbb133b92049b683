import BPF

/// Cuts a decision that needs more instructions than one program may have into several that must all allow.
///
/// The node with the most branches is cut into regions. Each part decides inside its own region as the whole does and
/// lets the values of the others pass:
///
///     whole:  0..9 → a, 10..19 → b, 20.. → c
///     parts:  0..9 → a, 10.. → allow     and     ..9 → allow, 10..19 → b, 20.. → c
///
/// All parts run for every request, so each asks first whether the value is its own: those of the others are out after
/// two tests, whatever the search inside the region takes.
///
/// The first part decides everything else as well. What it denies on the way to the cut node need not be asked again:
///
///     whole:  port 443 → address, else deny
///     parts:  port 443 → first addresses, else deny     and     other addresses
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
      var part = Restriction(cut: best.branches, region: start..<end, decidesRest: part == 0)
      roots.append(part.rebuild(root, in: &graph))
      start = end
    }
    return roots
  }

  /// One part of a decision.
  private struct Restriction {
    /// The branches of the nodes that are cut.
    let cut: [DecisionGraph.Branch]
    /// Those that this part decides about.
    let region: Range<Int>
    /// True for the part that also decides what does not come to a cut node.
    let decidesRest: Bool
    private var known: [DecisionGraph.NodeID: DecisionGraph.NodeID] = [:]
    private var leads: [DecisionGraph.NodeID: Bool] = [:]

    init(cut: [DecisionGraph.Branch], region: Range<Int>, decidesRest: Bool) {
      self.cut = cut
      self.region = region
      self.decidesRest = decidesRest
    }

    mutating func rebuild(
      _ id: DecisionGraph.NodeID, in graph: inout DecisionGraph
    ) -> DecisionGraph.NodeID {
      if let result = known[id] { return result }
      let result: DecisionGraph.NodeID
      switch graph[id] {
      case .verdict: return id
      case .test(let field, let branches) where branches == cut:
        result = bounded(field, branches, in: &graph)
      case _ where !leadsToCut(id, in: graph):
        result = decidesRest ? id : DecisionGraph.allow
      case .test(let field, let branches):
        result = way(field, branches, in: &graph)
      case .keep(let offset, let next):
        result = graph.keep(offset: offset, then: rebuild(next, in: &graph))
      }
      known[id] = result
      return result
    }

    /// A cut node: a test for the region, and behind it what decides inside. All of that is this part's own.
    private func bounded(
      _ field: Field, _ branches: [DecisionGraph.Branch], in graph: inout DecisionGraph
    ) -> DecisionGraph.NodeID {
      var inside = Array(branches[region])
      let end = inside[inside.count - 1]
      // Values beyond the end do not come here, so the last run may hold them.
      inside[inside.count - 1] = DecisionGraph.Branch(last: field.largest, target: end.target)
      var bounds: [DecisionGraph.Branch] = []
      if region.lowerBound > 0 {
        bounds.append(DecisionGraph.Branch(last: branches[region.lowerBound - 1].last, target: DecisionGraph.allow))
      }
      bounds.append(DecisionGraph.Branch(last: end.last, target: graph.test(field, inside)))
      if end.last != field.largest {
        bounds.append(DecisionGraph.Branch(last: field.largest, target: DecisionGraph.allow))
      }
      return graph.test(field, bounds)
    }

    /// A node on the way to a cut one.
    private mutating func way(
      _ field: Field, _ branches: [DecisionGraph.Branch], in graph: inout DecisionGraph
    ) -> DecisionGraph.NodeID {
      var rebuilt: [DecisionGraph.Branch] = []
      for branch in branches {
        rebuilt.append(DecisionGraph.Branch(last: branch.last, target: rebuild(branch.target, in: &graph)))
      }
      if decidesRest { return graph.test(field, rebuilt) }
      // What another part denies anyway may go wherever the rest goes.
      let targets = Set(zip(branches, rebuilt).filter { $0.0.target != DecisionGraph.deny }.map { $0.1.target })
      if targets.count == 1, let only = targets.first { return only }
      return graph.test(
        field,
        rebuilt.map {
          $0.target == DecisionGraph.deny ? DecisionGraph.Branch(last: $0.last, target: DecisionGraph.allow) : $0
        })
    }

    private mutating func leadsToCut(_ id: DecisionGraph.NodeID, in graph: DecisionGraph) -> Bool {
      if let result = leads[id] { return result }
      var result: Bool
      switch graph[id] {
      case .verdict: return false
      case .keep(_, let next): result = leadsToCut(next, in: graph)
      case .test(_, let branches):
        result = branches == cut
        for branch in branches where !result { result = leadsToCut(branch.target, in: graph) }
      }
      leads[id] = result
      return result
    }
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
      var weight: Int
      switch graph[id] {
      case .verdict: return 0
      case .keep(_, let next): weight = 3 + of(next)
      case .test(_, let branches):
        weight = branches.count + 3
        for branch in branches { weight += of(branch.target) }
      }
      known[id] = weight
      return weight
    }
  }
}
