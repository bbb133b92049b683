import Diagnostics
import TOMLSyntax
import TestSupport
import Testing

@Suite struct SpanTests {
  /// Follows the path, expects the last key between the markers 1 and 2 and its value between 3 and 4.
  private func expectSpans(
    _ marked: String, at path: String..., location: SourceLocation = #_sourceLocation
  ) throws {
    let text = MarkedSource(marked)
    let document = try #require(TOMLParser.parse(text.source).document, sourceLocation: location)
    var table = document.root
    var found: TOMLTable.Entry?
    for name in path {
      let entry = try #require(table[name], sourceLocation: location)
      if case .table(let inner) = entry.value.kind { table = inner }
      found = entry
    }
    let entry = try #require(found, sourceLocation: location)
    #expect(entry.key.span.range == text.offset(1)..<text.offset(2), sourceLocation: location)
    #expect(entry.value.span.range == text.offset(3)..<text.offset(4), sourceLocation: location)
  }

  @Test(arguments: [
    "1", "\"é\"", "'x'", "\"\"\"\nx\n\"\"\"", "true", "-1.5e3", "0x1f", "2026-01-31 07:32:00Z", "[1,\n2 # x\n]",
    "{ b = 1 }", "[]", "{}", "inf",
  ])
  func valueSpansWhatItIsWrittenWith(_ value: String) throws {
    try expectSpans("z = 'é'\n⟨1⟩a⟨2⟩ = ⟨3⟩\(value)⟨4⟩ # comment", at: "a")
    try expectSpans("⟨1⟩a⟨2⟩=⟨3⟩\(value)⟨4⟩", at: "a")
  }

  @Test func quotedKeySpansItsQuotes() throws {
    try expectSpans("⟨1⟩\"\\u0061\"⟨2⟩ = ⟨3⟩1⟨4⟩", at: "a")
  }

  @Test func partOfADottedKeySpansItself() throws {
    try expectSpans("a . ⟨1⟩b⟨2⟩ . c = 1\na.x = 2", dotted: "a", "b")
  }

  /// A table made by dotted keys spans the key part that names it.
  private func expectSpans(
    _ marked: String, dotted path: String..., location: SourceLocation = #_sourceLocation
  ) throws {
    let text = MarkedSource(marked)
    var table = try #require(TOMLParser.parse(text.source).document?.root, sourceLocation: location)
    var found: TOMLTable.Entry?
    for name in path {
      found = table[name]
      if case .table(let inner) = found?.value.kind { table = inner }
    }
    #expect(found?.key.span.range == text.offset(1)..<text.offset(2), sourceLocation: location)
    #expect(found?.value.span == found?.key.span, sourceLocation: location)
  }

  @Test func tableWithAHeaderSpansTheHeader() throws {
    try expectSpans("x = 1\n⟨3⟩[ ⟨1⟩a⟨2⟩ ]⟨4⟩ # comment\nb = 1", at: "a")
    try expectSpans("[⟨1⟩a⟨2⟩.b]\n⟨3⟩[a]⟨4⟩\nc = 1", at: "a")
  }

  @Test func parentNamedOnlyInAHeaderSpansItsName() throws {
    try expectSpans("[⟨1⟩a⟨2⟩.b]", dotted: "a")
  }

  @Test func arrayOfTablesSpansItsFirstHeaderAndEachElementItsOwn() throws {
    let text = MarkedSource("⟨1⟩[[a]]⟨2⟩\nx = 1\n⟨3⟩[[a]]⟨4⟩\n")
    let entry = try #require(TOMLParser.parse(text.source).document?.root["a"])
    guard case .array(let elements) = entry.value.kind else {
      Issue.record("not an array")
      return
    }
    #expect(entry.value.span.range == text.offset(1)..<text.offset(2))
    #expect(elements.map(\.span.range) == [text.offset(1)..<text.offset(2), text.offset(3)..<text.offset(4)])
  }

  @Test func spansCarryTheIdentityOfTheirText() throws {
    let source = SourceText(name: "x", text: "a = [1]", id: SourceID(7))
    let entry = try #require(TOMLParser.parse(source).document?.root["a"])
    #expect(entry.key.span.source == SourceID(7))
    #expect(entry.value.span.source == SourceID(7))
    let broken = TOMLParser.parse(SourceText(name: "x", text: "a", id: SourceID(7)))
    #expect(broken.diagnostics.map(\.span.source) == [SourceID(7)])
  }
}
