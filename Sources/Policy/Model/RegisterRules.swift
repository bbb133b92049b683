package import Diagnostics
package import URingABI

/// `[register]`: which opcodes of io_uring_register(2) may be called.
package struct RegisterRules: Sendable {
  /// Groups are spelled out. `nil` allows everything that is not denied.
  package let allow: [Located<RegisterOperation>]?
  /// Wins over `allow`.
  package let deny: [Located<RegisterOperation>]
  /// The header of the table.
  package let span: SourceSpan

  package init(allow: [Located<RegisterOperation>]?, deny: [Located<RegisterOperation>] = [], span: SourceSpan) {
    self.allow = allow
    self.deny = deny
    self.span = span
  }

  package func permits(_ operation: RegisterOperation) -> Bool {
    if deny.contains(where: { $0.value == operation }) { return false }
    return allow?.contains { $0.value == operation } ?? true
  }
}
