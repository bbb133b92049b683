import BPF
import URingABI

/// Decides by looking at one field after another: a directed graph without cycles whose nodes ask for the value of a
/// field and whose ends are verdicts.
///
/// Equal parts exist once (hash-consing), and no node asks for what does not matter. Nodes are only ever added, so one
/// graph can hold many decisions, which share what they have in common.
struct DecisionGraph {
  struct NodeID: Hashable, Sendable {
    let index: Int
  }

  /// A run of values that lead to the same place.
  struct Branch: Hashable {
    /// The largest value of the run; it begins behind the run before it.
    let last: UInt32
    let target: NodeID
  }

  enum Node: Hashable {
    case verdict(Verdict)
    /// Branches ascend, cover every value the field can have, and neighbours differ in their target.
    case test(Field, [Branch])
    /// Keeps the word at this offset for the tests of kept fields behind, so that they can be the same for several
    /// words.
    case keep(offset: Int, NodeID)

    /// Equal nodes have equal hashes, in every run of the program.
    fileprivate var contentHash: UInt64 {
      var hash: UInt64 = 0
      func mix(_ value: UInt64) { hash = (hash ^ value) &* 0x9E37_79B9_7F4A_7C15 ^ hash >> 29 }
      switch self {
      case .verdict(let verdict): mix(UInt64(verdict.rawValue))
      case .test(let field, let branches):
        mix(UInt64(field.word.offset) << 32 | UInt64(field.word.mask))
        mix(UInt64(field.rank))
        for branch in branches { mix(UInt64(branch.last) << 32 | UInt64(branch.target.index)) }
      case .keep(let offset, let next): mix(UInt64(offset) << 32 | UInt64(next.index))
      }
      return hash
    }
  }

  static let deny = NodeID(index: 0)
  static let allow = NodeID(index: 1)

  private(set) var nodes: [Node] = [.verdict(.deny), .verdict(.allow)]
  /// Tests and keeps by the hash of their content.
  private var identities = IntegerTable()
  /// What was combined already, by pairs of nodes.
  private var conjunctions = IntegerTable()
  private var disjunctions = IntegerTable()
  private var negations = IntegerTable()

  /// Both orders of two nodes are the same pair.
  private static func pair(_ a: NodeID, _ b: NodeID) -> UInt64 {
    UInt64(min(a.index, b.index)) << 32 | UInt64(max(a.index, b.index))
  }

  subscript(id: NodeID) -> Node { nodes[id.index] }

  // MARK: Making nodes

  /// The node that asks for a field; neighbouring branches with the same target become one.
  ///
  /// `branches` ascend and end with the largest value of the field.
  mutating func test(_ field: Field, _ branches: [Branch]) -> NodeID {
    var merged: [Branch] = []
    merged.reserveCapacity(branches.count)
    for branch in branches {
      // A run that no value is in takes no branch, and a run ends at the last value that is in it.
      let last = field.largestValue(upTo: branch.last)
      if merged.last?.last == last { continue }
      if merged.last?.target == branch.target { merged.removeLast() }
      merged.append(Branch(last: last, target: branch.target))
    }
    precondition(merged.last?.last == field.largest, "branches cover every value of the field")
    if merged.count == 1 { return merged[0].target }
    return unique(.test(field, merged))
  }

  /// Keeps the word at an offset, and goes on.
  mutating func keep(offset: Int, then next: NodeID) -> NodeID {
    if case .verdict = self[next] { return next }
    return unique(.keep(offset: offset, next))
  }

  private mutating func unique(_ node: Node) -> NodeID {
    var hash = node.contentHash
    while let known = identities[hash] {
      if nodes[known] == node { return NodeID(index: known) }
      hash &+= 1
    }
    let id = NodeID(index: nodes.count)
    nodes.append(node)
    identities.insert(id.index, for: hash)
    return id
  }

  /// Goes one way for values inside the set, another way for the others.
  mutating func test(
    _ field: Field, in set: IntervalSet, then inside: NodeID = allow, else outside: NodeID = deny
  ) -> NodeID {
    var branches: [Branch] = []
    for interval in set.intervals where interval.lowerBound <= field.largest {
      if interval.lowerBound > 0 { branches.append(Branch(last: interval.lowerBound - 1, target: outside)) }
      branches.append(Branch(last: min(interval.upperBound, field.largest), target: inside))
    }
    if branches.last?.last != field.largest { branches.append(Branch(last: field.largest, target: outside)) }
    return test(field, branches)
  }

  // MARK: Combining decisions

  /// Allows what both allow.
  mutating func and(_ a: NodeID, _ b: NodeID) -> NodeID {
    if a == b || b == Self.allow { return a }
    if a == Self.allow { return b }
    if a == Self.deny || b == Self.deny { return Self.deny }
    let pair = Self.pair(a, b)
    if let known = conjunctions[pair] { return NodeID(index: known) }
    let result = combine(a, b) { $0.and($1, $2) }
    conjunctions.insert(result.index, for: pair)
    return result
  }

