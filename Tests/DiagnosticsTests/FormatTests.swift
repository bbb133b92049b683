import Diagnostics
import Foundation
import Testing

/// Findings for programs: JSON, GitHub's workflow commands, SARIF.
struct FormatTests {
  private static let id = Diagnostic.ID("some-id")
  private let first = SourceText(name: "a b:c,%\n\".toml", text: "x = 1\néé = \"y\"\n", id: SourceID(0))
  private let second = SourceText(name: "/etc/p.toml", text: "z = 2\n", id: SourceID(1))

  private func finding(
    _ range: Range<Int>, _ source: Int32 = 0, severity: Diagnostic.Severity = .error, message: String = "no"
  ) -> Diagnostic {
    Diagnostic(
      Self.id, message, at: SourceSpan(range, in: SourceID(source)), severity: severity,
      notes: [
        Diagnostic.Note("see", at: SourceSpan(0..<1, in: SourceID(1))), Diagnostic.Note("and think"),
      ], help: "do it")
  }

  private var findings: [Diagnostic] {
    // Bytes 6 to 10 are two letters of two bytes each.
    [finding(0..<1, 1, severity: .warning), finding(6..<10, message: "50 %\nand \"more\"\u{1B}[1m"), finding(0..<1)]
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func jsonHasPlacesCountsAndNotes() throws {
    let object = try object(JSONRenderer.render(findings, sources: [first, second]))
    #expect(object["errors"] as? Int == 2)
    #expect(object["warnings"] as? Int == 1)
    #expect(object["files"] as? [String] == [first.name, second.name])
    let diagnostics = try #require(object["diagnostics"] as? [[String: Any]])
    #expect(diagnostics.map { $0["line"] as? Int } == [1, 2, 1])
    #expect(diagnostics[1]["column"] as? Int == 1)
    #expect(diagnostics[1]["end_column"] as? Int == 3)
    #expect(diagnostics[1]["message"] as? String == "50 %\nand \"more\"\u{1B}[1m")
    #expect(diagnostics[1]["help"] as? String == "do it")
    #expect(diagnostics[2]["file"] as? String == "/etc/p.toml")
    let notes = try #require(diagnostics[0]["notes"] as? [[String: Any]])
    #expect(notes.map { $0["message"] as? String } == ["see", "and think"])
    #expect(notes[0]["line"] as? Int == 1 && notes[1]["line"] == nil)
  }

  @Test func controlCharactersNeverReachTheOutput() {
    for text in [
      JSONRenderer.render(findings, sources: [first, second]),
      GitHubRenderer.render(findings, sources: [first, second]),
      SARIFRenderer(version: "1", explanations: []).render(findings, sources: [first, second]),
    ] {
      #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x7F })
    }
  }

  @Test func workflowCommandsAreOneLineEachWithEverythingEscaped() {
    let lines = GitHubRenderer.render(findings, sources: [first, second]).split(separator: "\n")
    #expect(lines.count == 3)
    #expect(
      lines[1]
        == """
        ::error file=a b%3Ac%2C%25%0A".toml,line=2,col=1,endLine=2,endColumn=3,title=some-id::50 %25%0Aand \
        "more"%1B[1m%0Anote: see%0Anote: and think%0Ahelp: do it
        """)
    #expect(lines[2].hasPrefix("::warning file=/etc/p.toml,line=1,"))
  }

  @Test func sarifHasRulesResultsAndPlaces() throws {
    let explanation = Explanation(Self.id, "title", "Meaning.", example: nil)
    let text = SARIFRenderer(version: "1.2.3", explanations: [explanation]).render(findings, sources: [first, second])
    let object = try object(text)
    #expect(object["version"] as? String == "2.1.0")
    let run = try #require((object["runs"] as? [[String: Any]])?.first)
    let driver = try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any])
    #expect(driver["version"] as? String == "1.2.3")
    #expect((driver["rules"] as? [[String: Any]])?.map { $0["id"] as? String } == ["some-id"])
    let results = try #require(run["results"] as? [[String: Any]])
    #expect(results.map { $0["level"] as? String } == ["error", "error", "warning"])
    #expect(results.map { $0["ruleIndex"] as? Int } == [0, 0, 0])
    let place = try #require(
      (results[1]["locations"] as? [[String: Any]])?.first?["physicalLocation"] as? [String: Any])
    let region = try #require(place["region"] as? [String: Any])
    #expect(region["startLine"] as? Int == 2 && region["endColumn"] as? Int == 3)
    #expect((place["artifactLocation"] as? [String: Any])?["uri"] as? String == "a%20b%3Ac%2C%25%0A%22.toml")
    let other = try #require(
      (results[2]["locations"] as? [[String: Any]])?.first?["physicalLocation"] as? [String: Any])
    #expect((other["artifactLocation"] as? [String: Any])?["uri"] as? String == "file:///etc/p.toml")
  }

  @Test func nothingFoundIsStillAWholeDocument() throws {
    #expect(try object(JSONRenderer.render([], sources: [first]))["errors"] as? Int == 0)
    #expect(GitHubRenderer.render([], sources: [first]) == "")
    #expect(try object(SARIFRenderer(version: "1", explanations: []).render([], sources: [])).count == 3)
  }
}
