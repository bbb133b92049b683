import URingABI

/// A circumstance in which filters deny a request that a policy allows, because of flags that the kernel sets itself.
package struct AddedFlagDenial: Sendable {
  package enum Circumstance: String, Sendable, CaseIterable {
    case insideAnotherJail = "inside-another-jail"
    case behindDrain = "behind-drain"
    case behindDrainedLink = "behind-drained-link"

    fileprivate var circumstances: Circumstances {
      switch self {
      case .insideAnotherJail: Circumstances(insideAnotherJail: true)
      case .behindDrain: Circumstances(added: Circumstances.behindDrain)
      case .behindDrainedLink: Circumstances(added: Circumstances.behindDrainedLink)
      }
    }
  }

  package let circumstance: Circumstance
  package let decision: Decision
  /// The request as filters see it.
  package let seen: Request

  /// All of them; empty for a request that is denied anyway.
  package static func all(of request: Request, under policies: [Policy]) -> [AddedFlagDenial] {
    guard case .submission(let submission) = request,
      ReferenceEvaluator.decide(request, under: policies).isAllowed
    else { return [] }
    return Circumstance.allCases.compactMap { circumstance in
      let circumstances = circumstance.circumstances
      let decision = ReferenceEvaluator.decide(request, under: policies, in: circumstances)
      guard !decision.isAllowed else { return nil }
      return AddedFlagDenial(
        circumstance: circumstance, decision: decision,
        seen: .submission(submission.seenByFilters(in: circumstances)))
    }
  }
}
