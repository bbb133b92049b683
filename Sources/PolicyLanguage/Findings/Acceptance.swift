package import Diagnostics

/// `[accept]`: a warning that the author of a policy knows and accepts. It has no effect on what is allowed.
package struct Acceptance: Sendable {
  package let id: Diagnostic.ID
  /// Why the warning is acceptable, in the author's words; never empty.
  package let reason: String
  /// The key.
  package let span: SourceSpan

  package init(_ id: Diagnostic.ID, reason: String, at span: SourceSpan) {
    self.id = id
    self.reason = reason
    self.span = span
  }

  /// The warnings that a policy can accept, with what each says.
  ///
  /// That others could change the file is for the one who starts it to accept; and what is said about the acceptances
  /// themselves cannot be silenced by one.
  static let acceptable: [Explanation] = WarningExplanations.all.filter { explanation in
    ![PolicyDiagnostics.untrustedFile, PolicyDiagnostics.unusedAcceptance].contains(explanation.id)
  }
}

/// Findings about a policy, sorted by whether the policy accepts them.
package struct SortedFindings: Sendable {
  /// A finding, and why it is accepted.
  package struct Accepted: Sendable {
    package let finding: Diagnostic
    package let reason: String
  }

  /// Those that stay, and a warning for each acceptance that nothing needs.
  package let open: [Diagnostic]
  package let accepted: [Accepted]

  /// `acceptances`: those of the policy's own file. Those of included files are not asked: what is said about a policy
  /// as a whole is for its own author to accept.
  package init(_ findings: [Diagnostic], _ acceptances: [Acceptance]) {
    var open: [Diagnostic] = []
    var accepted: [Accepted] = []
    for finding in findings {
      let acceptance = acceptances.first { finding.severity == .warning && $0.id == finding.id }
      if let acceptance {
        accepted.append(Accepted(finding: finding, reason: acceptance.reason))
      } else {
        open.append(finding)
      }
    }
    // Errors, and a list that is cut off, leave open which warnings there would be.
    if !findings.hasErrors, !findings.contains(where: { $0.id == PolicyDiagnostics.tooManyFindings }) {
      open += acceptances.compactMap { acceptance in
        guard !accepted.contains(where: { $0.finding.id == acceptance.id }) else { return nil }
        return Diagnostic(
          PolicyDiagnostics.unusedAcceptance, "'\(acceptance.id.name)' is accepted and does not occur",
          at: acceptance.span, severity: .warning, help: "remove it from [accept]")
      }
    }
    self.open = open
    self.accepted = accepted
  }
}
