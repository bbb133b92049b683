import BPF

/// Searches: blocks of tests, and the nodes that stand right behind them.
extension CodeGenerator {
  mutating func emitSearch(_ runs: [NodeCode.Run], _ code: NodeCode) {
    let places = runs.map { SearchTree<Place>.Run(first: $0.first, last: $0.last, target: .node($0.target)) }
    if places.count <= Self.blockRuns {
      emitBlock(planner.tree(places[...]), code, [:])
      return
    }
    // A short search among blocks, then one inside a block: only one jump on any way is a long one.
    // A power of two of blocks, so that no part of the search among them is longer than another.
    let size = min(Self.blockRuns, max(1, Self.reach * places.count / (places.count + childrenSize(runs))))
    let fewest = (places.count + size - 1) / size
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
      emitChildren(runs[bounds[block]..<bounds[block + 1]])
    }
  }

  /// Instructions, about, of the nodes that only this search leads to.
  private func childrenSize(_ runs: [NodeCode.Run]) -> Int {
    runs.reduce(0) { size, run in
      guard let code = codes[slots[run.target.index]], entries[slots[run.target.index]]?.references == 1 else {
        return size
      }
      return size + 1 + code.transformation.count + code.targets.count - 1
    }
  }

  /// Nodes to which only one run of a block leads stand right behind the block, where its tests reach them.
  private mutating func emitChildren(_ runs: ArraySlice<NodeCode.Run>) {
    for run in runs where entries[slots[run.target.index]]?.references == 1 { emitNode(run.target) }
    placeReturnsIfFar(next: Self.blockRuns)
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

  mutating func target(
    _ place: Place, _ code: NodeCode, _ blocks: [Int: Assembler.Label] = [:]
  ) -> Assembler.Target {
    switch place {
    case .block(let number):
      guard let label = blocks[number] else { preconditionFailure("every block has a label") }
      return .label(label)
    case .node(let id):
      if case .verdict(let verdict) = graph[id] { return .label(label(for: verdict)) }
      guard let entry = entries[slots[id.index]] else { preconditionFailure("every test has an entry") }
      return .label(entry.label(for: arrival(at: id, behind: code)))
    }
  }
}
