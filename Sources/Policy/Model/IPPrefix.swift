/// An IPv4 or IPv6 prefix in CIDR form; a single address is a prefix of full length.
package enum IPPrefix: Hashable, Sendable {
  /// Bits beyond the length are zero.
  case v4(UInt32, length: Int)
  case v6(UInt128, length: Int)

  /// Where IPv4 addresses lie among IPv6 ones: ::ffff:0:0/96.
  package static let mappedBase: UInt128 = 0xFFFF << 32

  /// How many leading bits of an address the prefix fixes: 0 to 32 or 0 to 128.
  package var length: Int {
    switch self {
    case .v4(_, let length), .v6(_, let length): length
    }
  }

  /// True if an address is inside. An IPv4 prefix also has the v4-mapped IPv6 form of its addresses.
  package func contains(_ address: IPAddress) -> Bool {
    switch (self, address) {
    case (.v4(let base, let length), .v4(let address)):
      return length == 0 || (address ^ base) >> (32 - length) == 0
    case (.v4, .v6(let address)):
      guard address >> 32 == Self.mappedBase >> 32 else { return false }
      return contains(.v4(UInt32(truncatingIfNeeded: address)))
    case (.v6(let base, let length), .v6(let address)):
      return length == 0 || (address ^ base) >> (128 - length) == 0
    case (.v6, .v4):
      return false
    }
  }
}

/// An address that a socket can be connected to.
package enum IPAddress: Hashable, Sendable {
  case v4(UInt32)
  case v6(UInt128)

  package static let unspecifiedIPv6 = IPAddress.v6(0)

  /// What a connection to :: goes to: ::1, or 127.0.0.1 where the socket is bound to a v4-mapped address.
  package static let reachedByUnspecifiedIPv6 = [IPAddress.v6(1), .v6(IPPrefix.mappedBase | 0x7F00_0001)]

  /// True for 0.0.0.0, over IPv6 as well: it stands for the address that the socket is bound to, and for loopback where
  /// it is not bound (ip_route_output_key_hash_rcu(), net/ipv4/route.c).
  package var isUnspecifiedIPv4: Bool {
    switch self {
    case .v4(let value): value == 0
    case .v6(let value): value == IPPrefix.mappedBase
    }
  }
}

/// Networks that have a name in the language.
package enum NamedNetwork: String, CaseIterable, Sendable {
  case any
  case loopback
  case `private`
  case linkLocal = "link-local"
  case multicast

  package var prefixes: [IPPrefix] {
    switch self {
    case .any:
      [.v4(0, length: 0), .v6(0, length: 0)]
    case .loopback:
      // RFC 1122, RFC 4291. Linux connects :: to loopback as well.
      [.v4(0x7F00_0000, length: 8), .v6(1, length: 128), .v6(0, length: 128)]
    case .private:
      // RFC 1918, RFC 4193
      [
        .v4(0x0A00_0000, length: 8), .v4(0xAC10_0000, length: 12), .v4(0xC0A8_0000, length: 16),
        .v6(0xFC << 120, length: 7),
      ]
    case .linkLocal:
      // RFC 3927, RFC 4291
      [.v4(0xA9FE_0000, length: 16), .v6(0xFE80 << 112, length: 10)]
    case .multicast:
      // RFC 5771, RFC 4291
      [.v4(0xE000_0000, length: 4), .v6(0xFF << 120, length: 8)]
    }
  }
}
