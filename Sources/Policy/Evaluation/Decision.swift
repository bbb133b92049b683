package import Diagnostics

/// What a policy says to a request, and which rule said it.
package struct Decision: Sendable {
  package let isAllowed: Bool
  /// What decided, in the words of the policy.
  package let reason: String
  /// The rule that decided. Where it was the absence of one, the table or list that would have had to hold it; `nil`
  /// if the policy has not even that.
  package let rule: SourceSpan?

  static func allow(_ reason: String, _ rule: SourceSpan?) -> Decision {
    Decision(isAllowed: true, reason: reason, rule: rule)
  }

  static func deny(_ reason: String, _ rule: SourceSpan?) -> Decision {
    Decision(isAllowed: false, reason: reason, rule: rule)
  }
}
