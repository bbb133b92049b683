import Diagnostics
import PolicyLanguage

/// Lists of ranges of which some lie inside others.
enum RangeList {
  struct Element<Bound: Comparable> {
    let range: ClosedRange<Bound>
    /// Several ranges can stand for one name in the text.
    let span: SourceSpan
  }

  /// Warns of every place in the text all of whose ranges lie inside ranges of other places. Time grows as n log n.
  static func redundant<Bound>(_ elements: [Element<Bound>], _ subject: CheckedPolicy) -> [Diagnostic] {
    guard elements.count > 1 else { return [] }
    var coveredBy: [SourceSpan: (other: SourceSpan, isEqual: Bool)] = [:]
    var needed: Set<SourceSpan> = []
    var widest: Element<Bound>?
    let sizes = Dictionary(elements.map { ($0.span, 1) }, uniquingKeysWith: +)
    let sorted = elements.enumerated().sorted { first, second in
      let (a, b) = (first.element.range, second.element.range)
      if (a.lowerBound, b.upperBound) != (b.lowerBound, a.upperBound) {
        return (a.lowerBound, b.upperBound) < (b.lowerBound, a.upperBound)
      }
      // Of equal ranges that of the name that has the most stays, then the first in the text.
      let (size, otherSize) = (sizes[first.element.span] ?? 0, sizes[second.element.span] ?? 0)
      return (otherSize, first.offset) < (size, second.offset)
    }
    for element in sorted.map(\.element) {
      guard let wide = widest, wide.range.upperBound >= element.range.upperBound, wide.span != element.span else {
        needed.insert(element.span)
        if widest.map({ $0.range.upperBound < element.range.upperBound }) ?? true { widest = element }
        continue
      }
      let isEqual = wide.range == element.range && coveredBy[element.span]?.isEqual ?? true
      coveredBy[element.span] = (wide.span, isEqual)
    }
    return coveredBy.filter { !needed.contains($0.key) && $0.key.source == $0.value.other.source }
      .sorted { $0.key.start < $1.key.start }
      .map { place, cover in
        subject.warning(
          cover.isEqual ? PolicyDiagnostics.duplicateName : PolicyDiagnostics.shadowed,
          cover.isEqual ? "this is in the list already" : "another element of the list contains this", at: place,
          notes: [Diagnostic.Note("this one", at: cover.other)], help: "remove one of the two")
      }
  }
}
