/// How the branch of a loaded value is found: tests of the value against constants, ending at targets.
indirect enum SearchTree<Target: Hashable> {
  case found(Target)
  /// Values from the constant on go to `then`.
  case atLeast(UInt32, then: SearchTree, else: SearchTree)
  /// The value itself goes to `then`.
  case equal(UInt32, then: Target, else: SearchTree)

  /// A run of values with one target. Between runs there are only values that do not occur.
  struct Run: Hashable {
    let first: UInt32
    let last: UInt32
    let target: Target
    var isSingle: Bool { first == last }
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

  mutating func tree(_ runs: ArraySlice<Run>) -> Tree {
    precondition(!runs.isEmpty, "there is a run for every value")
    if runs.count <= Self.few { return build(Array(runs)) }
    let middle = runs.startIndex + runs.count / 2
    let low = tree(runs[..<middle])
    return .atLeast(runs[middle].first, then: tree(runs[middle...]), else: low)
  }

  private mutating func build(_ runs: [Run]) -> Tree {
    switch plan(runs).step {
    case .found:
      return .found(runs[0].target)
    case .split(let index):
      let low = build(Array(runs[..<index]))
      return .atLeast(runs[index].first, then: build(Array(runs[index...])), else: low)
    case .single(let index):
      return .equal(runs[index].first, then: runs[index].target, else: build(Self.without(index, runs)))
    }
  }

  /// The runs without a single value: those around it become one, with a hole, if they lead to the same place.
  private static func without(_ index: Int, _ runs: [Run]) -> [Run] {
    var rest = runs
    rest.remove(at: index)
    if index > 0, index < rest.count, rest[index - 1].target == rest[index].target {
      let joined = Run(first: rest[index - 1].first, last: rest[index].last, target: rest[index].target)
      rest.replaceSubrange((index - 1)...index, with: [joined])
    }
    return rest
  }

  private static func pattern(_ runs: [Run]) -> Pattern {
    var pattern = Pattern()
    var targets: [Target] = []
    for run in runs {
      let number = targets.firstIndex(of: run.target) ?? targets.count
      if number == targets.count { targets.append(run.target) }
      pattern.runs.append(UInt8(number << 1 | (run.isSingle ? 1 : 0)))
    }
    return pattern
  }

  private mutating func plan(_ runs: [Run]) -> Plan {
    if runs.count == 1 { return Plan(step: .found, depth: 0, total: 0, size: 0) }
    let pattern = Self.pattern(runs)
    if let plan = known[pattern] { return plan }
    var best: Plan?
    func consider(_ plan: Plan) { if best.map({ plan < $0 }) ?? true { best = plan } }
    for index in runs.indices where runs[index].isSingle {
      let rest = plan(Self.without(index, runs))
      consider(
        Plan(
          step: .single(index), depth: 1 + rest.depth, total: runs.count + rest.total, size: 1 + rest.size))
    }
    for index in 1..<runs.count {
      let low = plan(Array(runs[..<index]))
      let high = plan(Array(runs[index...]))
      consider(
        Plan(
          step: .split(index), depth: 1 + max(low.depth, high.depth), total: runs.count + low.total + high.total,
          size: 1 + low.size + high.size))
    }
    guard let best else { preconditionFailure("several runs can be split") }
    known[pattern] = best
    return best
  }
}
