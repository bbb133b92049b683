import URingABI

/// Looks an address up among prefixes by the bits that all of them have, which leaves one that it can be in; the other
/// bits of that one are compared at the end.
///
/// Bits are compared where they stand in the loaded word: any order separates, so bytes need not be reversed. The word
/// is kept, so that the same tests serve an IPv4 address and one that is mapped into IPv6.
///
///     10.1.0.0/16, 10.2.3.0/24, 10.4.5.6/32:
///     word & 0xffff: ..0x010a → a, 0x010b..0x030a → b, else → c     (10.1, then the gaps, then 10.2, then 10.4)
///     a: word & 0xffff = 0x010a          b: word & 0xffffff = 0x03020a          c: word = 0x0605040a
struct SeparatedPrefixes {
  /// Addresses that lead to the same place; the value is in the machine's own order.
  struct Prefix {
    let value: UInt32
    /// Bits.
    let length: Int
    let target: DecisionGraph.NodeID
  }

  private let prefixes: [Prefix]
  private let other: DecisionGraph.NodeID

  /// `other`: where addresses go that are in none of the prefixes, of which no two have an address in common.
  init(_ prefixes: [Prefix], else other: DecisionGraph.NodeID) {
    self.prefixes = prefixes
    self.other = other
  }

  /// The bits of a loaded word that a prefix of this length has.
  static func mask(_ length: Int) -> UInt32 {
    length == 0 ? 0 : (UInt32.max << UInt32(32 - length)).bigEndian
  }

  func node(in graph: inout DecisionGraph) -> DecisionGraph.NodeID { node(prefixes, mask: 0, value: 0, in: &graph) }

  /// Looks up words that are known to have this value under the mask.
  private func node(
    _ prefixes: [Prefix], mask known: UInt32, value base: UInt32, in graph: inout DecisionGraph
  ) -> DecisionGraph.NodeID {
    guard let shortest = prefixes.map(\.length).min() else { return other }
    // One prefix is asked for with all its bits, whatever is known.
    let known = prefixes.count == 1 ? 0 : known
    let base = prefixes.count == 1 ? 0 : base
    let mask = Self.mask(shortest)
    let field = Field(FilterContext.Word(offset: 0, mask: mask), rank: 0, order: .kept)
    let groups = Dictionary(grouping: prefixes) { $0.value.bigEndian & mask }
    // Values with other bits than the known ones do not occur, so runs may hold them.
    let free = Field(FilterContext.Word(offset: 0, mask: mask & ~known), rank: 0, order: .kept)
    var next: UInt32? = 0
    var branches: [DecisionGraph.Branch] = []
    /// True if the last branch leads to one prefix, which asks for all bits, so that values of none may go there as well.
    var isOpen = false
    for (value, group) in groups.sorted(by: { $0.key < $1.key }) {
      // A prefix without further bits has no address in common with another one, so it is alone.
      let hasMoreBits = group[0].length > shortest
      let target = hasMoreBits ? node(group, mask: mask, value: value, in: &graph) : group[0].target
      let asksForAll = hasMoreBits && group.count == 1
      let isBehindGap = next.map { $0 | base } != value
      if isBehindGap, let last = branches.last, isOpen {
        branches[branches.count - 1] = DecisionGraph.Branch(last: value - 1, target: last.target)
      } else if isBehindGap, !asksForAll {
        branches.append(DecisionGraph.Branch(last: value - 1, target: other))
      }
      branches.append(DecisionGraph.Branch(last: value, target: target))
      isOpen = asksForAll
      next = free.value(after: value & free.largest)
    }
    if let last = branches.popLast() {
      let isBeforeGap = next != nil && !isOpen
      branches.append(isBeforeGap ? last : DecisionGraph.Branch(last: field.largest, target: last.target))
    }
    if branches.last?.last != field.largest {
      branches.append(DecisionGraph.Branch(last: field.largest, target: other))
    }
    return graph.test(field, branches)
  }
}
