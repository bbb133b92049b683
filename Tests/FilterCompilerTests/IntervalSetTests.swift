import Testing

@testable import FilterCompiler

struct IntervalSetTests {
  @Test func overlappingAndAdjacentIntervalsJoin() {
    #expect(IntervalSet([5...9, 1...4, 8...12, 20...20]).intervals == [1...12, 20...20])
    #expect(IntervalSet(values: [3, 1, 2, 9, 1]).intervals == [1...3, 9...9])
  }

  @Test func largestValueNeedsNoSuccessor() {
    #expect(IntervalSet([UInt32.max...UInt32.max, 0...0]).intervals == [0...0, .max ... .max])
    #expect(IntervalSet([0...UInt32.max, 5...6]) == .everything)
  }

  @Test func membershipIsThatOfTheIntervals() {
    let set = IntervalSet([1...4, 10...10])
    #expect([0, 1, 4, 5, 9, 10, 11].map { set.contains($0) } == [false, true, true, false, false, true, false])
  }
}
