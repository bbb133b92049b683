import Diagnostics
import Policy
import PolicyLanguage
import TestSupport
import Testing

struct MistakeTests {
  @Test(arguments: Mistake.all)
  func mistakeIsReportedInFullAtItsPlace(_ mistake: Mistake) throws {
    let text = MarkedSource(mistake.marked)
    let result = try decode(text)
    let found = result.diagnostics.sorted { $0.span.start < $1.span.start }
    #expect(found == mistake.findings.map { $0.diagnostic(in: text) })
    #expect((result.policy == nil) == found.hasErrors)
  }

  @Test func mistakesOfAWholeFileAreReportedTogether() throws {
    let text = MarkedSource(
      """
      # no version
      ⟨1⟩polcy⟨2⟩ = 1
      [operations]
      default = ⟨3⟩true⟨4⟩
      allow = ["read", ⟨5⟩"wriet"⟨6⟩, ⟨7⟩300⟨8⟩]
      [process]
      no-new-privileges = ⟨9⟩"yes"⟨10⟩
      """)
    let found = try decode(text).diagnostics.sorted { $0.span.start < $1.span.start }
    #expect(
      found.map(\.id.name) == [
        "policy-version-missing", "unknown-key", "wrong-type", "unknown-name", "number-out-of-range", "wrong-type",
      ])
    #expect(found.dropFirst().map(\.span) == [(1, 2), (3, 4), (5, 6), (7, 8), (9, 10)].map { text.span($0, $1) })
  }

  @Test func findingsPointIntoTheTextTheyAreAbout() throws {
    let marked = MarkedSource("policy = 1\nx = 1\n")
    let source = SourceText(name: "second.toml", bytes: marked.source.bytes, id: SourceID(7))
    let found = try decode(source).diagnostics
    #expect(found.map(\.span) == [SourceSpan(11..<12, in: SourceID(7))])
    let withoutVersion = SourceText(name: "third.toml", text: "", id: SourceID(8))
    #expect(try decode(withoutVersion).diagnostics.map(\.span) == [SourceSpan(0..<0, in: SourceID(8))])
  }
}
