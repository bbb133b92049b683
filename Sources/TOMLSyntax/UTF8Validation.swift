import Diagnostics

/// Finds text that is not UTF-8, and says where.
enum UTF8Validation {
  static func firstError(in source: SourceText) -> Diagnostic? {
    guard let offset = firstInvalidByte(source.bytes) else { return nil }
    let help: String? =
      if source.bytes.starts(with: [0xFF, 0xFE]) || source.bytes.starts(with: [0xFE, 0xFF]) {
        "the file looks like UTF-16; save it as UTF-8"
      } else {
        "save the file as UTF-8"
      }
    return Diagnostic(
      TOMLDiagnostics.encoding, "byte 0x\(String(source.bytes[offset], radix: 16)) is not valid UTF-8 here",
      at: SourceSpan(offset..<offset + 1, in: source.id), help: help)
  }

  /// The first byte that starts no valid sequence; RFC 3629: no overlong forms, no surrogates, at most U+10FFFF.
  private static func firstInvalidByte(_ bytes: [UInt8]) -> Int? {
    var index = 0
    while index < bytes.count {
      let lead = bytes[index]
      if lead < 0x80 {
        index += 1
        continue
      }
      let second: ClosedRange<UInt8>
      let length: Int
      switch lead {
      case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
      case 0xE0: (length, second) = (3, 0xA0...0xBF)
      case 0xED: (length, second) = (3, 0x80...0x9F)
      case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
      case 0xF0: (length, second) = (4, 0x90...0xBF)
      case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
      case 0xF4: (length, second) = (4, 0x80...0x8F)
      default: return index
      }
      guard index + length <= bytes.count, second.contains(bytes[index + 1]),
        bytes[(index + 2)..<(index + length)].allSatisfy(SourceText.continuesScalar)
      else { return index }
      index += length
    }
    return nil
  }
}
