import Diagnostics
import TOMLSyntax
import TestSupport
import Testing

/// What one diagnostic shall be: where it starts, its kind and its message; the rest only if given.
struct Expected {
  let marker: Int
  let id: Diagnostic.ID
  let message: String
  var end: Int?
  var note: (marker: Int, message: String)?
  var help: String?

  init(
    _ marker: Int, _ id: Diagnostic.ID, _ message: String, end: Int? = nil,
    note: (marker: Int, message: String)? = nil, help: String? = nil
  ) {
    self.marker = marker
    self.id = id
    self.message = message
    self.end = end
    self.note = note
    self.help = help
  }
}

/// Expects exactly these diagnostics, and no document.
func expectErrors(
  _ marked: String, _ expected: Expected..., location: SourceLocation = #_sourceLocation
) {
  let text = MarkedSource(marked)
  let result = TOMLParser.parse(text.source)
  let found = result.diagnostics
  #expect(result.document == nil, sourceLocation: location)
  #expect(found.map(\.message) == expected.map(\.message), sourceLocation: location)
  #expect(found.map(\.id) == expected.map(\.id), sourceLocation: location)
  #expect(found.map(\.span.start) == expected.map { text.offset($0.marker) }, sourceLocation: location)
  for (diagnostic, expected) in zip(found, expected) {
    #expect(diagnostic.severity == .error, sourceLocation: location)
    if let end = expected.end {
      #expect(diagnostic.span.end == text.offset(end), sourceLocation: location)
    }
    if let note = expected.note {
      #expect(diagnostic.notes.map(\.message) == [note.message], sourceLocation: location)
      #expect(diagnostic.notes.first?.span?.start == text.offset(note.marker), sourceLocation: location)
    }
    if let help = expected.help { #expect(diagnostic.help == help, sourceLocation: location) }
  }
}
