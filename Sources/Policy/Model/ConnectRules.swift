package import Diagnostics

/// `[connect]`: a request must match one `allow` entry, where there are any, and no `deny` entry.
///
/// Where any entry has `to` or `port`, IPv4 and IPv6 requests to port 0 are denied as well: nothing can be reached
/// there, and some kernels show a peer they could not read as port 0. Where any entry has `to`, 0.0.0.0 is denied as
/// well: it reaches the address that the socket is bound to, whatever that is.
package struct ConnectRules: Sendable {
  /// `nil` allows every peer that is not denied.
  package let allow: [ConnectEntry]?
  package let deny: [ConnectEntry]
  /// The header of the table.
  package let span: SourceSpan

  package init(allow: [ConnectEntry]?, deny: [ConnectEntry] = [], span: SourceSpan) {
    self.allow = allow
    self.deny = deny
    self.span = span
  }

  /// True if addresses or ports decide anything.
  package var limitsPeers: Bool {
    ((allow ?? []) + deny).contains { $0.networks != nil || $0.ports != nil }
  }

  /// True if addresses decide anything.
  package var limitsAddresses: Bool { ((allow ?? []) + deny).contains { $0.networks != nil } }
}

/// One alternative: all its conditions must hold. A list of values means any of them; `nil` leaves the argument free.
/// `to` and `port` hold for IPv4 and IPv6 only, so an entry with either never matches another family.
package struct ConnectEntry: Sendable {
  /// Prefixes, in the order of the text; a named network stands as its prefixes.
  package let networks: [Located<IPPrefix>]?
  package let ports: [Located<ClosedRange<UInt16>>]?
  /// `AF_*`.
  package let families: [UInt32]?
  package let span: SourceSpan

  package init(
    networks: [Located<IPPrefix>]?, ports: [Located<ClosedRange<UInt16>>]?, families: [UInt32]?, span: SourceSpan
  ) {
    self.networks = networks
    self.ports = ports
    self.families = families
    self.span = span
  }
}
