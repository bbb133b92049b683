import Diagnostics
import Policy
import PolicyAdvice
import PolicyLanguage
import Testing

/// `[accept]`: warnings that a policy accepts, with a reason.
@Suite struct AcceptanceTests {
  private func sorted(_ files: [String: String], _ name: String = "p.toml") throws -> SortedFindings {
    let loaded = try FakeFiles(texts: files).load(name)
    let findings = loaded.diagnostics + (loaded.policy.map { PolicyChecker.check($0, source: SourceID(0)) } ?? [])
    return SortedFindings(findings, loaded.acceptances)
  }

  private func sorted(_ text: String) throws -> SortedFindings { try sorted(["p.toml": "policy = 1\n" + text]) }

  private static let reading = "operations.allow = ['@file-read']\n"

  @Test func acceptedWarningIsToldApartWithItsReason() throws {
    let without = try sorted(Self.reading)
    #expect(without.accepted.isEmpty)
    #expect(without.open.map(\.id.name) == ["register-unrestricted", "open-unrestricted"])
    let with = try sorted(Self.reading + "[accept]\nopen-unrestricted = 'all files are scratch'\n")
    #expect(with.open.map(\.id.name) == ["register-unrestricted"])
    #expect(with.accepted.map(\.finding.id.name) == ["open-unrestricted"])
    #expect(with.accepted.map(\.reason) == ["all files are scratch"])
  }

  @Test func acceptanceThatNothingNeedsIsAWarning() throws {
    let sorted = try sorted(Self.reading + "[accept]\nraw-socket = 'x'\nopen-unrestricted = 'y'\n")
    #expect(sorted.open.map(\.id.name) == ["register-unrestricted", "unused-acceptance"])
    #expect(sorted.open.last?.message == "'raw-socket' is accepted and does not occur")
  }

  /// What would be found without the errors is not known.
  @Test func policyWithErrorsHasNoUnusedAcceptance() throws {
    let sorted = try sorted("operations.allow = ['rread']\n[accept]\nraw-socket = 'x'\n")
    #expect(sorted.open.map(\.id.name) == ["unknown-name"])
  }

  /// What is found about the whole may have its place in an included file.
  @Test func includedFileCannotSilenceWarnings() throws {
    let base = "policy = 1\noperations.allow = ['@file-read']\n"
    let accepting = base + "[accept]\nopen-unrestricted = 'here'\nregister-unrestricted = 'here'\n"
    let own = "policy = 1\ninclude = 'base.toml'\noperations.allow = ['nop']\n"
    let both = try sorted(["p.toml": own, "base.toml": accepting])
    #expect(both.open.map(\.id.name) == ["register-unrestricted", "open-unrestricted"] && both.accepted.isEmpty)
    // The policy itself can accept what is said about the files that it includes.
    let root = try sorted(["p.toml": own + "[accept]\nopen-unrestricted = 'both'\n", "base.toml": base])
    #expect(root.open.map(\.id.name) == ["register-unrestricted"] && root.accepted.map(\.reason) == ["both"])
  }

  @Test func mistakeInAnIncludedFileIsFound() throws {
    let sorted = try sorted([
      "p.toml": "policy = 1\ninclude = 'base.toml'\n", "base.toml": "policy = 1\n[accept]\nzzz = 'x'\n",
    ])
    #expect(sorted.open.contains { $0.id == PolicyDiagnostics.unknownKey })
  }

  @Test(arguments: [
    ("contradictory-flags = 'x'", "unknown-key", "this is an error; correct it"),
    ("untrusted-file = 'x'", "unknown-key", "whoever starts the program accepts it, with --accept-untrusted-policy"),
    ("unused-acceptance = 'x'", "unknown-key", "remove it"),
    ("raw-sockets = 'x'", "unknown-key", "did you mean 'raw-socket'?"),
    (
      "zzz = 'x'", "unknown-key",
      "write the name that 'uring-jail check' shows in brackets; 'uring-jail check --explain all' lists them"
    ),
    ("raw-socket = ''", "empty-entry", "say why the warning is acceptable in this policy"),
    ("raw-socket = ' \\t'", "empty-entry", "say why the warning is acceptable in this policy"),
    ("raw-socket = true", "wrong-type", "write it in quotes: \"true\""),
    ("raw-socket = ['x']", "wrong-type", "remove the brackets"),
  ])
  func mistakeNamesTheWayOut(_ line: String, _ id: String, _ help: String) throws {
    let sorted = try sorted("[accept]\n\(line.replacing("' \\t'", with: "\"\\t\""))\n")
    let errors = sorted.open.filter { $0.severity == .error }
    #expect(errors.map(\.id.name) == [id] && errors.first?.help == help, "\(errors)")
  }

  @Test func listOfWarningsIsATableOfReasons() throws {
    let sorted = try sorted("accept = ['raw-socket']\n")
    #expect(sorted.open.first { $0.severity == .error }?.id == PolicyDiagnostics.wrongType)
  }

  @Test func launchReadsNeitherAcceptancesNorTests() throws {
    let text = "policy = 1\n[accept]\nno-such-thing = 1\n[[test]]\nrequest = 7\n"
    let root = PolicyText(name: "p.toml", bytes: Array(text.utf8), folder: nil, identity: nil)
    let launch = PolicyLoader.load(root, files: FakeFiles(texts: [:]), isLaunch: true)
    #expect(launch.policy != nil && launch.diagnostics.isEmpty && launch.acceptances.isEmpty)
    #expect(PolicyLoader.load(root, files: FakeFiles(texts: [:])).policy == nil)
  }

  @Test func everyWarningCanBeAcceptedButTwo() {
    let acceptable = Set(Language.accept.keys.map(\.name))
    let warnings = PolicyExplanations.all.filter { $0.severity == .warning }.map(\.id.name)
    #expect(Set(warnings).subtracting(acceptable) == ["untrusted-file", "unused-acceptance"])
    #expect(acceptable.isSubset(of: warnings))
  }
}
