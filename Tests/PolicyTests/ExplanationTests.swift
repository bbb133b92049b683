import Diagnostics
import Policy
import PolicyAdvice
import PolicyLanguage
import TOMLSyntax
import Testing

/// What `check --explain` tells: an explanation for every ID, and examples that are what they claim to be.
struct ExplanationTests {
  private static let explanations = PolicyExplanations.all

  @Test func everyKindOfFindingIsExplainedOnce() {
    let explained = Self.explanations.map(\.id)
    #expect(Set(explained).count == explained.count)
    #expect(Set(explained) == Set(TOMLDiagnostics.all + PolicyDiagnostics.all))
  }

  @Test(arguments: explanations.indices)
  func exampleHasTheFindingWithItsSeverity(_ index: Int) {
    let explanation = Self.explanations[index]
    guard let example = explanation.example else { return }
    let findings = Self.findings(example)
    #expect(
      findings.contains { $0.id == explanation.id && $0.severity == explanation.severity },
      "\(explanation.id) is not among \(findings.map(\.id))")
    // Whoever reads it looks for one mistake.
    let errors = Set(findings.filter { $0.severity == .error }.map(\.id))
    #expect(errors.subtracting([explanation.id]).isEmpty, "\(explanation.id): \(errors)")
  }

  @Test func onlyWhatNoTextCanShowHasNoExample() {
    let without = Self.explanations.filter { $0.example == nil }.map(\.id.name).sorted()
    #expect(
      without == [
        "include-cycle", "not-proven", "policy-unreadable", "toml-depth", "toml-encoding", "toml-too-many-errors",
        "too-many-findings",
        "too-many-includes", "untrusted-file",
      ])
  }

  @Test(arguments: explanations.indices)
  func titleIsOneLineAndMeaningIsSentences(_ index: Int) {
    let explanation = Self.explanations[index]
    #expect(!explanation.title.contains("\n") && explanation.title.count < 70)
    #expect(explanation.meaning.hasSuffix(".") || explanation.meaning.hasSuffix("policy = 1"))
  }

  private static func findings(_ text: String) -> [Diagnostic] {
    let loaded = PolicyLoader.load(
      PolicyText(name: "p.toml", bytes: Array(text.utf8), folder: [], identity: nil), files: NoFile())
    let findings = loaded.diagnostics + (loaded.policy.map { PolicyChecker.check($0, source: SourceID(0)) } ?? [])
    return SortedFindings(findings, loaded.acceptances).open
  }

  private struct NoFile: PolicyFiles {
    func read(_ path: [UInt8]) throws(PolicyFileFailure) -> PolicyText {
      throw PolicyFileFailure("there is no such file")
    }
  }
}
