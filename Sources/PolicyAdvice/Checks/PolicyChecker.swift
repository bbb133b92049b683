package import Diagnostics
package import Policy
import PolicyLanguage

/// What an expert would remark on a policy that has no errors: each check looks for one thing.
package enum PolicyChecker {
  /// Warnings, in the order of the checks. `source`: the text of the policy, for remarks about what is not in it.
  package static func check(_ policy: Policy, source: SourceID) -> [Diagnostic] {
    let subject = CheckedPolicy(policy: policy, start: SourceSpan(0..<0, in: source))
    var findings = FindingList(overflow: PolicyDiagnostics.tooManyFindings)
    for check in checks { findings.append(contentsOf: check(subject)) }
    findings.append(contentsOf: testFailures(in: policy))
    return findings.all
  }

  private static let checks: [@Sendable (CheckedPolicy) -> [Diagnostic]] = [
    OperationChecks.defaultAllow, OperationChecks.lists, OperationChecks.riskyOperations,
    OperationChecks.registerUnrestricted, OperationChecks.registerLists, OperationChecks.registerBypassed,
    OpenChecks.unrestricted, OpenChecks.resolveUnchecked,
    OpenChecks.withoutEffect, FlagChecks.alwaysTrue, FlagChecks.forcedAsync, SocketChecks.rawSockets,
    SocketChecks.protocolAlone, SocketChecks.entries, ConnectChecks.peerUnchecked, ConnectChecks.localReachable,
    ConnectChecks.newerKernel,
    ConnectChecks.entries, ConnectChecks.lists, UserDataChecks.lists, BypassChecks.fixedFileInput,
    BypassChecks.sourceRoutes, BypassChecks.helperPrograms,
    BypassChecks.failsOpen,
  ]

  /// `[[test]]`: what the policy says of itself and does not do.
  private static func testFailures(in policy: Policy) -> [Diagnostic] {
    policy.tests.compactMap { test in
      let decision = ReferenceEvaluator.decide(test.request, under: policy)
      guard decision.isAllowed != (test.expectation == .allow) else { return nil }
      let outcome = decision.isAllowed ? "allowed" : "denied"
      return Diagnostic(
        PolicyDiagnostics.testFailed, "\(quoting: test.text, upTo: 256) is \(outcome): \(decision.reason)",
        at: test.span,
        notes: decision.rule.map { [Diagnostic.Note("this rule decided", at: $0)] } ?? [])
    }
  }
}

/// What the checks look at.
struct CheckedPolicy {
  let policy: Policy
  /// The beginning of the text.
  let start: SourceSpan

  /// True if the policy narrows anything beyond operations as a whole.
  var hasConditions: Bool {
    policy.open != nil || policy.socket != nil || policy.connect != nil || !policy.conditions.isEmpty
  }

  func warning(
    _ id: Diagnostic.ID, _ message: String, at span: SourceSpan, notes: [Diagnostic.Note] = [], help: String? = nil
  ) -> Diagnostic {
    Diagnostic(id, message, at: span, severity: .warning, notes: notes, help: help)
  }
}
