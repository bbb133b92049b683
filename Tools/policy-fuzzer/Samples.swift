import Policy
import URingABI

/// Peers at the edges of an entry of `[connect]`.
enum PeerSamples {
  static func payloads(of entry: ConnectEntry) -> [Submission.Payload] {
    let addresses = entry.networks?.prefix(8).flatMap { Self.addresses(of: $0.value) } ?? anywhere
    let ports: [UInt16] = entry.ports?.prefix(8).flatMap { [$0.value.lowerBound, $0.value.upperBound] } ?? [1, 65_535]
    let others = (entry.families ?? [1, 40]).filter { $0 != SocketConstants.inet && $0 != SocketConstants.inet6 }
    let peers = addresses.flatMap { address in ports.map { Submission.Payload.connect(to: address, port: $0) } }
    return peers + others.map { .connectElsewhere(family: $0) }
  }

  private static let anywhere: [IPAddress] = [
    .v4(0), .v4(0x7F00_0001), .v4(.max), .v6(0), .v6(1), .v6(.max), .v6(IPPrefix.mappedBase),
  ]

  /// The first and the last address, those of IPv4 in both forms.
  static func addresses(of prefix: IPPrefix) -> [IPAddress] {
    switch prefix {
    case .v4(let base, let length):
      let last = base | (length == 32 ? 0 : UInt32.max >> UInt32(length))
      return [base, last].flatMap { [.v4($0), .v6(IPPrefix.mappedBase | UInt128($0))] }
    case .v6(let base, let length):
      return [.v6(base), .v6(base | (length == 128 ? 0 : UInt128.max >> UInt128(length)))]
    }
  }
}

/// Sockets of every kind that an entry of `[socket]` names, and of some that it leaves free.
enum SocketSamples {
  static func payloads(of entry: SocketEntry) -> [Submission.Payload] {
    (entry.families?.prefix(8) ?? [1, 2, 10, 17]).flatMap { family in
      (entry.types?.prefix(8) ?? [1, 2, 3]).flatMap { type in
        (entry.protocols?.prefix(8) ?? [0, 6, 255]).map { .socket(family: family, type: type, protocol: $0) }
      }
    }
  }
}
