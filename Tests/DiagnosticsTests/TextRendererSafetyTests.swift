import Diagnostics
import Testing

/// What an author or an attacker put into a text must neither flood a terminal nor command it.
@Suite struct TextRendererSafetyTests {
  private let id = Diagnostic.ID("some-kind")

  private func render(
    _ bytes: [UInt8], _ range: Range<Int>, message: String = "m", name: String = "t", notes: [String] = [],
    help: String? = nil
  ) -> String {
    let source = SourceText(name: name, bytes: bytes)
    let diagnostic = Diagnostic(
      id, message, at: SourceSpan(range, in: source.id),
      notes: notes.flatMap { [Diagnostic.Note($0), Diagnostic.Note($0, at: SourceSpan(range, in: source.id))] },
      help: help)
    return TextRenderer(colour: false).render([diagnostic], sources: [source])
  }

  private static let harmful: [String] = [
    "\u{0}", "\u{1B}[31m", "\u{1B}]0;title\u{7}", "\u{8}", "\u{B}", "\r", "\u{7F}", "\u{85}", "\u{9B}31m", "\u{202E}",
    "\u{2066}", "\u{200F}", "\u{2028}",
  ]

  /// No scalar that a terminal would act on, other than the line endings that the renderer wrote itself.
  private func isHarmless(_ report: String, lines: Int) -> Bool {
    let acted = report.unicodeScalars.contains { scalar in
      switch scalar.value {
      case 0x0A: false
      case 0..<0x20, 0x7F...0x9F, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
      default: false
      }
    }
    return !acted && report.utf8.count { $0 == 0x0A } == lines
  }

  @Test(arguments: harmful)
  func harmfulCharactersInTheTextAreReplaced(_ text: String) {
    for range in [0..<1, 3..<3, 0..<(text.utf8.count + 6)] {
      #expect(isHarmless(render(Array("abc\(text)xyz".utf8), range), lines: 3))
    }
  }

  @Test(arguments: harmful + ["\n"])
  func harmfulCharactersInMessagesNamesNotesAndHelpAreReplaced(_ text: String) {
    let report = render([0x61], 0..<1, message: text, name: text, notes: [text], help: text)
    #expect(isHarmless(report, lines: 8))
    #expect(report.hasPrefix("\u{FFFD}"))
  }

  @Test func escapeSequenceIsShownWithoutItsEscape() {
    #expect(render(Array("a\u{1B}[31mb".utf8), 1..<2) == "t:1:2: error: m [some-kind]\n1 | a\u{FFFD}[31mb\n  |  ^\n")
  }

  @Test func invalidBytesAreReplacedOneByOne() {
    #expect(render([0x61, 0xFF, 0x62], 1..<2) == "t:1:2: error: m [some-kind]\n1 | a\u{FFFD}b\n  |  ^\n")
  }

  @Test func longLineIsCutOnBothSides() {
    let line = String(repeating: "a", count: 500) + "HERE" + String(repeating: "b", count: 500)
    let lines = render(Array(line.utf8), 500..<504).split(separator: "\n")
    let a = String(repeating: "a", count: 59)
    let b = String(repeating: "b", count: 55)
    #expect(lines[0] == "t:1:501: error: m [some-kind]")
    #expect(lines[1] == "1 | …\(a)HERE\(b)…")
    #expect(lines[2] == "  | \(String(repeating: " ", count: 60))^^^^")
  }

  @Test func longSpanIsCutAndNothingFollowsIt() {
    let line = String(repeating: "é", count: 300) + " after"
    let lines = render(Array(line.utf8), 0..<600).split(separator: "\n")
    #expect(lines[1] == "1 | \(String(repeating: "é", count: 59))…")
    #expect(lines[2] == "  | \(String(repeating: "^", count: 60))")
  }

  @Test(arguments: [59, 60, 61, 119, 120, 121])
  func excerptIsNeverWiderThanItsLimit(_ count: Int) {
    let line = String(repeating: "😀", count: count)
    for (before, within) in [(0, 0), (0, count), (count, 0), (count, count)] {
      let text = Array((String(repeating: "a", count: before) + String(repeating: "b", count: within) + line).utf8)
      let lines = render(text, before..<before + within).split(separator: "\n")
      #expect(lines[1].unicodeScalars.count <= 4 + 120)
      #expect(lines[1].unicodeScalars.count >= 4 + min(60, count))
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func lineOfMegabytesIsCutBeforeItIsCopied() {
    let bytes = [UInt8](repeating: 0x61, count: 4_000_000)
    #expect(render(bytes, 2_000_000..<2_000_001).utf8.count < 400)
  }
}
