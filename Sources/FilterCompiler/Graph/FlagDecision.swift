import URingABI

/// Turns alternatives of flags into tests of the words that hold them.
///
/// Bits in which all alternatives agree are tested first and at once; then the alternatives are told apart by the bits
/// in which they differ.
struct FlagDecision {
  /// Words of flags inside the cube go on with `target`.
  struct Alternative: Hashable {
    let cube: Cube
    let target: DecisionGraph.NodeID
  }

  private let wide: FilterContext.Wide
  private let rank: Int
  /// How far the flags are shifted inside the low word.
  private let shift: UInt64

  /// `rank`: of the low word; the high word has the next one.
  init(_ wide: FilterContext.Wide, rank: Int, shift: Int = 0) {
    self.wide = wide
    self.rank = rank
    self.shift = UInt64(shift)
  }

  /// Goes on with the target of every cube that has the flags; where several have them, one of the targets must allow.
  func node(_ alternatives: [Alternative], in graph: inout DecisionGraph) -> DecisionGraph.NodeID {
    guard !alternatives.isEmpty else { return DecisionGraph.deny }
    // What all want of the high word is asked for last, so that the low word stays loaded.
    let high = Self.common(alternatives).without(0xFFFF_FFFF)
    if high.mask == 0 { return lowNode(alternatives, in: &graph) }
    var rest: [Alternative] = []
    for alternative in alternatives {
      let target = test(high, then: alternative.target, else: DecisionGraph.deny, in: &graph)
      rest.append(Alternative(cube: alternative.cube.without(high.mask), target: target))
    }
    return lowNode(Self.unique(rest), in: &graph)
  }

  /// Bits with the same wanted value in every alternative.
  private static func common(_ alternatives: [Alternative]) -> Cube {
    alternatives.dropFirst().reduce(alternatives[0].cube) { agreed, next in
      let mask = agreed.mask & next.cube.mask & ~(agreed.value ^ next.cube.value)
      return Cube(mask: mask, value: agreed.value & mask)
    }
  }

  private func lowNode(_ alternatives: [Alternative], in graph: inout DecisionGraph) -> DecisionGraph.NodeID {
    guard !alternatives.isEmpty else { return DecisionGraph.deny }
    let common = Self.common(alternatives)
    if common.mask != 0 {
      let rest = alternatives.map { Alternative(cube: $0.cube.without(common.mask), target: $0.target) }
      let next = lowNode(Self.unique(rest), in: &graph)
      // Bits that must be clear are tested without touching the loaded word, which what follows may need again.
      let isDone = rest.allSatisfy { $0.cube == .everything }
      let clear = Cube(mask: common.mask & ~common.value, value: 0)
      if isDone || common.value == 0 || clear.mask == 0 {
        return test(common, then: next, else: DecisionGraph.deny, in: &graph)
      }
      let set = test(
        Cube(mask: common.value, value: common.value), then: next, else: DecisionGraph.deny, in: &graph)
      return test(clear, then: set, else: DecisionGraph.deny, in: &graph)
    }
    if alternatives.allSatisfy({ $0.cube == .everything }) {
      let targets = alternatives.map(\.target)
      return graph.or(targets[...])
    }
    let split = splittingBits(alternatives)
    return branch(on: split, alternatives, in: &graph)
  }

  func node(_ cubes: CubeSet, then target: DecisionGraph.NodeID, in graph: inout DecisionGraph) -> DecisionGraph.NodeID
  {
    node(cubes.cubes.map { Alternative(cube: $0, target: target) }, in: &graph)
  }

  private static func unique(_ alternatives: [Alternative]) -> [Alternative] {
    var seen: Set<Alternative> = []
    return alternatives.filter { seen.insert($0).inserted }
  }

