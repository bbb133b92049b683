extension KernelRelease {
  /// Reads what uname(2) calls a kernel: `7.2.12+deb13-cloud-amd64`, `7.1.8-200.fc44.x86_64`, `7.2.0-rc5`.
  ///
  /// `nil` where the text does not begin with upstream's numbers. A fourth number is a vendor's; `rc` with a digit behind
  /// it marks a candidate wherever it stands, as in `7.2.0-0.rc5.fc44`.
  package init?(utsname: String) {
    // A launch runs this: see docs/design/0013-speed-of-a-launch.md.
    var text = utsname.utf8[...]
    guard let major = Self.number(&text, upTo: UInt64(UInt8.max)), Self.skip(UInt8(ascii: "."), &text),
      let minor = Self.number(&text, upTo: UInt64(UInt8.max))
    else { return nil }
    var patch: UInt64 = 0
    if Self.skip(UInt8(ascii: "."), &text) {
      guard let number = Self.number(&text, upTo: UInt64(UInt16.max)) else { return nil }
      patch = number
    }
    guard Self.isEndOfNumbers(text.first) else { return nil }
    let stage: Stage = Self.marksCandidate(text) ? .candidate : patch == 0 && !text.isEmpty ? .unclear : .final
    self.init(UInt8(major), UInt8(minor), UInt16(patch), stage: stage)
  }

  /// Takes a decimal number as upstream writes it: at least one digit, no zero in front.
  private static func number(_ text: inout Substring.UTF8View, upTo limit: UInt64) -> UInt64? {
    var value: UInt64 = 0
    var count = 0
    while let digit = text.first, isDigit(digit) {
      if count > 0 && value == 0 { return nil }
      value = value * 10 + UInt64(digit - UInt8(ascii: "0"))
      if value > limit { return nil }
      count += 1
      text.removeFirst()
    }
    return count == 0 ? nil : value
  }

  private static func skip(_ byte: UInt8, _ text: inout Substring.UTF8View) -> Bool {
    guard text.first == byte else { return false }
    text.removeFirst()
    return true
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  /// True for what separates upstream's numbers from a vendor's text.
  private static func isEndOfNumbers(_ byte: UInt8?) -> Bool {
    switch byte {
    case nil, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "~"), UInt8(ascii: "_"): true
    default: false
    }
  }

  /// `rc` and a digit, in large or small letters.
  private static func marksCandidate(_ text: Substring.UTF8View) -> Bool {
    var before: (UInt8, UInt8) = (0, 0)
    for byte in text {
      // Bit 5 makes letters small.
      if before.0 | 0x20 == UInt8(ascii: "r") && before.1 | 0x20 == UInt8(ascii: "c") && isDigit(byte) { return true }
      before = (before.1, byte)
    }
    return false
  }
}
