extension Instruction {
  /// `struct sock_filter` in memory: 8 bytes, in the machine's byte order.
  package var bytes: [UInt8] { Self.bytes(code) + [jumpTrue, jumpFalse] + Self.bytes(k) }

  private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
    (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> shift(ofByte: $0, of: value.bitWidth / 8)) }
  }

  /// Bits below the byte at this place in memory.
  private static func shift(ofByte index: Int, of count: Int) -> Int {
    #if _endian(little)
      8 * index
    #else
      8 * (count - 1 - index)
    #endif
  }

  /// Instructions one after the other in memory; `nil` if the last one is cut off.
  package static func all(in bytes: [UInt8]) -> [Instruction]? {
    if bytes.count % 8 != 0 { return nil }
    return stride(from: 0, to: bytes.count, by: 8).map { start in
      func number(_ offset: Int, _ count: Int) -> UInt32 {
        (0..<count).reduce(0) { $0 | UInt32(bytes[start + offset + $1]) << UInt32(shift(ofByte: $1, of: count)) }
      }
      return Instruction(
        code: UInt16(number(0, 2)), jumpTrue: bytes[start + 2], jumpFalse: bytes[start + 3], k: number(4, 4))
    }
  }
}