  /// Allows what one of the two allows.
  mutating func or(_ a: NodeID, _ b: NodeID) -> NodeID {
    if a == b || b == Self.deny { return a }
    if a == Self.deny { return b }
    if a == Self.allow || b == Self.allow { return Self.allow }
    let pair = Self.pair(a, b)
    if let known = disjunctions[pair] { return NodeID(index: known) }
    let result = combine(a, b) { $0.or($1, $2) }
    disjunctions.insert(result.index, for: pair)
    return result
  }

  /// Of many; halving keeps the parts that are combined small.
  mutating func or(_ decisions: ArraySlice<NodeID>) -> NodeID {
    switch decisions.count {
    case 0: return Self.deny
    case 1: return decisions[decisions.startIndex]
    default:
      let middle = decisions.startIndex + decisions.count / 2
      let low = or(decisions[..<middle])
      return or(low, or(decisions[middle...]))
    }
  }

  mutating func not(_ a: NodeID) -> NodeID {
    if a == Self.allow { return Self.deny }
    if a == Self.deny { return Self.allow }
    if let known = negations[UInt64(a.index)] { return NodeID(index: known) }
    guard case .test(let field, let branches) = self[a] else { preconditionFailure("verdicts are done above") }
    let result = test(field, branches.map { Branch(last: $0.last, target: not($0.target)) })
    negations.insert(result.index, for: UInt64(a.index))
    return result
  }

  /// Goes on with `next` wherever the decision allows. The two look at different fields.
  mutating func chain(_ first: NodeID, _ next: NodeID) -> NodeID {
    var known = IntegerTable()
    known.insert(Self.deny.index, for: UInt64(Self.deny.index))
    known.insert(next.index, for: UInt64(Self.allow.index))
    return replace(first, &known)
  }

  private mutating func replace(_ id: NodeID, _ known: inout IntegerTable) -> NodeID {
    if let result = known[UInt64(id.index)] { return NodeID(index: result) }
    guard case .test(let field, let branches) = self[id] else { preconditionFailure("verdicts are replaced") }
    var replaced: [Branch] = []
    for branch in branches { replaced.append(Branch(last: branch.last, target: replace(branch.target, &known))) }
    let result = test(field, replaced)
    known.insert(result.index, for: UInt64(id.index))
    return result
  }

  /// What a decision comes to where some fields have given values.
  mutating func assuming(_ values: [Field: UInt32], _ id: NodeID) -> NodeID {
    guard case .test(let field, let branches) = self[id] else { return id }
    if let value = values[field] {
      guard let branch = branches.first(where: { value <= $0.last }) else {
        preconditionFailure("branches cover every value of the field")
      }
      return assuming(values, branch.target)
    }
    return test(field, branches.map { Branch(last: $0.last, target: assuming(values, $0.target)) })
  }

  /// Asks for the field that comes first in order, and combines what is behind it.
  private mutating func combine(
    _ a: NodeID, _ b: NodeID, _ operation: (inout DecisionGraph, NodeID, NodeID) -> NodeID
  ) -> NodeID {
    guard case .test(let fieldA, let branchesA) = self[a], case .test(let fieldB, let branchesB) = self[b] else {
      preconditionFailure("verdicts are combined without a look at fields")
    }
    if fieldA < fieldB {
      return test(fieldA, branchesA.map { Branch(last: $0.last, target: operation(&self, $0.target, b)) })
    }
    if fieldB < fieldA {
      return test(fieldB, branchesB.map { Branch(last: $0.last, target: operation(&self, a, $0.target)) })
    }
    var result: [Branch] = []
    var (i, j) = (0, 0)
    while i < branchesA.count {
      let last = min(branchesA[i].last, branchesB[j].last)
      result.append(Branch(last: last, target: operation(&self, branchesA[i].target, branchesB[j].target)))
      if branchesA[i].last == last { i += 1 }
      if branchesB[j].last == last { j += 1 }
    }
    return test(fieldA, result)
  }

  // MARK: Looking at the graph

  /// The nodes that can be reached, every one before those that it leads to.
  func reachable(from root: NodeID) -> [NodeID] {
    var seen = [Bool](repeating: false, count: nodes.count)
    var finished: [NodeID] = []
    func visit(_ id: NodeID) {
      if seen[id.index] { return }
      seen[id.index] = true
      switch self[id] {
      case .verdict: break
      case .test(_, let branches): for branch in branches.reversed() { visit(branch.target) }
      case .keep(_, let next): visit(next)
      }
      finished.append(id)
    }
    visit(root)
    return finished.reversed()
  }

  /// True if a word is kept anywhere behind a node.
  func keepsWords(from root: NodeID) -> Bool {
    reachable(from: root).contains { if case .keep = self[$0] { true } else { false } }
  }

  /// What the graph says of a context; for tests and proofs.
  func verdict(from root: NodeID, context: [UInt32]) -> Verdict {
    var id = root
    var kept: UInt32 = 0
    while true {
      switch self[id] {
      case .verdict(let verdict): return verdict
      case .keep(let offset, let next):
        kept = context[offset / 4]
        id = next
      case .test(let field, let branches):
        let value = field.value(in: context, kept: kept)
        guard let branch = branches.first(where: { value <= $0.last }) else {
          preconditionFailure("branches cover every value of the field")
        }
        id = branch.target
      }
    }
  }
}
