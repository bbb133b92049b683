package import Policy
import URingABI

/// A circumstance in which filters deny a request that a policy allows, because of flags that the kernel sets itself.
package struct AddedFlagDenial: Sendable {
  package enum Circumstance: String, Sendable, CaseIterable {
    case insideAnotherJail = "inside-another-jail"
    case behindDrain = "behind-drain"
    case behindDrainedLink = "behind-drained-link"

    fileprivate func circumstances(isInside: Bool) -> Circumstances {
      switch self {
      case .insideAnotherJail: Circumstances(insideAnotherJail: true)
      case .behindDrain: Circumstances(insideAnotherJail: isInside, added: Circumstances.behindDrain)
      case .behindDrainedLink: Circumstances(insideAnotherJail: isInside, added: Circumstances.behindDrainedLink)
      }
    }
  }

  package let circumstance: Circumstance
  package let decision: Decision
  /// The request as filters see it.
  package let seen: Request

  /// All of them; empty for a request that the policy denies anyway. `others`: policies that hold together with this one.
  package static func all(
    of request: Request, under policy: Policy, beside others: [Policy] = []
  ) -> [AddedFlagDenial] {
    let isInside = others.holdCommonFlagsByFilters()
    guard case .submission(let submission) = request,
      ReferenceEvaluator.decide(request, under: policy, in: Circumstances(insideAnotherJail: isInside)).isAllowed
    else { return [] }
    return Circumstance.allCases.compactMap { circumstance in
      let circumstances = circumstance.circumstances(isInside: isInside)
      let decision = ReferenceEvaluator.decide(request, under: policy, in: circumstances)
      guard !decision.isAllowed else { return nil }
      return AddedFlagDenial(
        circumstance: circumstance, decision: decision,
        seen: .submission(submission.seenByFilters(in: circumstances)))
    }
  }
}
