package import Diagnostics

/// `[socket]`: a request must match one `allow` entry, where there are any, and no `deny` entry.
///
/// Entries are about the socket that comes to be, see `EffectiveSocket`. Protocol 0 is matched by 0 as well.
package struct SocketRules: Sendable {
  /// `nil` allows every socket that is not denied.
  package let allow: [SocketEntry]?
  package let deny: [SocketEntry]
  /// The header of the table.
  package let span: SourceSpan

  package init(allow: [SocketEntry]?, deny: [SocketEntry] = [], span: SourceSpan) {
    self.allow = allow
    self.deny = deny
    self.span = span
  }
}

/// One alternative: all its conditions must hold. A list of values means any of them; `nil` leaves the argument free.
package struct SocketEntry: Sendable {
  /// `AF_*`.
  package let families: [UInt32]?
  /// `SOCK_*` without SOCK_CLOEXEC and SOCK_NONBLOCK, 0 to 15.
  package let types: [UInt32]?
  /// `IPPROTO_*`, or another family's protocol number.
  package let protocols: [UInt32]?
  package let span: SourceSpan

  package init(families: [UInt32]?, types: [UInt32]?, protocols: [UInt32]?, span: SourceSpan) {
    self.families = families
    self.types = types
    self.protocols = protocols
    self.span = span
  }
}
