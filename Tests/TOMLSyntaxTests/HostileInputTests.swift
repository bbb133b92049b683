import Diagnostics
import TOMLSyntax
import Testing

@Suite struct HostileInputTests {
  private func parse(_ text: String) -> TOMLParser.Result { TOMLParser.parse(SourceText(name: "t", text: text)) }

  private func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

  /// Expects one diagnostic with this message at this offset.
  private func expectOnly(
    _ text: String, _ id: Diagnostic.ID, _ message: String, at offset: Int,
    location: SourceLocation = #_sourceLocation
  ) {
    let found = parse(text).diagnostics
    #expect(found.map(\.message) == [message], sourceLocation: location)
    #expect(found.map(\.id) == [id], sourceLocation: location)
    #expect(found.map(\.span.start) == [offset], sourceLocation: location)
  }

  @Test func keyOfAHundredThousandPartsIsRefused() {
    let key = "a" + repeated(".a", 99_999)
    expectOnly(key + " = 1", TOMLDiagnostics.depth, "key with more than 64 parts", at: 0)
    expectOnly("[\(key)]", TOMLDiagnostics.depth, "key with more than 64 parts", at: 1)
    expectOnly("x = {\(key) = 1}", TOMLDiagnostics.depth, "key with more than 64 parts", at: 5)
  }

  @Test func hundredThousandOpenBracketsAreRefused() {
    expectOnly("a=" + repeated("[", 100_000), TOMLDiagnostics.depth, "nested more than 64 levels deep", at: 66)
    expectOnly("a=" + repeated("[\n", 100_000), TOMLDiagnostics.depth, "nested more than 64 levels deep", at: 130)
    expectOnly("a=" + repeated("{a=", 100_000), TOMLDiagnostics.depth, "nested more than 64 levels deep", at: 194)
    expectOnly("a=" + repeated("[{a=", 100_000), TOMLDiagnostics.depth, "nested more than 64 levels deep", at: 130)
  }

  @Test func openBracketsWhereAHeaderBelongsAreRefused() {
    expectOnly(repeated("[", 5_000_000), TOMLDiagnostics.syntax, "expected a key, found '['", at: 2)
    #expect(parse(repeated("[[\n", 100_000)).diagnostics.count == 21)
    #expect(parse(repeated("[[a\n", 100_000)).diagnostics.count == 21)
  }

  @Test func sixtyFourLevelsAreAllowed() {
    #expect(parse("a=" + repeated("[", 64) + repeated("]", 64)).document != nil)
    #expect(parse("a=" + repeated("[", 65) + repeated("]", 65)).document == nil)
    #expect(parse("a" + repeated(".a", 63) + "=1").document != nil)
    #expect(parse("a" + repeated(".a", 63) + "=[]").document != nil)
    #expect(parse("[a" + repeated(".a", 62) + "]\nb=1").document != nil)
    #expect(parse("[a" + repeated(".a", 62) + "]\nb.c=1").document == nil)
  }

  @Test func arraysOfTablesInsideOneAnotherCountTwice() {
    var header = "a"
    var text = ""
    for _ in 0..<32 {
      text += "[[\(header)]]\n"
      header += ".a"
    }
    #expect(parse(text).document != nil)
    let found = parse(text + "[[\(header)]]\n").diagnostics
    #expect(found.map(\.message) == ["nested more than 64 levels deep"])
    #expect(found.map(\.span.start) == [text.utf8.count])
  }

  @Test func longValuesAreReadInLinearTime() {
    let million = 1_000_000
    let quoted = repeated("x", million)
    #expect(Outline.ofValue("'\(quoted)'") == "str \"\(quoted)\"")
    #expect(Outline.ofValue("0." + repeated("0", million) + "1") == "float 0.0")
    #expect(Outline.ofValue("[" + repeated(" ", million) + "]") == "[]")
    #expect(parse("a = " + repeated("1", million)).diagnostics.map(\.id) == [TOMLDiagnostics.number])
    #expect(parse("a = '" + quoted).diagnostics.map(\.id) == [TOMLDiagnostics.string])
    #expect(parse("#" + quoted).document?.root.entries.isEmpty == true)
  }

  @Test(.timeLimit(.minutes(1)))
  func megabyteOfKeysIsRead() {
    let text = (0..<100_000).map { "k\($0)=1\n" }.joined()
    #expect(parse(text).document?.root.entries.count == 100_000)
  }

  @Test(.timeLimit(.minutes(1)))
  func manyErrorsInLongLinesAreRenderedBriefly() {
    let source = SourceText(name: "t", text: repeated("a = " + repeated("x", 100_000) + "\n", 20))
    let report = TextRenderer(colour: false).render(TOMLParser.parse(source).diagnostics, sources: [source])
    #expect(report.utf8.count < 20 * 600)
  }
}
