import BPF
import URingABI

/// Turns a decision graph into instructions: for each node a load, what makes a key of the word, and a search.
///
/// Parents come before children, so that every jump goes forward. Conditional jumps reach 255 instructions; long
/// searches are cut into blocks that jump inside themselves only, and returns stand where they are near.
struct CodeGenerator {
  typealias NodeID = DecisionGraph.NodeID

  /// Runs that one block searches.
  private static let blockRuns = 112
  /// Instructions that a near jump can span, with a margin for jumps that blocks need to reach other nodes.
  private static let reach = 200

  private let graph: DecisionGraph
  private var assembler = Assembler()
  private var planner = SearchPlanner()
  private var entries: [Entry?] = []
  private var codes: [NodeCode?] = []
  /// Where to find a node, by its number, in the two before.
  private var slots: [Int]
  /// Long searches that several nodes have, after making a key of different words: the code stands behind the last.
  private var shared: [[NodeCode.Run]: (label: Assembler.Label, nodes: Int)] = [:]
  /// Returns that were jumped to and have not been placed yet, and where the first jump is.
  private var pending: [Verdict: Assembler.Label] = [:]
  private var pendingSince = 0

  /// Where a node is entered, depending on what the accumulator holds.
  private struct Entry {
    let load: Assembler.Label
    let transform: Assembler.Label
    let search: Assembler.Label
    /// The earliest of the three that anything jumps to.
    var first = Arrival.key
  }

  /// What the accumulator holds where a node is entered: nothing that helps, its word, or already its key.
  private enum Arrival: Int, Comparable {
    case nothing, word, key

    static func < (a: Arrival, b: Arrival) -> Bool { a.rawValue < b.rawValue }
  }

  /// A target of a search: a node, or a block of the same search.
  private enum Place: Hashable {
    case node(NodeID)
    case block(Int)
  }

  /// `sharesSearches`: long searches with equal keys are there once, which costs one jump and saves their length.
  static func program(
    for graph: DecisionGraph, root: NodeID, sharesSearches: Bool, _ planner: inout SearchPlanner
  ) throws(Assembler.Failure) -> Program {
    var generator = CodeGenerator(graph, sharesSearches: sharesSearches)
    // The planner is lent, not copied.
    swap(&generator.planner, &planner)
    generator.emit(root)
    swap(&generator.planner, &planner)
    return try generator.assembler.assemble()
  }

  private let sharesSearches: Bool

  private init(_ graph: DecisionGraph, sharesSearches: Bool) {
    self.graph = graph
    self.sharesSearches = sharesSearches
    slots = Array(repeating: 0, count: graph.nodes.count)
  }

  private mutating func emit(_ root: NodeID) {
    let order = graph.reachable(from: root)
    entries = Array(repeating: nil, count: order.count)
    codes = Array(repeating: nil, count: order.count)
    for (slot, id) in order.enumerated() {
      slots[id.index] = slot
      guard case .test(let field, let branches) = graph[id] else { continue }
      codes[slots[id.index]] = NodeCode(field, branches)
      entries[slots[id.index]] = Entry(
        load: assembler.makeLabel(), transform: assembler.makeLabel(), search: assembler.makeLabel())
    }
    entries[slots[root.index]]?.first = .nothing
    for id in order {
      guard let code = codes[slots[id.index]], case .test(_, let branches) = graph[id] else { continue }
      for branch in branches {
        let slot = slots[branch.target.index]
        guard let entry = entries[slot] else { continue }
        let first = min(entry.first, arrival(at: branch.target, behind: code))
        entries[slot]?.first = first
      }
    }
    if case .verdict(let verdict) = graph[root] {
      assembler.end(verdict)
      return
    }
    if sharesSearches { findSharedSearches(order) }
    // Verdicts are placed by need, so what remains are the tests.
    for id in order { emitNode(id) }
    placeReturns()
  }

  private mutating func findSharedSearches(_ order: [NodeID]) {
    for id in order {
      // Where the word stays loaded, what follows the search depends on which word it is.
      guard let code = codes[slots[id.index]], !code.keepsWord, case .runs(let runs) = code.search,
        runs.count > Self.blockRuns
      else { continue }
      let label = shared[runs]?.label ?? assembler.makeLabel()
      shared[runs] = (label, (shared[runs]?.nodes ?? 0) + 1)
    }
  }

  /// What a node finds in the accumulator behind another one.
  private func arrival(at target: NodeID, behind code: NodeCode) -> Arrival {
    guard let next = codes[slots[target.index]], next.offset == code.offset else { return .nothing }
    if next.transformation == code.transformation { return .key }
    return code.keepsWord ? .word : .nothing
  }

  private mutating func emitNode(_ id: NodeID) {
    guard let code = codes[slots[id.index]], let entry = entries[slots[id.index]] else { return }
    if entry.first == .nothing {
      assembler.place(entry.load)
      assembler.loadWord(at: code.offset)
    }
    if entry.first < .key {
      assembler.place(entry.transform)
      for step in code.transformation { emit(step) }
    }
    assembler.place(entry.search)
    switch code.search {
    case .bits(let mask, let set, let clear):
      let (then, otherwise) = (target(.node(set), code), target(.node(clear), code))
      assembler.branchIfAnyBit(mask, then: then, else: otherwise)
      placeReturnsIfFar(next: 0)
    case .runs(let runs):
      if let (label, nodes) = shared[runs], !code.keepsWord {
        shared[runs] = (label, nodes - 1)
        if nodes > 1 {
          assembler.jump(to: label)
          placeReturnsIfFar(next: 0)
          return
        }
        assembler.place(label)
      }
      emitSearch(runs, code)
    }
  }

