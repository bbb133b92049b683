import Policy
import URingABI

/// A region of IPv4 or IPv6 peers.
struct PeerPhrase {
  private static let mapped = IPPrefix.mappedBase...(IPPrefix.mappedBase | 0xFFFF_FFFF)
  private static let everything = 0...UInt128.max

  private let isV4: Bool
  /// Of IPv4, in the first 32 bits.
  private let addresses: [ClosedRange<UInt128>]
  /// Everything but family and address.
  private let others: [Region.Constraint]

  init?(_ region: Region) {
    var family: UInt128?
    var addresses = [Self.everything]
    var others: [Region.Constraint] = []
    for constraint in region.constraints {
      switch constraint {
      case .ranges(.family, let ranges): family = ranges[0].lowerBound
      case .ranges(.address, let ranges): addresses = ranges
      default: others.append(constraint)
      }
    }
    guard case .submission(let submission) = region.example, submission.operation == .connect, let family,
      [UInt128(SocketConstants.inet), UInt128(SocketConstants.inet6)].contains(family)
    else { return nil }
    isV4 = family == UInt128(SocketConstants.inet)
    self.addresses = addresses
    self.others = others
  }

  /// True if the two are about the same requests over IPv4 and IPv6.
  func isTwin(of other: PeerPhrase) -> Bool {
    guard isV4 != other.isV4, others == other.others else { return false }
    let (v4, v6) = isV4 ? (self, other) : (other, self)
    let inMapped = v6.addresses.filter { $0.overlaps(Self.mapped) }.map { $0.clamped(to: Self.mapped) }
    return inMapped
      == v4.addresses.map { IPPrefix.mappedBase | $0.lowerBound >> 96...IPPrefix.mappedBase | $0.upperBound >> 96 }
  }

  /// With the same over IPv6, if there is that.
  func text(with twin: PeerPhrase?) -> String {
    var words = isV4 ? names : []
    let v6 = isV4 ? twin : self
    if let v6 { words += v6.outside(isV4 ? Self.mapped : nil) }
    let peers: String
    if addresses == [Self.everything], twin == nil || twin?.addresses == [Self.everything] {
      peers = twin == nil ? "to any \(isV4 ? "IPv4" : "IPv6") address" : "to any address"
    } else if twin == nil, isV4 {
      peers = "over IPv4 to \(RegionText.list(words))"
    } else {
      peers = "to \(RegionText.list(words))"
    }
    return ([peers] + others.map(RegionText.text)).joined(separator: ", ")
  }

  private var names: [String] {
    addresses.flatMap { range -> [String] in
      RangeText.prefixes(range.lowerBound >> 96...range.upperBound >> 96, bits: 32) { .v4(UInt32($0), length: $1) }
    }
  }

  private func outside(_ hole: ClosedRange<UInt128>?) -> [String] {
    addresses.flatMap { range -> [ClosedRange<UInt128>] in
      guard let hole, range.overlaps(hole) else { return [range] }
      return [
        range.lowerBound < hole.lowerBound ? range.lowerBound...hole.lowerBound - 1 : nil,
        range.upperBound > hole.upperBound ? hole.upperBound + 1...range.upperBound : nil,
      ].compactMap { $0 }
    }.flatMap { RangeText.prefixes($0, bits: 128) { .v6($0, length: $1) } }
  }
}

/// Ranges of addresses as a policy writes them.
private enum RangeText {
  /// Prefixes, or first and last address where it takes more than four.
  static func prefixes(
    _ range: ClosedRange<UInt128>, bits: Int, _ prefix: (UInt128, Int) -> IPPrefix
  ) -> [String] {
    var result: [String] = []
    var start = range.lowerBound
    while result.count <= 4 {
      var length = start == 0 ? 0 : bits - min(bits, start.trailingZeroBitCount)
      while size(bits - length) > range.upperBound - start { length += 1 }
      result.append("\(prefix(start, length))")
      let last = start + size(bits - length)
      if last == range.upperBound { return result }
      start = last + 1
    }
    return ["\(prefix(range.lowerBound, bits))-\(prefix(range.upperBound, bits))"]
  }

  /// One less than the number of values that so many free bits have.
  private static func size(_ free: Int) -> UInt128 { free == 128 ? .max : (1 << UInt128(free)) - 1 }
}
