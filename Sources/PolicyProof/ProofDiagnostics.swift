package import Diagnostics
import FilterCompiler
package import Policy
import PolicyLanguage
import URingABI

/// Findings about a policy whose programs were held against it.
package enum ProofDiagnostics {
  package static let refuted = Diagnostic.ID("not-as-written")

  package static let explanations: [Explanation] = [
    Explanation(
      refuted, "the filters would not do what the policy says",
      """
      Every policy is compiled, and what its filters and restrictions allow is compared with what the policy allows, \
      for every possible request. They disagree about at least one request. The policy is not at fault: \
      this is a bug in uring-jail; please report it. Start nothing under the policy until the bug is fixed.
      """, example: nil)
  ]

  /// What is found when the policy is compiled for the newest known kernel, in both ways in which it can be enforced.
  package static func check(_ policy: Policy, source: SourceID) -> [Diagnostic] {
    let abilities = KernelAbilities(release: .newestKnown)
    do throws(CompilationFailure) {
      let compiled = CombinedPolicy(policy)
      let plan = try RegistrationPlan(compiled, for: abilities, backend: .restrictionsAndFilters)
      let proof = Proof(of: [policy], plan, for: abilities)
      let findings = diagnostics(of: proof, policy, source)
      if !findings.isEmpty { return findings }
      // Filters alone cannot hold some conditions on flags; inside another jail such a policy is not started.
      guard let filtersOnly = try? RegistrationPlan(compiled, for: abilities, backend: .filtersOnly) else { return [] }
      let second = Proof(
        of: [policy], filtersOnly, for: abilities, includingRegistration: false, insideAnotherJail: true,
        settled: proof.settled(under: plan, and: filtersOnly))
      return diagnostics(of: second, policy, source)
    } catch {
      return [error.diagnostic]
    }
  }

  private static func diagnostics(of proof: Proof, _ policy: Policy, _ source: SourceID) -> [Diagnostic] {
    let place = policy.operations.span ?? SourceSpan(0..<0, in: source)
    let examples = proof.counterexamples.map { example in
      Diagnostic(
        refuted,
        "'\(example.request.text)' would be \(example.isAllowedByKernel ? "allowed" : "denied") against the policy",
        at: example.decision.rule ?? place, help: "this is a bug in uring-jail: please report it with the policy")
    }
    if proof.undecided.isEmpty { return examples }
    let names = proof.undecided.map { "'\($0.name)'" }.joined(separator: ", ")
    return examples + [
      Diagnostic(
        PolicyDiagnostics.unproven, "the filters of \(names) are too large to prove", at: place, severity: .warning,
        help: "use fewer or simpler conditions, or rely on the tests of uring-jail")
    ]
  }
}
