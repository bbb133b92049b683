import Policy
import URingABI

/// The peers that an entry of `[connect]` matches.
struct PeerSet: EntryRegion {
  private let v4: Intervals<UInt32>
  private let v6: Intervals<UInt128>
  private let ports: Intervals<UInt16>
  /// Families beside IPv4 and IPv6; `nil` is every one.
  private let others: Set<UInt32>?

  private static let internet: Set<UInt32> = [SocketConstants.inet, SocketConstants.inet6]

  init(_ entry: ConnectEntry) {
    let families = entry.families.map(Set.init)
    let prefixes = entry.networks?.map(\.value)
    func has(_ family: UInt32) -> Bool { families?.contains(family) ?? true }
    v4 =
      !has(SocketConstants.inet) ? Intervals([]) : prefixes.map { Intervals($0.compactMap(\.v4Range)) } ?? .everything
    v6 = !has(SocketConstants.inet6) ? Intervals([]) : prefixes.map { Intervals($0.map(\.v6Range)) } ?? .everything
    ports = Intervals(entry.ports?.map(\.value) ?? [1...UInt16.max])
    let isInternetOnly = entry.networks != nil || entry.ports != nil
    others = isInternetOnly ? [] : families?.subtracting(Self.internet)
  }

  private var hasInternet: Bool { !v4.isEmpty || !v6.isEmpty }
  var isEmpty: Bool { !hasInternet && others?.isEmpty == true }
  var size: Int { 1 + v4.count + v6.count + ports.count + (others?.count ?? 0) }

  func covers(_ other: PeerSet) -> Bool {
    if other.hasInternet {
      guard v4.covers(other.v4), v6.covers(other.v6), ports.covers(other.ports) else { return false }
    }
    guard let others else { return true }
    return other.others?.isSubset(of: others) ?? false
  }

  func meets(_ other: PeerSet) -> Bool {
    if ports.meets(other.ports), v4.meets(other.v4) || v6.meets(other.v6) { return true }
    guard let mine = others else { return other.others?.isEmpty != true }
    guard let theirs = other.others else { return !mine.isEmpty }
    return !mine.isDisjoint(with: theirs)
  }

  /// True if every IPv4 and IPv6 peer matches.
  var coversInternet: Bool { v4 == .everything && v6 == .everything && ports.covers(Intervals([1...UInt16.max])) }
}

/// IPv4 and IPv6 peers in one order, the former below the latter.
struct PeerAddress: Comparable {
  let isV6: Bool
  let value: UInt128

  static func < (a: PeerAddress, b: PeerAddress) -> Bool { a.isV6 == b.isV6 ? a.value < b.value : b.isV6 }
}

extension IPPrefix {
  /// The peers inside: an IPv4 prefix has IPv4 peers, and IPv6 peers with v4-mapped addresses.
  var ranges: [ClosedRange<PeerAddress>] {
    func range(_ bounds: ClosedRange<some BinaryInteger>, isV6: Bool) -> ClosedRange<PeerAddress> {
      let lower = PeerAddress(isV6: isV6, value: UInt128(bounds.lowerBound))
      return lower...PeerAddress(isV6: isV6, value: UInt128(bounds.upperBound))
    }
    return (v4Range.map { [range($0, isV6: false)] } ?? []) + [range(v6Range, isV6: true)]
  }

  /// The IPv4 addresses inside; `nil` for an IPv6 prefix.
  var v4Range: ClosedRange<UInt32>? {
    guard case .v4(let base, let length) = self else { return nil }
    return base...(base | (length == 32 ? 0 : UInt32.max >> UInt32(length)))
  }

  /// The IPv6 addresses inside, for an IPv4 prefix the v4-mapped ones.
  var v6Range: ClosedRange<UInt128> {
    switch self {
    case .v4:
      guard let range = v4Range else { preconditionFailure("an IPv4 prefix has IPv4 addresses") }
      return (Self.mappedBase | UInt128(range.lowerBound))...(Self.mappedBase | UInt128(range.upperBound))
    case .v6(let base, let length):
      return base...(base | (length == 128 ? 0 : UInt128.max >> UInt128(length)))
    }
  }
}
