import Diagnostics
import TOMLSyntax
import Testing

/// TOML with numbered markers such as `⟨1⟩`, which name places in it and are no part of the text.
struct MarkedSource {
  let source: SourceText
  private let offsets: [Int: Int]

  init(_ marked: String) {
    var bytes: [UInt8] = []
    var offsets: [Int: Int] = [:]
    var number: Int?
    for scalar in marked.unicodeScalars {
      switch (scalar, number) {
      case ("⟨", _): number = 0
      case ("⟩", let found?):
        offsets[found] = bytes.count
        number = nil
      case (_, let found?): number = found * 10 + Int(scalar.value) - 48
      default: bytes += String(Character(scalar)).utf8
      }
    }
    self.source = SourceText(name: "test.toml", bytes: bytes)
    self.offsets = offsets
  }

  /// Where the marker stands; a test that names a missing marker fails.
  func offset(_ marker: Int, _ location: SourceLocation = #_sourceLocation) -> Int {
    guard let offset = offsets[marker] else {
      Issue.record("the source has no marker ⟨\(marker)⟩", sourceLocation: location)
      return -1
    }
    return offset
  }
}

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
  #expect(found.map(\.span.start) == expected.map { text.offset($0.marker, location) }, sourceLocation: location)
  for (diagnostic, expected) in zip(found, expected) {
    #expect(diagnostic.severity == .error, sourceLocation: location)
    if let end = expected.end {
      #expect(diagnostic.span.end == text.offset(end, location), sourceLocation: location)
    }
    if let note = expected.note {
      #expect(diagnostic.notes.map(\.message) == [note.message], sourceLocation: location)
      #expect(diagnostic.notes.first?.span?.start == text.offset(note.marker, location), sourceLocation: location)
    }
    if let help = expected.help { #expect(diagnostic.help == help, sourceLocation: location) }
  }
}
