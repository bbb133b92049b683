import BPF
import URingABI

/// Decides by looking at one word after another, in ascending order, each at most once on any path.
///
/// Equal parts exist once (hash-consing), and a word whose value does not matter any more is not looked at.
struct DecisionGraph {
  struct NodeID: Hashable {
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
    /// Branches ascend, cover every value the word can have, and neighbours differ in their target.
    case test(word: FilterContext.Word, branches: [Branch])
  }

  /// Children come before their parents.
  private(set) var nodes: [Node] = []
  private(set) var root = NodeID(index: 0)

  /// A request is allowed if any of the rules matches it.
  init(allowing rules: [Rule]) {
    var builder = Builder(rules: rules)
    root = builder.build(level: 0, live: Array(rules.indices))
    nodes = builder.nodes
  }

  subscript(id: NodeID) -> Node { nodes[id.index] }

  private struct Builder {
    let rules: [Rule]
    let words: [FilterContext.Word]
    var nodes: [Node] = []
    private var identities: [Node: NodeID] = [:]
    private var known: [Question: NodeID] = [:]

    /// What is left to decide: the next word, and the rules that all words before it satisfy.
    private struct Question: Hashable {
      let level: Int
      let live: [Int]
    }

    init(rules: [Rule]) {
      self.rules = rules
      words = Set(rules.flatMap(\.words)).sorted()
    }

    mutating func build(level: Int, live: [Int]) -> NodeID {
      if live.isEmpty { return intern(.verdict(.deny)) }
      if level == words.count { return intern(.verdict(.allow)) }
      let question = Question(level: level, live: live)
      if let answer = known[question] { return answer }

      let word = words[level]
      let sets = live.map { rules[$0].values(of: word) }
      var branches: [Branch] = []
      for last in Self.runEnds(of: sets, upTo: word.mask) {
        let matching = zip(live, sets).filter { $0.1.contains(last) }.map(\.0)
        let target = build(level: level + 1, live: matching)
        if branches.last?.target == target { branches.removeLast() }
        branches.append(Branch(last: last, target: target))
      }
      let answer = branches.count == 1 ? branches[0].target : intern(.test(word: word, branches: branches))
      known[question] = answer
      return answer
    }

    private mutating func intern(_ node: Node) -> NodeID {
      if let id = identities[node] { return id }
      let id = NodeID(index: nodes.count)
      nodes.append(node)
      identities[node] = id
      return id
    }

    /// The last values of the runs inside which no set changes its mind.
    private static func runEnds(of sets: [IntervalSet], upTo largest: UInt32) -> [UInt32] {
      var ends: Set<UInt32> = [largest]
      for interval in sets.flatMap(\.intervals) {
        if interval.lowerBound > 0, interval.lowerBound <= largest { ends.insert(interval.lowerBound - 1) }
        if interval.upperBound < largest { ends.insert(interval.upperBound) }
      }
      return ends.sorted()
    }
  }
}
