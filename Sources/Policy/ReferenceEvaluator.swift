package import Diagnostics
import URingABI

/// Decides a request straight from the policy, written to be obviously right and nothing else. It is the oracle for
/// the compiler and shares no code with it.
package enum ReferenceEvaluator {
  package struct Decision: Sendable {
    package let isAllowed: Bool
    /// What decided, in the words of the policy.
    package let reason: String
    /// The rule that decided; `nil` where it was the absence of one.
    package let rule: SourceSpan?
  }

  package static func decide(_ request: Request, under policy: Policy) -> Decision {
    let name = request.operation.name
    if let denial = policy.operations.deny.first(where: { $0.value == request.operation }) {
      return Decision(isAllowed: false, reason: "[operations] denies '\(name)'", rule: denial.span)
    }
    let permission = policy.operations.allow.first { $0.value == request.operation }
    if permission == nil, policy.operations.byDefault == .deny {
      return Decision(isAllowed: false, reason: "[operations] does not allow '\(name)'", rule: nil)
    }
    if let rules = policy.socket, case .socket(let family, let type, let number) = request.payload {
      // The kernel keeps SOCK_CLOEXEC and SOCK_NONBLOCK in the same argument; they are no part of the type.
      let kind = type & 0xF
      let match = rules.allow.first { entry in
        (entry.families?.contains(family) ?? true) && (entry.types?.contains(kind) ?? true)
          && (entry.protocols?.contains(number) ?? true)
      }
      guard let match else {
        return Decision(isAllowed: false, reason: "no entry of [socket] allow matches", rule: nil)
      }
      return Decision(isAllowed: true, reason: "[socket] allow", rule: match.span)
    }
    return Decision(isAllowed: true, reason: "[operations] allows '\(name)'", rule: permission?.span)
  }
}
