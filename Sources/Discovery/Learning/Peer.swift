package import Policy

/// Where connections go, exactly or generalised: what an entry of `[connect]` can say.
package struct Peer: Hashable, Sendable {
  package enum Network: Hashable, Sendable {
    case prefix(IPPrefix)
    case named(NamedNetwork)
  }

  package enum Port: Hashable, Sendable {
    case number(UInt16)
    /// One of those that the kernel gives to whoever asks for none; another one at the next time.
    case ephemeral
    case any
  }

  package let network: Network
  package let port: Port

  package init(_ network: Network, _ port: Port) {
    self.network = network
    self.port = port
  }

  /// How coarse peers are, from exact on.
  package enum Grain: Int, Sendable, Comparable, CaseIterable {
    case address
    /// /24 and /64, which usually belong to one owner; loopback as a whole.
    case network
    /// /16 and /48
    case site
    case everywhere
    /// Everywhere, and every port.
    case anything

    package static func < (a: Grain, b: Grain) -> Bool { a.rawValue < b.rawValue }

    /// Bits of the two kinds of address that are kept.
    fileprivate var lengths: (v4: Int, v6: Int) {
      switch self {
      case .address: (32, 128)
      case .network: (24, 64)
      case .site: (16, 48)
      case .everywhere, .anything: (0, 0)
      }
    }
  }

  /// The peer of an address. An IPv4 address in the form of an IPv6 one is the same peer.
  package init(_ address: IPAddress, port: UInt16, ephemeral: ClosedRange<UInt16>, _ grain: Grain) {
    let prefix: IPPrefix =
      switch address {
      case .v4(let value): .v4(value, length: 32)
      case .v6(let value) where value >> 32 == IPPrefix.mappedBase >> 32:
        .v4(UInt32(truncatingIfNeeded: value), length: 32)
      case .v6(let value): .v6(value, length: 128)
      }
    // :: stands for loopback, of both kinds.
    let network = address == .unspecifiedIPv6 ? Network.named(.loopback) : .prefix(prefix)
    let exact = Peer(network, ephemeral.contains(port) ? .ephemeral : .number(port))
    self = exact.coarser(grain)
  }

  /// The same, or what contains it at this grain.
  package func coarser(_ grain: Grain) -> Peer {
    let port: Port = grain == .anything ? .any : self.port
    guard case .prefix(let prefix) = network else {
      return Peer(grain >= .everywhere ? .named(.any) : network, port)
    }
    if grain == .address { return Peer(network, port) }
    if grain >= .everywhere { return Peer(.named(.any), port) }
    if NamedNetwork.loopback.prefixes.contains(where: { $0.contains(prefix) }) { return Peer(.named(.loopback), port) }
    return Peer(.prefix(prefix.shortened(to: grain.lengths)), port)
  }
}

extension IPPrefix {
  fileprivate func contains(_ other: IPPrefix) -> Bool {
    guard other.length >= length else { return false }
    return switch other {
    case .v4(let base, _): contains(.v4(base))
    case .v6(let base, _): contains(.v6(base))
    }
  }

  fileprivate func shortened(to lengths: (v4: Int, v6: Int)) -> IPPrefix {
    switch self {
    case .v4(let base, let length):
      let kept = min(length, lengths.v4)
      return .v4(kept == 0 ? 0 : base & (UInt32.max << UInt32(32 - kept)), length: kept)
    case .v6(let base, let length):
      let kept = min(length, lengths.v6)
      return .v6(kept == 0 ? 0 : base & (UInt128.max << UInt128(128 - kept)), length: kept)
    }
  }
}
