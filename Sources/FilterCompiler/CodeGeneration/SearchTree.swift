/// How the branch of a loaded value is found: tests of the value against constants, ending at targets.
indirect enum SearchTree<Target: Hashable> {
  case found(Target)
  /// Values from the constant on go to `then`.
  case atLeast(UInt32, then: SearchTree, else: SearchTree)
  /// The value itself goes to `then`.
  case equal(UInt32, then: Target, else: SearchTree)

  /// A run of values with one target; it begins behind the run before it.
  struct Run: Hashable {
    let last: UInt32
    let target: Target
  }

  /// Tests that the longest way takes.
  var depth: Int {
    switch self {
    case .found: 0
    case .atLeast(_, let then, let otherwise): 1 + max(then.depth, otherwise.depth)
    case .equal(_, _, let otherwise): 1 + otherwise.depth
    }
  }

  /// Tests in the whole tree.
  var size: Int {
    switch self {
    case .found: 0
    case .atLeast(_, let then, let otherwise): 1 + then.size + otherwise.size
    case .equal(_, _, let otherwise): 1 + otherwise.size
    }
  }
}

/// Finds the best tree: the shortest longest way, then the fewest tests in the mean, every run being as likely as any
/// other, then the fewest tests in all.
///
/// Runs are halved until few are left, which keeps the longest way at ceil(log2(runs)); few runs are searched
/// exhaustively, each pattern of them once.
struct SearchPlanner<Target: Hashable> {
  typealias Tree = SearchTree<Target>
  typealias Run = Tree.Run

  /// Runs that are searched exhaustively.
  private static var few: Int { 7 }

  private var known: [Pattern: Plan] = [:]

  /// What matters of a few runs: which are a single value, and which lead to the same place.
  private struct Pattern: Hashable {
    var runs: [UInt8] = []
  }

  private struct Plan {
    let step: Step
    let depth: Int
    /// Tests on the ways of all runs together.
    let total: Int
    let size: Int

    static func < (a: Plan, b: Plan) -> Bool { (a.depth, a.total, a.size) < (b.depth, b.total, b.size) }
  }

  private enum Step {
    case found
    /// Split before this run.
    case split(Int)
    /// Test for the single value of this run, and go on without it.
    case single(Int)
  }

  /// `first`: the smallest value that can occur.
  mutating func tree(_ runs: ArraySlice<Run>, first: UInt32 = 0) -> Tree {
    precondition(!runs.isEmpty, "there is a run for every value")
    if runs.count <= Self.few { return build(Self.starts(runs, first)) }
    let middle = runs.startIndex + runs.count / 2
    let pivot = runs[middle - 1].last + 1
    let low = tree(runs[..<middle], first: first)
    return .atLeast(pivot, then: tree(runs[middle...], first: pivot), else: low)
  }

  /// A run with its first value; runs that had something taken out of their middle count as one.
  private struct Piece {
    let first: UInt32
    let last: UInt32
    let target: Target
    var isSingle: Bool { first == last }
  }

  private static func starts(_ runs: ArraySlice<Run>, _ first: UInt32) -> [Piece] {
    var start = first
    return runs.map { run in
      defer { start = run.last &+ 1 }
      return Piece(first: start, last: run.last, target: run.target)
    }
  }

  private mutating func build(_ pieces: [Piece]) -> Tree {
    switch plan(pieces).step {
    case .found:
      return .found(pieces[0].target)
    case .split(let index):
      let low = build(Array(pieces[..<index]))
      return .atLeast(pieces[index].first, then: build(Array(pieces[index...])), else: low)
    case .single(let index):
      return .equal(pieces[index].first, then: pieces[index].target, else: build(Self.without(index, pieces)))
    }
  }

  /// The pieces without a single value: those around it become one if they lead to the same place.
  private static func without(_ index: Int, _ pieces: [Piece]) -> [Piece] {
    var rest = pieces
    rest.remove(at: index)
    if index > 0, index < rest.count, rest[index - 1].target == rest[index].target {
      let joined = Piece(first: rest[index - 1].first, last: rest[index].last, target: rest[index].target)
      rest.replaceSubrange((index - 1)...index, with: [joined])
    }
    return rest
  }

  private static func pattern(_ pieces: [Piece]) -> Pattern {
    var pattern = Pattern()
    var targets: [Target] = []
    for piece in pieces {
      let number = targets.firstIndex(of: piece.target) ?? targets.count
      if number == targets.count { targets.append(piece.target) }
      pattern.runs.append(UInt8(number << 1 | (piece.isSingle ? 1 : 0)))
    }
    return pattern
  }

  private mutating func plan(_ pieces: [Piece]) -> Plan {
    if pieces.count == 1 { return Plan(step: .found, depth: 0, total: 0, size: 0) }
    let pattern = Self.pattern(pieces)
    if let plan = known[pattern] { return plan }
    var best: Plan?
    func consider(_ plan: Plan) { if best.map({ plan < $0 }) ?? true { best = plan } }
    for index in pieces.indices where pieces[index].isSingle {
      let rest = plan(Self.without(index, pieces))
      consider(
        Plan(
          step: .single(index), depth: 1 + rest.depth, total: pieces.count + rest.total, size: 1 + rest.size))
    }
    for index in 1..<pieces.count {
      let low = plan(Array(pieces[..<index]))
      let high = plan(Array(pieces[index...]))
      consider(
        Plan(
          step: .split(index), depth: 1 + max(low.depth, high.depth), total: pieces.count + low.total + high.total,
          size: 1 + low.size + high.size))
    }
    guard let best else { preconditionFailure("several pieces can be split") }
    known[pattern] = best
    return best
  }
}
