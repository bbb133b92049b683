package import Diagnostics
package import Policy
import PolicyAdvice
import PolicyLanguage

/// A policy text as it is read and checked: alone, without other files.
package struct ReadPolicy {
  package let policy: Policy?
  /// Errors, and the warnings of the checks if there is none.
  package let diagnostics: [Diagnostic]
  private let source: SourceText

  /// `text`: without the version line.
  package init(_ text: String) {
    self.init(whole: "policy = 1\n" + text)
  }

  package init(whole text: String) {
    let root = PolicyText(name: "policy.toml", bytes: Array(text.utf8), folder: nil, identity: nil)
    let loaded = PolicyLoader.load(root, files: NoFiles())
    policy = loaded.policy
    let text = loaded.sources[0]
    source = text
    diagnostics = loaded.diagnostics + (loaded.policy.map { PolicyChecker.check($0, source: text.id) } ?? [])
  }

  /// Kinds of finding, in order, without what every policy of a few lines is told.
  package var findings: [Diagnostic.ID] {
    diagnostics.map(\.id).filter { $0 != PolicyDiagnostics.registerUnrestricted }
  }

  /// The text that a finding of this kind points at.
  package func place(of id: Diagnostic.ID) -> String? {
    diagnostics.first { $0.id == id }.map {
      String(decoding: source.bytes[$0.span.range], as: UTF8.self)
    }
  }

  package func help(for id: Diagnostic.ID) -> String? { diagnostics.first { $0.id == id }?.help }

  private struct NoFiles: PolicyFiles {
    func read(_ path: [UInt8]) throws(PolicyFileFailure) -> PolicyText {
      throw PolicyFileFailure("there is no other file")
    }
  }
}
