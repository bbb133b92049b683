/// Finds the best search tree: the shortest longest way, then the fewest tests in the mean, every run being as likely
/// as any other, then the fewest tests in all.
///
/// Runs are halved until few are left, which keeps the longest way at ceil(log2(runs)); few runs are searched
/// exhaustively, each pattern of them once for all trees that one planner makes.
struct SearchPlanner {
  /// Runs that are searched exhaustively.
  private static let few = 7

  /// Plans that were made, and where to find the one for a pattern.
  private var plans: [Plan] = []
  private var places = IntegerTable()

  private struct Plan {
    let step: Step
    /// Tests on the ways of all runs together.
    let total: Int
    let shape: SearchShape
    var size: Int { shape.size }
    var depth: Int { shape.depth }

    static let found = Plan(step: .found, total: 0, shape: .found)

    static func < (a: Plan, b: Plan) -> Bool { (a.depth, a.total, a.size) < (b.depth, b.total, b.size) }
  }

  private enum Step {
    case found
    /// Split before this run.
    case split(Int)
    /// Test for the single value of this run, and go on without it.
    case single(Int)
  }

  mutating func tree<Target>(_ runs: ArraySlice<SearchTree<Target>.Run>) -> SearchTree<Target> {
    precondition(!runs.isEmpty, "there is a run for every value")
    if runs.count <= Self.few { return build(runs) }
    let middle = runs.startIndex + runs.count / 2
    let low = tree(runs[..<middle])
    return .atLeast(runs[middle].first, then: tree(runs[middle...]), else: low)
  }

  /// What the tree would be like.
  mutating func shape<Target>(_ runs: ArraySlice<SearchTree<Target>.Run>) -> SearchShape {
    if runs.count <= Self.few { return plan(SearchPattern(runs)).shape }
    let middle = runs.startIndex + runs.count / 2
    return SearchShape(shape(runs[..<middle]), shape(runs[middle...]))
  }

  private mutating func build<Target>(_ runs: ArraySlice<SearchTree<Target>.Run>) -> SearchTree<Target> {
    switch plan(SearchPattern(runs)).step {
    case .found:
      return .found(runs[runs.startIndex].target)
    case .split(let number):
      let index = runs.startIndex + number
      let low = build(runs[..<index])
      return .atLeast(runs[index].first, then: build(runs[index...]), else: low)
    case .single(let number):
      let run = runs[runs.startIndex + number]
      return .equal(run.first, then: run.target, else: build(Self.without(number, runs)))
    }
  }

  /// The runs without a single value: those around it become one, with a hole, if they lead to the same place.
  private static func without<Target>(
    _ number: Int, _ runs: ArraySlice<SearchTree<Target>.Run>
  ) -> ArraySlice<SearchTree<Target>.Run> {
    var rest = Array(runs)
    rest.remove(at: number)
    if number > 0, number < rest.count, rest[number - 1].target == rest[number].target {
      let (low, high) = (rest[number - 1], rest[number])
      rest[number - 1] = SearchTree<Target>.Run(first: low.first, last: high.last, target: low.target)
      rest.remove(at: number)
    }
    return rest[...]
  }

  private mutating func plan(_ pattern: SearchPattern) -> Plan {
    if pattern.count == 1 { return .found }
    if let place = places[pattern.key] { return plans[place] }
    var best: Plan?
    func consider(_ plan: Plan) { if best.map({ plan < $0 }) ?? true { best = plan } }
    for index in 0..<pattern.count where pattern.isSingle(index) {
      let rest = plan(pattern.without(index))
      consider(
        Plan(step: .single(index), total: pattern.count + rest.total, shape: SearchShape(.found, rest.shape)))
    }
    for index in 1..<pattern.count {
      let low = plan(pattern[0..<index])
      let high = plan(pattern[index..<pattern.count])
      consider(
        Plan(
          step: .split(index), total: pattern.count + low.total + high.total,
          shape: SearchShape(low.shape, high.shape)))
    }
    guard let best else { preconditionFailure("several runs can be split") }
    places.insert(plans.count, for: pattern.key)
    plans.append(best)
    return best
  }
}

/// How long the ways through a search tree are.
struct SearchShape {
  /// Tests that the longest way takes.
  let depth: Int
  /// Tests in the whole tree.
  let size: Int
  /// Ways, each ending where something is found, and the tests on all of them together.
  let ends: Int
  let totalDepth: Int

  static let found = SearchShape(depth: 0, size: 0, ends: 1, totalDepth: 0)

  /// One test, and what follows it on either side.
  init(_ a: SearchShape, _ b: SearchShape) {
    depth = 1 + max(a.depth, b.depth)
    size = 1 + a.size + b.size
    ends = a.ends + b.ends
    totalDepth = a.totalDepth + b.totalDepth + ends
  }

  private init(depth: Int, size: Int, ends: Int, totalDepth: Int) {
    self.depth = depth
    self.size = size
    self.ends = ends
    self.totalDepth = totalDepth
  }
}

/// What matters of a few runs for the search among them: which are a single value, and which lead to the same place.
///
/// Places are numbered in the order of their first run, so that equal patterns are equal words.
struct SearchPattern {
  /// A byte for each run, the first one lowest: the number of its place, twice, and 1 if it is a single value.
  private var word: UInt64 = 0
  private(set) var count = 0

  init<Target>(_ runs: ArraySlice<SearchTree<Target>.Run>) {
    for run in runs {
      let number = runs.firstIndex { $0.target == run.target } ?? runs.startIndex
      append(UInt64(number - runs.startIndex), isSingle: run.isSingle)
    }
    self = renumbered
  }

  private init() {}

  /// Different for different patterns.
  var key: UInt64 { word | UInt64(count) << 56 }

  func isSingle(_ index: Int) -> Bool { self[index] & 1 == 1 }

  subscript(runs: Range<Int>) -> SearchPattern {
    var pattern = SearchPattern()
    for index in runs { pattern.append(self[index] >> 1, isSingle: isSingle(index)) }
    return pattern.renumbered
  }

  /// The pattern without a run; those around it become one if they lead to the same place.
  func without(_ removed: Int) -> SearchPattern {
    let joins = removed > 0 && removed + 1 < count && self[removed - 1] >> 1 == self[removed + 1] >> 1
    var pattern = SearchPattern()
    for index in 0..<count where index != removed && !(joins && index == removed + 1) {
      pattern.append(self[index] >> 1, isSingle: isSingle(index) && !(joins && index == removed - 1))
    }
    return pattern.renumbered
  }

  private subscript(index: Int) -> UInt64 { word >> UInt64(8 * index) & 0xFF }

  private mutating func append(_ place: UInt64, isSingle: Bool) {
    precondition(count < 7, "a pattern has a byte for each run, and one for their number")
    word |= (place << 1 | (isSingle ? 1 : 0)) << UInt64(8 * count)
    count += 1
  }

  private var renumbered: SearchPattern {
    var pattern = SearchPattern()
    var places = 0 as UInt64
    for index in 0..<count {
      let first = (0..<index).first { self[$0] >> 1 == self[index] >> 1 }
      pattern.append(first.map { pattern[$0] >> 1 } ?? places, isSingle: isSingle(index))
      if first == nil { places += 1 }
    }
    return pattern
  }
}
