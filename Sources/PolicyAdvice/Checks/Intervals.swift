/// A set of numbers as disjoint, ascending intervals that do not touch.
struct Intervals<Bound: FixedWidthInteger & Sendable>: Equatable, Sendable {
  private let ranges: [ClosedRange<Bound>]

  static var everything: Intervals { Intervals([Bound.min...Bound.max]) }

  init(_ ranges: some Sequence<ClosedRange<Bound>>) {
    var joined: [ClosedRange<Bound>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = joined.last, last.upperBound == .max || range.lowerBound <= last.upperBound + 1 {
        joined[joined.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        joined.append(range)
      }
    }
    self.ranges = joined
  }

  var isEmpty: Bool { ranges.isEmpty }
  /// How many intervals there are.
  var count: Int { ranges.count }

  /// True if every number of the other set is in this one.
  func covers(_ other: Intervals) -> Bool {
    var index = 0
    for range in other.ranges {
      while index < ranges.count, ranges[index].upperBound < range.lowerBound { index += 1 }
      guard index < ranges.count, ranges[index].lowerBound <= range.lowerBound,
        ranges[index].upperBound >= range.upperBound
      else { return false }
    }
    return true
  }

  /// True if some number is in both.
  func meets(_ other: Intervals) -> Bool {
    var (i, j) = (0, 0)
    while i < ranges.count, j < other.ranges.count {
      if ranges[i].overlaps(other.ranges[j]) { return true }
      if ranges[i].upperBound < other.ranges[j].upperBound { i += 1 } else { j += 1 }
    }
    return false
  }
}
