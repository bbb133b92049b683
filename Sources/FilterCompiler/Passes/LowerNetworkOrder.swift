import URingABI

/// Rewrites tests of fields in network byte order so that they need no reversing of bytes, where that is shorter.
///
/// Equality needs no order: a port that must be one of a few is looked for among the same numbers with their bytes
/// reversed. A prefix that ends inside a word is an equality of some of its bits. Ranges need order; where there are
/// many of them, reversing the bytes once costs less than anything else, and the test stays as it is.
///
///     port: ..442 → deny, 443 → allow, 444.. → deny     (network order)
///     word: 0xbb01 → allow, else → deny                 (host order)
struct LowerNetworkOrder {
  private var graph: DecisionGraph
  private var known = IntegerTable()
  private var cost = SearchCost()
  private let separates: Bool

  /// The root of the decision without such tests, as far as that is shorter; its nodes are added to the graph.
  ///
  /// `separates`: also tries to find the one prefix that an address may be in before looking at all its bits, which is
  /// the shortest way through many prefixes and the longest program.
  static func run(
    _ graph: inout DecisionGraph, _ root: DecisionGraph.NodeID, separates: Bool, _ planner: inout SearchPlanner
  ) -> DecisionGraph.NodeID {
    let needsNone = graph.nodes.allSatisfy { node in
      if case .test(let field, _) = node { field.order == .host } else { true }
    }
    if needsNone { return root }
    var pass = LowerNetworkOrder(graph: DecisionGraph(), separates: separates)
    // Graph and planner are lent, not copied.
    swap(&pass.graph, &graph)
    swap(&pass.cost.planner, &planner)
    let root = pass.lower(root)
    swap(&pass.graph, &graph)
    swap(&pass.cost.planner, &planner)
    return root
  }

  private init(graph: DecisionGraph, separates: Bool) {
    self.graph = graph
    self.separates = separates
  }

  private mutating func lower(_ id: DecisionGraph.NodeID) -> DecisionGraph.NodeID {
    if let result = known[UInt64(id.index)] { return DecisionGraph.NodeID(index: result) }
    guard case .test(let field, let branches) = graph[id] else { return id }
    var lowered: [DecisionGraph.Branch] = []
    lowered.reserveCapacity(branches.count)
    for branch in branches { lowered.append(DecisionGraph.Branch(last: branch.last, target: lower(branch.target))) }
    let result =
      switch field.order {
      case .host, .kept: graph.test(field, lowered)
      case .network16: lower16(field, lowered)
      case .network32: lower32(field, lowered)
      }
    known.insert(result.index, for: UInt64(id.index))
    return result
  }

  /// Where most values go, of equals the node that was made first, and how many values go elsewhere.
  private static func mostCommonTarget(
    _ branches: [DecisionGraph.Branch]
  ) -> (target: DecisionGraph.NodeID, rest: UInt64) {
    var places = IntegerTable()
    var sizes: [(target: DecisionGraph.NodeID, count: UInt64)] = []
    var first: UInt64 = 0
    for branch in branches {
      let count = UInt64(branch.last) + 1 - first
      first = UInt64(branch.last) + 1
      if let place = places[UInt64(branch.target.index)] {
        sizes[place].count += count
      } else {
        places.insert(sizes.count, for: UInt64(branch.target.index))
        sizes.append((branch.target, count))
      }
    }
    guard let most = sizes.max(by: { ($0.count, $1.target.index) < ($1.count, $0.target.index) }) else {
      preconditionFailure("branches cover every value")
    }
    return (most.target, first - most.count)
  }

  // MARK: Ports

  /// More single numbers than this are never looked for one by one.
  private static let mostSingles = 2048

  private mutating func lower16(_ field: Field, _ branches: [DecisionGraph.Branch]) -> DecisionGraph.NodeID {
    guard let (singles, other) = Self.singles(branches, of: field) else { return graph.test(field, branches) }
    let host = Field(FilterContext.Word(offset: field.word.offset), rank: field.rank)
    let swapped = singles.map { (UInt32(UInt16(truncatingIfNeeded: $0.value).byteSwapped), $0.target) }
    let reversed = test(host, singles: swapped, else: other)
    // Nothing is shorter than one comparison.
    return singles.count == 1 ? reversed : cheaper(reversed, graph.test(field, branches))
  }

  /// The values that do not go where most go; `nil` if they are too many.
  private static func singles(
    _ branches: [DecisionGraph.Branch], of field: Field
  ) -> (singles: [(value: UInt32, target: DecisionGraph.NodeID)], other: DecisionGraph.NodeID)? {
    let (other, rest) = mostCommonTarget(branches)
    guard rest <= mostSingles else { return nil }
    var singles: [(value: UInt32, target: DecisionGraph.NodeID)] = []
    var start: UInt32 = 0
    for branch in branches {
      if branch.target != other { for value in start...branch.last { singles.append((value, branch.target)) } }
      start = branch.last &+ 1
    }
    return (singles, other)
  }

