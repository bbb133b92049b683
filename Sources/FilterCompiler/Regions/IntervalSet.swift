/// A set of 32-bit values as disjoint, ascending, non-adjacent closed intervals.
struct IntervalSet: Hashable, Sendable {
  private(set) var intervals: [ClosedRange<UInt32>]

  static let everything = IntervalSet([0...UInt32.max])

  init(_ ranges: some Sequence<ClosedRange<UInt32>>) {
    intervals = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      // Adjacent intervals join: 1...2 and 3...4 are one.
      if let last = intervals.last, UInt64(range.lowerBound) <= UInt64(last.upperBound) + 1 {
        intervals[intervals.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        intervals.append(range)
      }
    }
  }

  init(values: some Sequence<UInt32>) {
    self.init(values.map { $0...$0 })
  }

  func contains(_ value: UInt32) -> Bool {
    intervals.contains { $0.contains(value) }
  }
}
