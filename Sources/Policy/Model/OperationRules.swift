package import Diagnostics
package import URingABI

/// `[operations]`: which operations may be requested at all.
package struct OperationRules: Sendable {
  package enum Default: String, Sendable, CaseIterable {
    case deny
    case allow
  }

  /// The rule for operations in neither list.
  package let byDefault: Default
  /// Groups are spelled out: each member stands where the group's name stands.
  package let allow: [Located<Operation>]
  /// Wins over `allow`.
  package let deny: [Located<Operation>]
  /// SQE flags of every request.
  package let flags: FlagRules
  /// The header of the table; `nil` if the policy has none.
  package let span: SourceSpan?

  private let allowed: CodeSet
  private let denied: CodeSet

  package init(
    byDefault: Default = .deny, allow: [Located<Operation>] = [], deny: [Located<Operation>] = [],
    flags: FlagRules = .none, span: SourceSpan? = nil
  ) {
    self.byDefault = byDefault
    self.allow = allow
    self.deny = deny
    self.flags = flags
    self.span = span
    allowed = CodeSet(allow.map(\.value))
    denied = CodeSet(deny.map(\.value))
  }

  /// True if requests for the operation can be allowed; conditions may still narrow them.
  package func permits(_ operation: Operation) -> Bool {
    if denied.contains(operation.code) { return false }
    return byDefault == .allow || allowed.contains(operation.code)
  }
}

/// `[operation.NAME]`: conditions that any operation can have.
package struct OperationConditions: Sendable {
  package let operation: Located<Operation>
  /// SQE flags of its requests, beside those of `[operations]`.
  package let flags: FlagRules
  /// Values of `sqe->user_data`; `nil` leaves them free.
  package let userData: [Located<ClosedRange<UInt64>>]?
  /// The header of the table.
  package let span: SourceSpan

  package init(
    _ operation: Located<Operation>, flags: FlagRules = .none, userData: [Located<ClosedRange<UInt64>>]? = nil,
    span: SourceSpan
  ) {
    self.operation = operation
    self.flags = flags
    self.userData = userData
    self.span = span
  }
}
