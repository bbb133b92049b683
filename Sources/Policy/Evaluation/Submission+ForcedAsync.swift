package import URingABI

extension Submission {
  /// The request as filters see it, where the kernel makes it asynchronous by itself; `nil` if it does not, or if the
  /// request is asynchronous anyway. What `fadvise` is about is not known here, so it counts as one that is not.
  package var madeAsync: Submission? {
    guard flags & SQEFlags.async.rawValue == 0, let forced = ForcedAsync(operation) else { return nil }
    if forced != .always {
      guard case .open(let flags, _, _) = payload, flags & OpenConstants.changing != 0 else { return nil }
    }
    return Submission(operation, payload, flags: flags | SQEFlags.async.rawValue, userData: userData)
  }
}

/// What filters deny of a request that a policy allows, because they see it as the kernel has made it.
package struct ForcedDenial: Sendable {
  package let decision: Decision
  /// What the kernel makes of the request.
  package let seen: Request
  /// True if restrictions, which see the request as it is, hold the flags where there are any.
  package let isOnlyInsideAnotherJail: Bool
}
