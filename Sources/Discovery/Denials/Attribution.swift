package import Diagnostics
package import Policy
import URingABI

/// Which rule denied a request, by deciding the same request with the reference evaluator.
package struct Attribution: Sendable {
  package enum Verdict: Sendable {
    /// This rule denies it.
    case rule(Decision)
    /// The policy allows the operation, and has conditions on arguments that were not seen. `table`: where they begin.
    case arguments(of: String, table: SourceSpan)
    /// The policy allows it: another jail, or a restriction of the ring's own, has denied it.
    case notThisPolicy
    /// There is no policy to ask.
    case noPolicy

    /// The rule or table that denies, if one does.
    package var place: SourceSpan? {
      switch self {
      case .rule(let decision): decision.rule
      case .arguments(_, let table): table
      case .notThisPolicy, .noPolicy: nil
      }
    }
  }

  private let policies: [Policy]
  private let insideAnotherJail: Bool

  /// `insideAnotherJail`: the policies are those of a launch that is made in a jail, where filters hold everything.
  package init(_ policies: [Policy], insideAnotherJail: Bool = false) {
    self.policies = policies
    self.insideAnotherJail = insideAnotherJail
  }

  package func verdict(on observed: ObservedRequest) -> Verdict {
    if policies.isEmpty { return .noPolicy }
    if observed.request == .registration(.unseen) {
      guard let table = policies.lazy.compactMap(\.register).first else { return .notThisPolicy }
      return .arguments(of: "[register]", table: table.span)
    }
    let decision = ReferenceEvaluator.decide(
      observed.request, under: policies, in: Circumstances(insideAnotherJail: insideAnotherJail))
    if !decision.isAllowed { return .rule(decision) }
    guard case .submission(let submission) = observed.request else { return .notThisPolicy }
    if !observed.argumentsAreKnown,
      let (name, table) = policies.lazy.compactMap({ Self.conditions($0, submission.operation) }).first
    {
      return .arguments(of: name, table: table)
    }
    return observed.mayFollowDrain ? behindDrain(submission) : .notThisPolicy
  }

  /// Requests behind others with io_drain get flags from the kernel, which filters deny where conditions exclude them.
  private func behindDrain(_ submission: Submission) -> Verdict {
    for added in [Circumstances.behindDrain, Circumstances.behindDrainedLink] {
      let decision = ReferenceEvaluator.decide(
        .submission(submission), under: policies,
        in: Circumstances(insideAnotherJail: insideAnotherJail, added: added))
      if !decision.isAllowed { return .rule(decision) }
    }
    return .notThisPolicy
  }

  /// The table that has conditions on the arguments of an operation.
  private static func conditions(_ policy: Policy, _ operation: URingABI.Operation) -> (String, SourceSpan)? {
    let rules = policy.argumentRules(of: operation)
    guard let table = rules.table, let span = rules.span else { return nil }
    return ("[\(table)]", span)
  }
}
