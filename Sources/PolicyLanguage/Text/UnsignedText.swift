/// Reads unsigned numbers as TOML writes integers, and ranges of them, from text: for values beyond TOML's 63 bits.
enum UnsignedText {
  /// Decimal, `0x`, `0o` or `0b`.
  static func number(_ text: some StringProtocol) -> UInt64? {
    guard text.utf8.count > 1, text.utf8.first == UInt8(ascii: "0") else { return digits(text[...], radix: 10) }
    let second = text.utf8.index(after: text.startIndex)
    guard text.utf8[second] < 0x80 else { return nil }
    let rest = text[text.utf8.index(after: second)...]
    return switch text.utf8[second] {
    case UInt8(ascii: "x"): digits(rest, radix: 16)
    case UInt8(ascii: "o"): digits(rest, radix: 8)
    case UInt8(ascii: "b"): digits(rest, radix: 2)
    // Other programs read a leading zero as octal, so TOML has none either.
    default: nil
    }
  }

  /// A number, or `LOW-HIGH`.
  static func range(_ text: String) -> ClosedRange<UInt64>? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false)
    guard (1...2).contains(ends.count), let low = number(ends[0]), let high = number(ends[ends.count - 1]), low <= high
    else { return nil }
    return low...high
  }

  private static func digits(_ text: some StringProtocol, radix: Int) -> UInt64? {
    guard let first = text.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-") else { return nil }
    return UInt64(text, radix: radix)
  }
}
