import Diagnostics
import TOMLSyntax
import Testing

@Suite struct RecoveryTests {
  @Test func everyBadLineIsReported() {
    expectErrors(
      "a = ⟨1⟩01\nb = 1\nc = ⟨2⟩x\r\n⟨3⟩= 1\n[d⟨4⟩\ne = \"⟨5⟩\\q\"\nf = ⟨6⟩2026-13-01\n⟨7⟩b = 2",
      Expected(1, TOMLDiagnostics.number, "'01' has a leading zero; octal numbers are written 0o..."),
      Expected(2, TOMLDiagnostics.syntax, "'x' is not a value"),
      Expected(3, TOMLDiagnostics.syntax, "expected a key, found '='"),
      Expected(4, TOMLDiagnostics.syntax, "expected ']' after the table name, found the end of the line"),
      Expected(5, TOMLDiagnostics.string, "unknown escape: a backslash before 'q'"),
      Expected(6, TOMLDiagnostics.dateTime, "'2026-13-01' is not a valid date or time"),
      Expected(7, TOMLDiagnostics.duplicate, "'b' is already defined"))
  }

  @Test func readingGoesOnAfterADuplicateOfSeveralLines() {
    expectErrors(
      "a = 1\n⟨1⟩a = [\n 1,\n]\nb = ⟨2⟩x",
      Expected(1, TOMLDiagnostics.duplicate, "'a' is already defined"),
      Expected(2, TOMLDiagnostics.syntax, "'x' is not a value"))
  }

  @Test func duplicateDoesNotHideTheRestOfItsLine() {
    expectErrors(
      "a = 1\n⟨1⟩a = 2 ⟨2⟩x",
      Expected(1, TOMLDiagnostics.duplicate, "'a' is already defined"),
      Expected(2, TOMLDiagnostics.syntax, "expected the end of the line, found 'x'"))
  }

  @Test func brokenBracketEndsTheReadingBecauseTheRestWouldBeNoise() {
    expectErrors(
      "a = ⟨1⟩x\nb = [\n 1\n ⟨2⟩c = 2\n]\nd = y",
      Expected(1, TOMLDiagnostics.syntax, "'x' is not a value"),
      Expected(2, TOMLDiagnostics.syntax, "expected ',' or ']' in the array, found 'c'"))
  }

  @Test func readingStopsAfterTwentyErrors() {
    let lines = String(repeating: "=\n", count: 30)
    let diagnostics = TOMLParser.parse(SourceText(name: "t", text: lines)).diagnostics
    #expect(diagnostics.count == 21)
    #expect(diagnostics.dropLast().allSatisfy { $0.id == TOMLDiagnostics.syntax })
    #expect(diagnostics.last?.id == TOMLDiagnostics.tooManyErrors)
    #expect(diagnostics.last?.message == "too many errors; the rest of the file was not read")
    #expect(diagnostics.last?.span.start == 40)
  }

  @Test func twentyErrorsInAWholeFileAreNotTooMany() {
    let lines = String(repeating: "=\n", count: 20)
    let diagnostics = TOMLParser.parse(SourceText(name: "t", text: lines)).diagnostics
    #expect(diagnostics.map(\.id) == [Diagnostic.ID](repeating: TOMLDiagnostics.syntax, count: 20))
  }

  @Test func identitiesAreListedOnce() {
    #expect(Set(TOMLDiagnostics.all).count == 8)
    #expect(TOMLDiagnostics.all.allSatisfy { $0.name.hasPrefix("toml-") })
  }
}
