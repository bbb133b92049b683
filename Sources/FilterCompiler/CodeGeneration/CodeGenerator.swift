import BPF
import URingABI

/// Turns a decision graph into instructions: for each node a load, what makes a key of the word, and a search.
///
/// Parents come before children, so that every jump goes forward. Conditional jumps reach 255 instructions; long
/// searches are cut into blocks that jump inside themselves only, and returns stand where they are near.
struct CodeGenerator {
  typealias NodeID = DecisionGraph.NodeID

  /// Runs that one block searches.
  static let blockRuns = 112
  /// Instructions that a near jump can span, with a margin for jumps that blocks need to reach other nodes.
  static let reach = 200

  let graph: DecisionGraph
  var assembler = Assembler()
  var planner = SearchPlanner()
  var entries: [Entry?] = []
  var codes: [NodeCode?] = []
  /// Where to find a node, by its number, in the two before.
  var slots: [Int]
  /// Long searches that several nodes have, after making a key of different words: the code stands behind the last.
  private var shared: [[NodeCode.Run]: (label: Assembler.Label, nodes: Int)] = [:]
  /// Returns that were jumped to and have not been placed yet, and where the first jump is.
  private var pending: [Verdict: Assembler.Label] = [:]
  private var pendingSince = 0
  /// Where the last node goes on, if not with what is emitted next.
  private var continuation: Assembler.Label?

  /// Where a node is entered, depending on what the accumulator holds.
  struct Entry {
    /// Branches that lead here.
    var references = 0
    /// Nodes that keep a word for this one, and stand right before it.
    var keepers: [NodeID] = []
    var isEmitted = false
    let load: Assembler.Label
    let transform: Assembler.Label
    let search: Assembler.Label
    /// The earliest of the three that anything jumps to.
    var first = Arrival.key

    func label(for arrival: Arrival) -> Assembler.Label {
      switch arrival {
      case .nothing: load
      case .word: transform
      case .key: search
      }
    }
  }

  /// What the accumulator holds where a node is entered: nothing that helps, its word, or already its key.
  enum Arrival: Int, Comparable {
    case nothing, word, key

    static func < (a: Arrival, b: Arrival) -> Bool { a.rawValue < b.rawValue }
  }

  /// A target of a search: a node, or a block of the same search.
  enum Place: Hashable {
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
      guard let code = NodeCode(graph[id]) else { continue }
      codes[slots[id.index]] = code
      entries[slots[id.index]] = Entry(
        load: assembler.makeLabel(), transform: assembler.makeLabel(), search: assembler.makeLabel())
    }
    entries[slots[root.index]]?.first = .nothing
    for id in order {
      guard let code = codes[slots[id.index]] else { continue }
      for target in code.targets {
        let slot = slots[target.index]
        guard let entry = entries[slot] else { continue }
        let first = min(entry.first, arrival(at: target, behind: code))
        entries[slot]?.first = first
        entries[slot]?.references += 1
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
      guard let code = codes[slots[id.index]], !code.holdsWord, case .runs(let runs) = code.search,
        runs.count > Self.blockRuns
      else { continue }
      let label = shared[runs]?.label ?? assembler.makeLabel()
      shared[runs] = (label, (shared[runs]?.nodes ?? 0) + 1)
    }
  }

  /// What a node finds in the accumulator behind another one.
  func arrival(at target: NodeID, behind code: NodeCode) -> Arrival {
    guard let next = codes[slots[target.index]] else { return .nothing }
    if case .next = code.search { return next.source == code.source || next.source == .index ? .word : .nothing }
    if next.source != code.source { return .nothing }
    if next.transformation == code.transformation { return .key }
    return code.holdsWord ? .word : .nothing
  }

  mutating func emitNode(_ id: NodeID) {
    guard let code = codes[slots[id.index]], let entry = entries[slots[id.index]], !entry.isEmitted else { return }
    if case .next(let next) = code.search {
      entries[slots[id.index]]?.isEmitted = true
      entries[slots[next.index]]?.keepers.append(id)
      return
    }
    // The first one goes on without a jump.
    for keeper in entry.keepers.reversed() { emit(keeper, at: slots[keeper.index]) }
    emit(id, at: slots[id.index])
  }

  private mutating func emit(_ id: NodeID, at slot: Int) {
    guard let code = codes[slot], let entry = entries[slot] else { return }
    entries[slot]?.isEmitted = true
    if let label = continuation, label != entry.label(for: entry.first) { jumpOn() }
    continuation = nil
    if entry.first == .nothing {
      assembler.place(entry.load)
      switch code.source {
      case .context(let offset): assembler.loadWord(at: offset)
      case .index: assembler.copyFromIndex()
      }
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
    case .next(let next):
      if case .label(let label) = target(.node(next), code) { continuation = label }
      placeReturnsIfFar(next: 0)
    case .runs(let runs):
      if let (label, nodes) = shared[runs], !code.holdsWord {
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

  private mutating func jumpOn() {
    if let label = continuation { assembler.jump(to: label) }
    continuation = nil
  }

  // MARK: Returns

  mutating func label(for verdict: Verdict) -> Assembler.Label {
    if let label = pending[verdict] { return label }
    if pending.isEmpty { pendingSince = assembler.lineCount }
    let label = assembler.makeLabel()
    pending[verdict] = label
    return label
  }

  /// Places returns here, where no code falls through, if they would be out of reach behind what comes next.
  mutating func placeReturnsIfFar(next: Int) {
    if !pending.isEmpty, assembler.lineCount - pendingSince + next > Self.reach { placeReturns() }
  }

  private mutating func placeReturns() {
    jumpOn()
    for verdict in [Verdict.allow, .deny] {
      guard let label = pending[verdict] else { continue }
      assembler.place(label)
      assembler.end(verdict)
    }
    pending = [:]
  }
}
