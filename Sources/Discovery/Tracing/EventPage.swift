/// One page of the kernel's ring buffer, as `trace_pipe_raw` gives it (include/linux/ring_buffer.h,
/// kernel/trace/ring_buffer.c).
///
/// It begins with a time stamp of 8 bytes and the number of bytes that are filled, whose upper bits say that events
/// before this page were lost. Each event begins with a word: 5 bits of type or length and 27 bits of time since the
/// event before. Little-endian, as are all machines that filters exist for.
package struct EventPage {
  /// One event of a page.
  package struct Record {
    /// Nanoseconds, by the clock of the instance.
    package let time: UInt64
    /// Where its data are in the page.
    package let data: Range<Int>
  }

  private static let padding: UInt32 = 29
  private static let timeExtension: UInt32 = 30
  private static let timeStamp: UInt32 = 31
  /// The bits of the length that count; those above are flags.
  private static let lengthMask: UInt32 = 0xF_FFFF

  /// Calls the body with every event, in the order of the page. Stops where the page makes no sense.
  package static func forEach(
    in page: [UInt8], format: PageFormat, _ body: (Record) -> Void
  ) {
    guard page.count >= format.dataOffset, page.count >= 16 else { return }
    var time = page.word64(at: 0)
    let length = Int(page.word32(at: 8) & lengthMask)
    let end = min(page.count, format.dataOffset + length)
    var offset = format.dataOffset
    while offset + 4 <= end {
      let header = page.word32(at: offset)
      let kind = header & 0x1F
      let delta = UInt64(header >> 5)
      switch kind {
      case padding:
        guard delta != 0, offset + 8 <= end else { return }
        time &+= delta
        offset += 4 + Int(page.word32(at: offset + 4))
      case timeExtension:
        guard offset + 8 <= end else { return }
        time &+= UInt64(page.word32(at: offset + 4)) << 27 + delta
        offset += 8
      case timeStamp:
        guard offset + 8 <= end else { return }
        // 59 bits; the upper five are those of the time before.
        time = time & (0x1F << 59) | (UInt64(page.word32(at: offset + 4)) << 27 + delta)
        offset += 8
      default:
        time &+= delta
        var start = offset + 4
        var size = Int(kind) * 4
        if kind == 0 {
          guard offset + 8 <= end else { return }
          // The length counts its own word.
          size = Int(page.word32(at: start)) - 4
          start += 4
        }
        guard size >= 0, start + size <= end else { return }
        body(Record(time: time, data: start..<(start + size)))
        offset = start + size
      }
    }
  }
}

extension [UInt8] {
  /// - Precondition: the bytes are there.
  func word32(at offset: Int) -> UInt32 {
    UInt32(self[offset]) | UInt32(self[offset + 1]) << 8 | UInt32(self[offset + 2]) << 16
      | UInt32(self[offset + 3]) << 24
  }

  /// - Precondition: the bytes are there.
  func word64(at offset: Int) -> UInt64 { UInt64(word32(at: offset)) | UInt64(word32(at: offset + 4)) << 32 }

  /// An unsigned number of up to 8 bytes.
  func number(at offset: Int, size: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<size { value |= UInt64(self[offset + index]) << UInt64(8 * index) }
    return value
  }
}