  private mutating func emit(_ step: NodeCode.Step) {
    switch step {
    case .load(let offset): assembler.loadWord(at: offset)
    case .and(let mask): assembler.and(mask)
    case .multiply(let factor): assembler.multiply(by: factor)
    case .shiftRight(let bits): assembler.shiftRight(by: bits)
    case .copyToIndex: assembler.copyToIndex()
    case .orIndex: assembler.orIndex()
    }
  }

  // MARK: Searches

  private mutating func emitSearch(_ runs: [NodeCode.Run], _ code: NodeCode) {
    let places = runs.map { SearchTree<Place>.Run(first: $0.first, last: $0.last, target: .node($0.target)) }
    if places.count <= Self.blockRuns {
      emitBlock(planner.tree(places[...]), code, [:])
      return
    }
    // A short search among blocks, then one inside a block: only one jump on any way is a long one.
    // A power of two of blocks, so that no part of the search among them is longer than another.
    let fewest = (places.count + Self.blockRuns - 1) / Self.blockRuns
    let count = 1 << (Int.bitWidth - (fewest - 1).leadingZeroBitCount)
    let bounds = (0...count).map { places.count * $0 / count }
    let tops = (0..<count).map { block in
      SearchTree<Place>.Run(
        first: places[bounds[block]].first, last: places[bounds[block + 1] - 1].last, target: .block(block))
    }
    let labels = Dictionary(uniqueKeysWithValues: (0..<count).map { ($0, assembler.makeLabel()) })
    emitBlock(planner.tree(tops[...]), code, labels)
    for block in 0..<count {
      if let label = labels[block] { assembler.place(label) }
      emitBlock(planner.tree(places[bounds[block]..<bounds[block + 1]]), code, [:])
    }
  }

  private mutating func emitBlock(
    _ tree: SearchTree<Place>, _ code: NodeCode, _ blocks: [Int: Assembler.Label]
  ) {
    if case .found(let place) = tree {
      // A block of one run: its place is reached by an unconditional jump.
      if case .label(let label) = target(place, code, blocks) { assembler.jump(to: label) }
    } else {
      emitTests(tree, code, blocks)
    }
    placeReturnsIfFar(next: Self.blockRuns)
  }

  private mutating func emitTests(_ tree: SearchTree<Place>, _ code: NodeCode, _ blocks: [Int: Assembler.Label]) {
    switch tree {
    case .found:
      preconditionFailure("what is found is jumped to")
    case .equal(let value, let place, let otherwise):
      let then = target(place, code, blocks)
      if case .found(let place) = otherwise {
        assembler.branchIfEqual(value, then: then, else: target(place, code, blocks))
      } else {
        assembler.branchIfEqual(value, then: then, else: .next)
        emitTests(otherwise, code, blocks)
      }
    case .atLeast(let value, let then, let otherwise):
      switch (then, otherwise) {
      case (.found(let high), .found(let low)):
        assembler.branchIfAtLeast(value, then: target(high, code, blocks), else: target(low, code, blocks))
      case (.found(let high), _):
        assembler.branchIfAtLeast(value, then: target(high, code, blocks), else: .next)
        emitTests(otherwise, code, blocks)
      case (_, .found(let low)):
        assembler.branchIfAtLeast(value, then: .next, else: target(low, code, blocks))
        emitTests(then, code, blocks)
      default:
        let high = assembler.makeLabel()
        assembler.branchIfAtLeast(value, then: .label(high), else: .next)
        emitTests(otherwise, code, blocks)
        assembler.place(high)
        emitTests(then, code, blocks)
      }
    }
  }

  private mutating func target(
    _ place: Place, _ code: NodeCode, _ blocks: [Int: Assembler.Label] = [:]
  ) -> Assembler.Target {
    switch place {
    case .block(let number):
      guard let label = blocks[number] else { preconditionFailure("every block has a label") }
      return .label(label)
    case .node(let id):
      if case .verdict(let verdict) = graph[id] { return .label(label(for: verdict)) }
      guard let entry = entries[slots[id.index]] else { preconditionFailure("every test has an entry") }
      return switch arrival(at: id, behind: code) {
      case .nothing: .label(entry.load)
      case .word: .label(entry.transform)
      case .key: .label(entry.search)
      }
    }
  }

  // MARK: Returns

  private mutating func label(for verdict: Verdict) -> Assembler.Label {
    if let label = pending[verdict] { return label }
    if pending.isEmpty { pendingSince = assembler.lineCount }
    let label = assembler.makeLabel()
    pending[verdict] = label
    return label
  }

  /// Places returns here, where no code falls through, if they would be out of reach behind what comes next.
  private mutating func placeReturnsIfFar(next: Int) {
    if !pending.isEmpty, assembler.lineCount - pendingSince + next > Self.reach { placeReturns() }
  }

  private mutating func placeReturns() {
    for verdict in [Verdict.allow, .deny] {
      guard let label = pending[verdict] else { continue }
      assembler.place(label)
      assembler.end(verdict)
    }
    pending = [:]
  }
}
