import BPF
import URingABI

/// Turns a decision graph into instructions: one load for each word tested, then a search among its branches.
struct CodeGenerator {
  private let graph: DecisionGraph
  private var assembler = Assembler()
  private var labels: [Assembler.Label] = []

  static func program(for graph: DecisionGraph) throws(Assembler.Failure) -> Program {
    var generator = CodeGenerator(graph)
    generator.emit()
    return try generator.assembler.assemble()
  }

  private init(_ graph: DecisionGraph) {
    self.graph = graph
    labels = graph.nodes.map { _ in assembler.makeLabel() }
  }

  /// Children come before parents in the graph, so the reverse order has only forward jumps.
  private mutating func emit() {
    for index in graph.nodes.indices.reversed() {
      assembler.place(labels[index])
      switch graph.nodes[index] {
      case .verdict(let verdict):
        assembler.end(verdict)
      case .test(let word, let branches):
        assembler.loadWord(at: word.offset)
        if word.mask != .max { assembler.and(word.mask) }
        emitSearch(among: branches[...], first: 0)
      }
    }
  }

  /// Finds the branch of the loaded value; at least two branches, the first of which begins at `first`.
  private mutating func emitSearch(among branches: ArraySlice<DecisionGraph.Branch>, first: UInt32) {
    if let single = singleValue(among: branches, first: first) {
      let rest = single.rest
      let (otherwise, then) = (target(of: rest[...]), Assembler.Target.label(labels[single.target.index]))
      assembler.branchIfEqual(single.value, then: then, else: otherwise)
      if rest.count > 1 { emitSearch(among: rest[...], first: first) }
      return
    }
    let middle = branches.startIndex + branches.count / 2
    let low = branches[..<middle]
    let high = branches[middle...]
    let pivot = branches[middle - 1].last + 1
    let highLabel = high.count > 1 ? assembler.makeLabel() : labels[high[middle].target.index]
    assembler.branchIfAtLeast(pivot, then: .label(highLabel), else: target(of: low))
    if low.count > 1 { emitSearch(among: low, first: first) }
    if high.count > 1 {
      assembler.place(highLabel)
      emitSearch(among: high, first: pivot)
    }
  }

  /// Where a search goes on: at its only branch, or with code that follows at once.
  private func target(of branches: ArraySlice<DecisionGraph.Branch>) -> Assembler.Target {
    branches.count == 1 ? .label(labels[branches[branches.startIndex].target.index]) : .next
  }

  /// One value between two runs that lead to the same place: testing for it alone takes two branches away at once.
  /// That is no longer than halving for up to five branches.
  ///
  /// Before: `..4 → deny, 5 → allow, 6.. → deny`; after: `5? → allow`, else deny.
  private func singleValue(
    among branches: ArraySlice<DecisionGraph.Branch>, first: UInt32
  ) -> (value: UInt32, target: DecisionGraph.NodeID, rest: [DecisionGraph.Branch])? {
    guard branches.count <= 5 else { return nil }
    let runs = Array(branches)
    for index in runs.indices {
      let start = index == 0 ? first : runs[index - 1].last + 1
      guard start == runs[index].last else { continue }
      let isInside = index > 0 && index + 1 < runs.count
      // At either end the value stands alone against its one neighbour.
      if isInside, runs[index - 1].target == runs[index + 1].target {
        return (start, runs[index].target, Array(runs[..<(index - 1)] + runs[(index + 1)...]))
      }
    }
    return nil
  }
}