  /// The bits that tell the alternatives apart best: those that an alternative asks for together and most others ask
  /// for as well.
  private func splittingBits(_ alternatives: [Alternative]) -> UInt64 {
    var best: (bits: UInt64, score: Int) = (0, -1)
    let masks = alternatives.map(\.cube.mask)
    let single = masks.reduce(0) { $0 | $1 }
    for bit in CubeSet.bits(of: single) {
      // Bits of one word that always occur together are one number: the access mode, say.
      let sharing = masks.filter { $0 & bit != 0 }
      let word: UInt64 = bit >> 32 == 0 ? 0xFFFF_FFFF : 0xFFFF_FFFF_0000_0000
      let group = sharing.reduce(word) { $0 & $1 } & ~masks.filter { $0 & bit == 0 }.reduce(0) { $0 | $1 }
      let few = group.nonzeroBitCount <= 4 ? group | bit : bit
      if sharing.count > best.score { best = (few, sharing.count) }
    }
    return best.bits
  }

  /// One branch for each value of a few bits that some alternative wants, the others together.
  private func branch(
    on bits: UInt64, _ alternatives: [Alternative], in graph: inout DecisionGraph
  ) -> DecisionGraph.NodeID {
    let wanted = Set(alternatives.filter { $0.cube.mask & bits != 0 }.map { $0.cube.value & bits })
    var targets: [UInt64: DecisionGraph.NodeID] = [:]
    for pattern in Self.patterns(of: bits) {
      let known = Cube(mask: bits, value: pattern)
      let matching = alternatives.filter { $0.cube.intersection(known) != nil }
        .map { Alternative(cube: $0.cube.without(bits), target: $0.target) }
      targets[pattern] = lowNode(Self.unique(matching), in: &graph)
    }
    precondition(!wanted.isEmpty, "bits to split by are wanted by some alternative")
    return multiway(bits, targets, in: &graph)
  }

  private static func patterns(of mask: UInt64) -> [UInt64] {
    let bits = CubeSet.bits(of: mask)
    return (0..<(1 << bits.count)).map { number in
      bits.indices.reduce(UInt64(0)) { number >> $1 & 1 == 1 ? $0 | bits[$1] : $0 }
    }.sorted()
  }

  // MARK: Words

  private func field(_ bits: UInt64, isHigh: Bool) -> Field {
    let word = isHigh ? wide.high : wide.low
    let mask = UInt32(truncatingIfNeeded: isHigh ? bits >> 32 : bits << shift)
    return Field(FilterContext.Word(offset: word.offset, mask: mask), rank: rank + (isHigh ? 1 : 0))
  }

  /// Asks whether the bits of a cube have its values, in one or both words.
  private func test(
    _ cube: Cube, then next: DecisionGraph.NodeID, else other: DecisionGraph.NodeID, in graph: inout DecisionGraph
  ) -> DecisionGraph.NodeID {
    var target = next
    if cube.mask >> 32 != 0 {
      let value = UInt32(truncatingIfNeeded: cube.value >> 32)
      target = graph.test(field(cube.mask, isHigh: true), in: IntervalSet([value...value]), then: target, else: other)
    }
    let low = UInt32(truncatingIfNeeded: cube.mask << shift)
    if low != 0 {
      let value = UInt32(truncatingIfNeeded: cube.value << shift)
      target = graph.test(field(cube.mask, isHigh: false), in: IntervalSet([value...value]), then: target, else: other)
    }
    return target
  }

  /// Goes by the value of bits of one word.
  private func multiway(
    _ bits: UInt64, _ targets: [UInt64: DecisionGraph.NodeID], in graph: inout DecisionGraph
  ) -> DecisionGraph.NodeID {
    let isHigh = bits >> 32 != 0
    precondition(!isHigh || bits & 0xFFFF_FFFF == 0, "bits that belong together are in one word")
    let field = field(bits, isHigh: isHigh)
    // Values that the bits cannot have take the way of the value before them.
    let values = targets.keys.sorted()
    let branches = values.enumerated().compactMap { index, value -> DecisionGraph.Branch? in
      guard let target = targets[value] else { return nil }
      let next = index + 1 < values.count ? values[index + 1] : nil
      let last = next.map { word($0, isHigh) - 1 } ?? field.largest
      return DecisionGraph.Branch(last: last, target: target)
    }
    return graph.test(field, branches)
  }

  private func word(_ value: UInt64, _ isHigh: Bool) -> UInt32 {
    UInt32(truncatingIfNeeded: isHigh ? value >> 32 : value << shift)
  }
}
