import Diagnostics

/// Findings on their way to a terminal or to another program.
struct ReportRun {
  let diagnostics: [Diagnostic]
  let sources: [SourceText]

  // The explanations are the same for every input.
  private static let sarif = SARIFRenderer(version: "0", explanations: [])

  func run() {
    for diagnostic in diagnostics {
      expectInside(diagnostic.span)
      for span in diagnostic.notes.compactMap(\.span) { expectInside(span) }
      expect(!diagnostic.message.isEmpty && diagnostic.help?.isEmpty != true, "no text is empty")
    }
    let plain = TextRenderer(colour: false).render(diagnostics, sources: sources)
    expect(plain.isEmpty == diagnostics.isEmpty, "every finding is shown")
    // A message, its help and its notes, the longest of which are lists of names, and two excerpts.
    expect(plain.utf8.count <= diagnostics.count * 4096, "no finding floods the terminal")
    expect(!plain.utf8.contains(where: Self.isControl), "a report does not command the terminal")
    let coloured = TextRenderer(colour: true).render(diagnostics, sources: sources)
    expect(coloured.utf8.count >= plain.utf8.count, "colour takes nothing away")

    let json = JSONRenderer.render(diagnostics, sources: sources)
    expect(!json.utf8.contains(where: Self.isControl), "JSON has no bare control character")
    let sarif = Self.sarif.render(diagnostics, sources: sources)
    expect(!sarif.utf8.contains(where: Self.isControl), "SARIF has no bare control character")
    let commands = GitHubRenderer.render(diagnostics, sources: sources)
    expect(commands.utf8.count { $0 == UInt8(ascii: "\n") } == diagnostics.count, "every finding is one command")
  }

  func expectInside(_ span: SourceSpan) {
    guard let source = sources.first(where: { $0.id == span.source }) else {
      fatalError("broken promise: a place is in one of the texts")
    }
    expect(0 <= span.start && span.start <= span.end && span.end <= source.bytes.count, "a place is in its text")
  }

  /// Control characters but for the tab and the line ending.
  private static func isControl(_ byte: UInt8) -> Bool {
    (byte < 0x20 && byte != UInt8(ascii: "\n") && byte != UInt8(ascii: "\t")) || byte == 0x7F
  }
}
