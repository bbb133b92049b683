package import Policy

/// Reads addresses and prefixes as RFC 4291 and RFC 4632 write them. Exact: no octal, no missing parts, no zones.
enum IPText {
  enum Failure: Error {
    case notAnAddress
    /// The part behind the slash is not a number from 0 to this.
    case badLength(most: Int)
    /// The prefix that was meant, without host bits.
    case hostBits(IPPrefix)
  }

  /// An address, or a prefix `ADDRESS/LENGTH`.
  static func prefix(_ text: String) throws(Failure) -> IPPrefix {
    let bytes = Array(text.utf8)
    let slash = bytes.firstIndex(of: UInt8(ascii: "/"))
    guard let address = address(bytes[..<(slash ?? bytes.count)]) else { throw .notAnAddress }
    let most =
      switch address {
      case .v4: 32
      case .v6: 128
      }
    var length = most
    if let slash {
      guard let number = decimal(bytes[(slash + 1)...], most: most) else { throw .badLength(most: most) }
      length = number
    }
    switch address {
    case .v4(let value):
      let base = length == 0 ? 0 : value & (UInt32.max << (32 - length))
      if base != value { throw .hostBits(.v4(base, length: length)) }
      return .v4(value, length: length)
    case .v6(let value):
      let base = length == 0 ? 0 : value & (UInt128.max << (128 - length))
      if base != value { throw .hostBits(.v6(base, length: length)) }
      return .v6(value, length: length)
    }
  }

  static func address(_ text: String) -> IPAddress? { address(Array(text.utf8)[...]) }

  private static func address(_ bytes: ArraySlice<UInt8>) -> IPAddress? {
    if bytes.contains(UInt8(ascii: ":")) { return v6(bytes).map(IPAddress.v6) }
    return v4(bytes).map(IPAddress.v4)
  }

  private static func v4(_ bytes: ArraySlice<UInt8>) -> UInt32? {
    var value: UInt32 = 0
    var rest = bytes
    for place in 1...4 {
      let end = place < 4 ? rest.firstIndex(of: UInt8(ascii: ".")) : rest.endIndex
      guard let end, let number = decimal(rest[..<end], most: 255) else { return nil }
      value = value << 8 | UInt32(number)
      rest = rest[end...].dropFirst()
    }
    return value
  }

  private static func v6(_ bytes: ArraySlice<UInt8>) -> UInt128? {
    let colon = UInt8(ascii: ":")
    // `::` stands for as many zero groups as are missing, once.
    let gap = bytes.indices.dropLast().first { bytes[$0] == colon && bytes[$0 + 1] == colon }
    guard let gap else {
      guard let groups = groups(bytes), groups.count == 8 else { return nil }
      return groups.value
    }
    guard let head = groups(bytes[..<gap], canEndInV4: false), let tail = groups(bytes[(gap + 2)...]),
      head.count + tail.count <= 7
    else { return nil }
    return head.value << UInt128(128 - 16 * head.count) | tail.value
  }

  /// Groups of 16 bits between single colons, as one number; the last may be an IPv4 address, which makes two.
  private static func groups(
    _ bytes: ArraySlice<UInt8>, canEndInV4: Bool = true
  ) -> (value: UInt128, count: Int)? {
    if bytes.isEmpty { return (0, 0) }
    var value: UInt128 = 0
    var count = 0
    var rest = bytes
    while count < 8 {
      let colon = rest.firstIndex(of: UInt8(ascii: ":"))
      let part = rest[..<(colon ?? rest.endIndex)]
      if canEndInV4, colon == nil, part.contains(UInt8(ascii: ".")) {
        guard let address = v4(part) else { return nil }
        value = value << 32 | UInt128(address)
        count += 2
      } else {
        // The number itself may not have a sign, which the initialiser would take: "-0" is 0.
        guard (1...4).contains(part.count), part.allSatisfy(isHexDigit),
          let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
        else { return nil }
        value = value << 16 | UInt128(group)
        count += 1
      }
      guard let colon else { return (value, count) }
      rest = rest[(colon + 1)...]
    }
    return nil
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }

  /// Digits only, without leading zeros, which other programs read as octal.
  private static func decimal(_ bytes: ArraySlice<UInt8>, most: Int) -> Int? {
    guard (1...3).contains(bytes.count), bytes.count == 1 || bytes.first != UInt8(ascii: "0") else { return nil }
    var value = 0
    for byte in bytes {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value <= most ? value : nil
  }
}

extension IPPrefix: CustomStringConvertible {
  /// In CIDR form, or as a plain address where the length is full.
  package var description: String {
    switch self {
    case .v4(let base, let length): length == 32 ? "\(IPAddress.v4(base))" : "\(IPAddress.v4(base))/\(length)"
    case .v6(let base, let length): length == 128 ? "\(IPAddress.v6(base))" : "\(IPAddress.v6(base))/\(length)"
    }
  }
}

extension IPAddress: CustomStringConvertible {
  /// As RFC 5952 recommends: lower case, the longest run of zero groups as `::`, v4-mapped addresses with dots.
  package var description: String {
    switch self {
    case .v4(let value):
      return (0..<4).map { String(value >> (24 - 8 * UInt32($0)) & 0xFF) }.joined(separator: ".")
    case .v6(let value):
      if value >> 32 == IPPrefix.mappedBase >> 32 {
        return "::ffff:\(IPAddress.v4(UInt32(truncatingIfNeeded: value)))"
      }
      let groups = (0..<8).map { UInt16(truncatingIfNeeded: value >> UInt128(112 - 16 * $0)) }
      func text(_ part: some Sequence<UInt16>) -> String {
        part.map { String($0, radix: 16) }.joined(separator: ":")
      }
      guard let gap = Self.longestZeroRun(groups) else { return text(groups) }
      return "\(text(groups[..<gap.lowerBound]))::\(text(groups[gap.upperBound...]))"
    }
  }

  /// The first of the longest runs of at least two zero groups.
  private static func longestZeroRun(_ groups: [UInt16]) -> Range<Int>? {
    var best: Range<Int>?
    var start = 0
    while start < groups.count {
      let end: Int = groups[start...].firstIndex(where: { $0 != 0 }) ?? groups.count
      if end - start >= 2, end - start > best?.count ?? 0 { best = start..<end }
      start = end + 1
    }
    return best
  }
}
