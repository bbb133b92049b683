/// A half-open range of bytes in one source text. Empty spans mark a place between two bytes.
package struct SourceSpan: Hashable, Sendable {
  package let source: SourceID
  private let lower: Int32
  private let upper: Int32

  /// - Precondition: texts are smaller than 2 GiB, which `PolicyFile.largestSize` guarantees.
  package init(_ range: Range<Int>, in source: SourceID) {
    self.source = source
    self.lower = Int32(range.lowerBound)
    self.upper = Int32(range.upperBound)
  }

  package var range: Range<Int> { Int(lower)..<Int(upper) }
  package var start: Int { Int(lower) }
  package var end: Int { Int(upper) }
}
