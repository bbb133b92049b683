import BPF
import URingABI

/// How the value of one node's field comes into the accumulator, and how its branch is found.
struct NodeCode {
  typealias NodeID = DecisionGraph.NodeID
  typealias Run = SearchTree<NodeID>.Run

  enum Search {
    /// One test for bits, which leaves the loaded word as it is.
    case bits(UInt32, set: NodeID, clear: NodeID)
    /// The key is compared with constants.
    case runs([Run])
    /// Nothing is looked for.
    case next(NodeID)
  }

  /// Where a word comes from.
  enum Source: Hashable {
    case context(offset: Int)
    /// X, where words are kept.
    case index
  }

  let source: Source
  /// What turns the loaded word into the key, after the load.
  let transformation: [Step]
  let search: Search

  enum Step: Hashable {
    case load(Int)
    case and(UInt32)
    case multiply(UInt32)
    case shiftRight(UInt32)
    case copyToIndex
    case orIndex
  }

  /// True if the loaded word is still in the accumulator where the search ends.
  var holdsWord: Bool { transformation.isEmpty || transformation == [.copyToIndex] }

  /// The code of a node; `nil` for a verdict.
  init?(_ node: DecisionGraph.Node) {
    switch node {
    case .verdict: return nil
    case .test(let field, let branches): self.init(field, branches)
    case .keep(let offset, let next):
      self.init(source: .context(offset: offset), transformation: [.copyToIndex], search: .next(next))
    }
  }

  private init(source: Source, transformation: [Step], search: Search) {
    self.source = source
    self.transformation = transformation
    self.search = search
  }

  private init(_ field: Field, _ branches: [DecisionGraph.Branch]) {
    source = field.order == .kept ? .index : .context(offset: field.word.offset)
    let runs = Self.runs(branches, of: field)
    switch field.order {
    case .host, .kept:
      // If 0 alone goes the first way, a test for any bit is enough.
      if branches.count == 2, branches[0].last == 0 {
        transformation = []
        search = .bits(field.word.mask, set: branches[1].target, clear: branches[0].target)
      } else {
        transformation = field.word.mask == .max ? [] : [.and(field.word.mask)]
        search = .runs(runs)
      }
    case .network16:
      transformation = [.multiply(Self.swapFactor)]
      search = .runs(runs.map { Run(first: $0.first << 16, last: $0.last << 16 | 0xFFFF, target: $0.target) })
    case .network32:
      transformation = Self.byteSwap(offset: field.word.offset)
      search = .runs(runs)
    }
  }

  /// Where the search can end.
  var targets: [NodeID] {
    switch search {
    case .bits(_, let set, let clear): [set, clear]
    case .runs(let runs): runs.map(\.target)
    case .next(let next): [next]
    }
  }

  private static func runs(_ branches: [DecisionGraph.Branch], of field: Field) -> [Run] {
    var first: UInt32 = 0
    return branches.map { branch in
      defer { first = field.value(after: branch.last) ?? 0 }
      return Run(first: first, last: branch.last, target: branch.target)
    }
  }

  /// Bytes h and l of a 16-bit number, loaded as l·2⁸ + h, become h·2²⁴ + l·2¹⁶ + h·2⁸: ordered as the number is, with
  /// 16 bits behind it that follow from it.
  private static let swapFactor: UInt32 = 0x0100_0100

  /// The four bytes in reverse, 16 bits at a time.
  private static func byteSwap(offset: Int) -> [Step] {
    #if _endian(little)
      [
        .shiftRight(16), .multiply(swapFactor), .shiftRight(16), .copyToIndex,
        .load(offset), .and(0xFFFF), .multiply(swapFactor), .and(0xFFFF_0000), .orIndex,
      ]
    #else
      []
    #endif
  }
}
