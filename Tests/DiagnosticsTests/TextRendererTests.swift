import Diagnostics
import Testing

@Suite struct TextRendererTests {
  private let id = Diagnostic.ID("some-kind")

  /// The report on one finding about the bytes of `range`.
  private func render(
    _ text: String, _ range: Range<Int>, message: String = "it is wrong", severity: Diagnostic.Severity = .error,
    notes: [Diagnostic.Note] = [], help: String? = nil, name: String = "p.toml", colour: Bool = false
  ) -> String {
    let source = SourceText(name: name, text: text)
    let diagnostic = Diagnostic(
      id, message, at: SourceSpan(range, in: source.id), severity: severity, notes: notes, help: help)
    return TextRenderer(colour: colour).render([diagnostic], sources: [source])
  }

  @Test func findingShowsPlaceLineAndCarets() {
    #expect(
      render("x = 1\nab = cde\n", 11..<14) == """
        p.toml:2:6: error: it is wrong [some-kind]
        2 | ab = cde
          |      ^^^

        """)
  }

  @Test func notesAndHelpFollow() {
    let notes = [
      Diagnostic.Note("first here", at: SourceSpan(0..<1, in: SourceID(0))), Diagnostic.Note("a mere fact"),
    ]
    #expect(
      render("x = 1\nx = 2\n", 6..<7, severity: .warning, notes: notes, help: "do so") == """
        p.toml:2:1: warning: it is wrong [some-kind]
        2 | x = 2
          | ^
        p.toml:1:1: note: first here
        1 | x = 1
          | ^
          note: a mere fact
          help: do so

        """)
  }

  @Test func colourMarksPlaceSeverityAndCarets() {
    let notes = [Diagnostic.Note("fact")]
    #expect(
      render("x", 0..<1, notes: notes, help: "do so", colour: true)
        == "\u{1B}[1mp.toml:1:1:\u{1B}[0m \u{1B}[1;31merror\u{1B}[0m: it is wrong [some-kind]\n"
        + "1 | x\n  | \u{1B}[32m^\u{1B}[0m\n"
        + "  \u{1B}[36mnote\u{1B}[0m: fact\n  \u{1B}[32mhelp\u{1B}[0m: do so\n")
    #expect(render("x", 0..<1, severity: .warning, colour: true).contains("\u{1B}[1;33mwarning\u{1B}[0m"))
  }

  @Test func findingsComeInOrderOfTextAndPosition() {
    let sources = [
      SourceText(name: "a", text: "123"), SourceText(name: "b", text: "123", id: SourceID(1)),
    ]
    let found = [(1, 0), (0, 2), (0, 1), (0, 2)].enumerated().map { index, place in
      Diagnostic(id, "m\(index)", at: SourceSpan(place.1..<place.1 + 1, in: SourceID(Int32(place.0))))
    }
    let lines = TextRenderer(colour: false).render(found, sources: sources).split(separator: "\n")
    #expect(
      lines.filter { $0.contains("error") } == [
        "a:1:2: error: m2 [some-kind]", "a:1:3: error: m1 [some-kind]", "a:1:3: error: m3 [some-kind]",
        "b:1:1: error: m0 [some-kind]",
      ])
  }

  @Test func findingAboutAnUnknownTextShowsItsMessageOnly() {
    let lost = Diagnostic(id, "lost", at: SourceSpan(0..<1, in: SourceID(9)))
    #expect(TextRenderer(colour: false).render([lost], sources: []) == "error: lost [some-kind]\n")
  }

  @Test func emptySpanAtTheEndOfTheFileHasOneCaret() {
    #expect(
      render("ab =", 4..<4) == "p.toml:1:5: error: it is wrong [some-kind]\n1 | ab =\n  |     ^\n")
    #expect(render("ab\n", 3..<3) == "p.toml:2:1: error: it is wrong [some-kind]\n2 | \n  | ^\n")
    #expect(render("", 0..<0) == "p.toml:1:1: error: it is wrong [some-kind]\n1 | \n  | ^\n")
    #expect(render("ab", 50..<60) == "p.toml:1:3: error: it is wrong [some-kind]\n1 | ab\n  |   ^\n")
  }

  @Test func spanOverSeveralLinesIsMarkedOnItsFirst() {
    #expect(
      render("a = [\r\n1,\r\n]", 4..<13)
        == "p.toml:1:5: error: it is wrong [some-kind]\n1 | a = [\n  |     ^\n")
    #expect(render("ab\ncd", 2..<4) == "p.toml:1:3: error: it is wrong [some-kind]\n1 | ab\n  |   ^\n")
  }

  @Test func gutterIsAsWideAsTheLineNumber() {
    let text = String(repeating: "\n", count: 99) + "x"
    #expect(render(text, 99..<100) == "p.toml:100:1: error: it is wrong [some-kind]\n100 | x\n    | ^\n")
  }

  @Test func tabsAndWideTextKeepTheCaretsBelow() {
    #expect(render("\ta\té = 1", 3..<5) == "p.toml:1:4: error: it is wrong [some-kind]\n1 | \ta\té = 1\n  | \t \t^\n")
  }

  @Test func byteOrderMarkIsNotShown() {
    #expect(render("\u{FEFF}ab", 3..<5) == "p.toml:1:1: error: it is wrong [some-kind]\n1 | ab\n  | ^^\n")
    #expect(render("\u{FEFF}ab", 0..<3) == "p.toml:1:1: error: it is wrong [some-kind]\n1 | ab\n  | ^\n")
  }
}
