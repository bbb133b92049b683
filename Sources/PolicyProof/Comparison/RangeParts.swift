import FilterAnalysis

/// The ranges of a number that lead to each rest of a function.
struct RangeParts {
  typealias Function = BooleanFunctions.Function

  private let variables: [UInt32]
  private let limit: Int
  private var runs: [(range: ClosedRange<UInt128>, rest: Function)] = []
  private(set) var isTruncated = false

  init(_ variables: [UInt32], limit: Int) {
    self.variables = variables
    self.limit = limit
  }

  var everything: ClosedRange<UInt128> {
    0...(variables.count == 128 ? .max : (1 << UInt128(variables.count)) - 1)
  }

  mutating func add(_ function: Function, _ functions: BooleanFunctions) {
    walk(function, depth: 0, base: 0, functions)
  }

  private mutating func walk(_ function: Function, depth: Int, base: UInt128, _ functions: BooleanFunctions) {
    if isTruncated { return }
    let rest = UInt128(variables.count - depth)
    if depth == variables.count || functions.first(of: function) > variables[variables.count - 1] {
      let last = base | (rest == 128 ? .max : (1 << rest) - 1)
      if let before = runs.last, before.rest == function {
        runs[runs.count - 1].range = before.range.lowerBound...last
      } else {
        runs.append((base...last, function))
        isTruncated = runs.count > limit
      }
      return
    }
    let (low, high) =
      functions.first(of: function) == variables[depth] ? functions.branches(of: function) : (function, function)
    walk(low, depth: depth + 1, base: base, functions)
    walk(high, depth: depth + 1, base: base | 1 << (rest - 1), functions)
  }

  /// Looks at values with zeros behind the first 32 bits only, and counts those bits.
  mutating func keepFirst32Bits() {
    var kept: [(range: ClosedRange<UInt128>, rest: Function)] = []
    for run in runs {
      let unit = UInt128(1) << 96
      let first = (run.range.lowerBound + (unit - 1)) >> 96
      let last = run.range.upperBound >> 96
      if run.range.lowerBound > UInt128.max - (unit - 1) || first > last { continue }
      if let before = kept.last, before.rest == run.rest {
        kept[kept.count - 1].range = before.range.lowerBound...last
      } else {
        kept.append((first...last, run.rest))
      }
    }
    runs = kept.map { ($0.range.lowerBound << 96...($0.range.upperBound << 96 | ((1 << 96) - 1)), $0.rest) }
  }

  /// By rest, in the order of the smallest value.
  var ranges: [(rest: Function, ranges: [ClosedRange<UInt128>])] {
    var order: [Function] = []
    var grouped: [Function: [ClosedRange<UInt128>]] = [:]
    for run in runs {
      if grouped[run.rest] == nil { order.append(run.rest) }
      grouped[run.rest, default: []].append(run.range)
    }
    return order.map { ($0, grouped[$0] ?? []) }
  }
}
