/// CRC-32 as zlib and IEEE 802.3 have it: finds damage, and is no protection against somebody who wants to deceive.
enum Checksum {
  /// Half a byte at a time: a table of 16 entries is made faster than one of 256 is read.
  static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    let table = (0..<16 as Range<UInt32>).map { index in
      (0..<4).reduce(index) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }
    var value: UInt32 = .max
    for byte in bytes {
      value = value >> 4 ^ table[Int((value ^ UInt32(byte)) & 0xF)]
      value = value >> 4 ^ table[Int((value ^ UInt32(byte >> 4)) & 0xF)]
    }
    return ~value
  }
}
