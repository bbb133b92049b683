/// The forms in which findings can be written.
package enum DiagnosticFormat: String, CaseIterable, Sendable {
  /// For people.
  case text
  /// One object, for programs.
  case json
  /// Workflow commands that GitHub shows beside the changed lines.
  case github
  /// SARIF 2.1.0, for code scanning services.
  case sarif
}

/// A place in a text, as programs name it: lines and columns from 1, the end exclusive.
struct Location {
  let file: String
  let start: SourcePosition
  let end: SourcePosition

  init?(_ span: SourceSpan, _ sources: [SourceText]) {
    guard let source = sources.first(where: { $0.id == span.source }) else { return nil }
    file = source.name
    start = source.position(of: span.start)
    end = source.position(of: max(span.start, span.end))
  }
}

extension Sequence<Diagnostic> {
  /// In the order of files and places, and as found where places are equal.
  func inOrderOfPlace() -> [Diagnostic] {
    enumerated().sorted {
      ($0.element.span.source.rawValue, $0.element.span.start, $0.offset)
        < ($1.element.span.source.rawValue, $1.element.span.start, $1.offset)
    }.map(\.element)
  }
}