  private mutating func test(
    _ field: Field, singles: [(UInt32, DecisionGraph.NodeID)], else other: DecisionGraph.NodeID
  ) -> DecisionGraph.NodeID {
    var branches: [DecisionGraph.Branch] = []
    for (value, target) in singles.sorted(by: { $0.0 < $1.0 }) {
      if value > 0, branches.last?.last != value - 1 {
        branches.append(DecisionGraph.Branch(last: value - 1, target: other))
      }
      branches.append(DecisionGraph.Branch(last: value, target: target))
    }
    if branches.last?.last != field.largest {
      branches.append(DecisionGraph.Branch(last: field.largest, target: other))
    }
    return graph.test(field, branches)
  }

  // MARK: Addresses

  /// Prefixes of a word beyond which only reversing its bytes is tried.
  private static let mostPrefixes = 65_536

  private mutating func lower32(_ field: Field, _ branches: [DecisionGraph.Branch]) -> DecisionGraph.NodeID {
    guard let (prefixes, other) = Self.prefixes(branches) else { return graph.test(field, branches) }
    let masked = byLength(field, prefixes, else: other)
    // Nothing is shorter than one comparison.
    if prefixes.count == 1 { return masked }
    var best = cheaper(masked, graph.test(field, branches))
    if prefixes.count <= 256 { best = cheaper(byOctet(field, branches), best) }
    // Prefixes of one length are told apart by all their bits anyway.
    if separates, prefixes.contains(where: { $0.length != prefixes[0].length }) {
      let separated = SeparatedPrefixes(prefixes, else: other).node(in: &graph)
      best = cheaper(graph.keep(offset: field.word.offset, then: separated), best)
    }
    return best
  }

  private typealias Prefix = SeparatedPrefixes.Prefix

  /// The runs that do not go where most go, as prefixes; `nil` if they are too many.
  private static func prefixes(
    _ branches: [DecisionGraph.Branch]
  ) -> (prefixes: [Prefix], other: DecisionGraph.NodeID)? {
    let other = mostCommonTarget(branches).target
    var prefixes: [Prefix] = []
    var first: UInt64 = 0
    for branch in branches {
      let end = UInt64(branch.last) + 1
      var start = first
      first = end
      guard branch.target != other else { continue }
      while start < end {
        // The largest aligned block that begins here and ends inside.
        var bits = start == 0 ? 32 : start.trailingZeroBitCount
        while bits > 32 || start + (1 << UInt64(bits)) > end { bits -= 1 }
        prefixes.append(
          Prefix(value: UInt32(truncatingIfNeeded: start), length: 32 - bits, target: branch.target))
        if prefixes.count > mostPrefixes { return nil }
        start += 1 << UInt64(bits)
      }
    }
    return (prefixes, other)
  }

  /// One test of masked bits for each length that prefixes have.
  private mutating func byLength(
    _ field: Field, _ prefixes: [Prefix], else other: DecisionGraph.NodeID
  ) -> DecisionGraph.NodeID {
    var next = other
    let groups = Dictionary(grouping: prefixes, by: \.length)
    // Short prefixes hold more addresses and are asked for first, which is what the last one added is.
    for length in groups.keys.sorted(by: >) {
      guard let group = groups[length] else { continue }
      let masked = Field(
        FilterContext.Word(offset: field.word.offset, mask: SeparatedPrefixes.mask(length)), rank: field.rank)
      next = test(masked, singles: group.map { ($0.value.bigEndian, $0.target) }, else: next)
    }
    return next
  }

  /// The four bytes one after the other.
  private mutating func byOctet(_ field: Field, _ branches: [DecisionGraph.Branch]) -> DecisionGraph.NodeID {
    octet(0, of: field, base: 0, branches[...])
  }

  /// Asks for one byte of addresses whose bytes before it are those of `base`; `branches` begin with the one that holds
  /// `base`.
  private mutating func octet(
    _ index: Int, of field: Field, base: UInt32, _ branches: ArraySlice<DecisionGraph.Branch>
  ) -> DecisionGraph.NodeID {
    let shift = UInt32(24 - 8 * index)
    // Where the byte is in the loaded word.
    let mask = (UInt32(0xFF) << shift).bigEndian
    let unit = mask & (~mask &+ 1)
    var octets: [DecisionGraph.Branch] = []
    var position = branches.startIndex
    var value: UInt32 = 0
    while value <= 255 {
      let first = base | value << shift
      while branches[position].last < first { position += 1 }
      // All bytes whose addresses have one target: as far as its run goes, but not beyond this part of the word.
      let run = (branches[position].last ^ base) >> shift > 255 ? .max : branches[position].last
      let end = run == .max ? 256 : ((run ^ base) &+ 1) >> shift
      let target: DecisionGraph.NodeID
      if end > value {
        target = branches[position].target
        value = end
      } else {
        target = octet(index + 1, of: field, base: first, branches[position...])
        value += 1
      }
      octets.append(DecisionGraph.Branch(last: value == 256 ? mask : value * unit - 1, target: target))
    }
    return graph.test(Field(FilterContext.Word(offset: field.word.offset, mask: mask), rank: field.rank), octets)
  }

  private mutating func cheaper(
    _ a: DecisionGraph.NodeID, _ b: DecisionGraph.NodeID
  ) -> DecisionGraph.NodeID {
    cost.isCheaper(a, than: b, in: graph) ? a : b
  }
}
