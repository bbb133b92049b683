import Discovery
import Policy
import Testing
import URingABI

/// Pages of the kernel's ring buffer, and the events in them.
struct EventPageTests {
  private static let format = PageFormat(dataOffset: 16, size: 4096)

  private static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> Number(8 * $0)) }
  }

  private static func page(_ events: [UInt8], time: UInt64 = 1000) -> [UInt8] {
    bytes(time) + bytes(UInt64(events.count)) + events
  }

  private static func header(_ kind: UInt32, _ delta: UInt32) -> [UInt8] { bytes(kind | delta << 5) }

  private static func records(_ page: [UInt8]) -> [(UInt64, [UInt8])] {
    var records: [(UInt64, [UInt8])] = []
    EventPage.forEach(in: page, format: format) { records.append(($0.time, Array(page[$0.data]))) }
    return records
  }

  @Test func eventsFollowEachOtherInTime() {
    let small = Self.header(2, 5) + [1, 2, 3, 4, 5, 6, 7, 8]
    // A large one has its length, that of the word included, in front.
    let large = Self.header(0, 7) + Self.bytes(UInt32(124)) + [UInt8](repeating: 9, count: 120)
    let records = Self.records(Self.page(small + large + small))
    #expect(records.map(\.0) == [1005, 1012, 1017])
    #expect(records.map(\.1.count) == [8, 120, 8])
    #expect(records[1].1.allSatisfy { $0 == 9 })
  }

  @Test func timeIsExtendedAndSet() {
    let event = Self.header(1, 1) + [0, 0, 0, 0]
    let extended = Self.header(30, 3) + Self.bytes(UInt32(2))
    let stamped = Self.header(31, 4) + Self.bytes(UInt32(5))
    let records = Self.records(Self.page(extended + event + stamped + event))
    let first: UInt64 = 1000 + (2 << 27) + 4
    let second: UInt64 = (5 << 27) + 5
    #expect(records.map(\.0) == [first, second])
  }

  @Test func paddingIsSkippedOrEnds() {
    let event = Self.header(1, 1) + [0, 0, 0, 0]
    let discarded = Self.header(29, 2) + Self.bytes(UInt32(8)) + [0, 0, 0, 0]
    let end = Self.header(29, 0) + Self.bytes(UInt32(8))
    #expect(Self.records(Self.page(event + discarded + event + end + event)).map(\.0) == [1001, 1004])
  }

  @Test func bytesBehindTheLengthAreNoEvents() {
    let event = Self.header(1, 1) + [0, 0, 0, 0]
    var page = Self.page(event) + event
    #expect(Self.records(page).count == 1)
    // The upper bits of the length are flags: events before this page were lost.
    page[11] |= 0xC0
    #expect(Self.records(page).count == 1)
  }

  @Test func everyCutIsHarmless() {
    var events = Self.header(2, 5) + [1, 2, 3, 4, 5, 6, 7, 8]
    events += Self.header(30, 3) + Self.bytes(UInt32(2))
    events += Self.header(0, 7) + Self.bytes(UInt32(24)) + [UInt8](repeating: 9, count: 20)
    let page = Self.page(events)
    for count in 0..<page.count { _ = Self.records(Array(page.prefix(count))) }
    // Lengths that lie.
    for index in 16..<page.count {
      var broken = page
      broken[index] = 0xFF
      _ = Self.records(broken)
    }
  }

  // MARK: Formats

  /// As 7.2.12 has it.
  static let failed = """
    name: io_uring_req_failed
    ID: 1386
    format:
    \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
    \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

    \tfield:void * ctx;\toffset:8;\tsize:8;\tsigned:0;
    \tfield:void * req;\toffset:16;\tsize:8;\tsigned:0;
    \tfield:unsigned long long user_data;\toffset:24;\tsize:8;\tsigned:0;
    \tfield:u8 opcode;\toffset:32;\tsize:1;\tsigned:0;
    \tfield:u8 flags;\toffset:33;\tsize:1;\tsigned:0;
    \tfield:u32 len;\toffset:56;\tsize:4;\tsigned:0;
    \tfield:u32 op_flags;\toffset:60;\tsize:4;\tsigned:0;
    \tfield:int error;\toffset:88;\tsize:4;\tsigned:1;
    \tfield:__data_loc char[] op_str;\toffset:92;\tsize:4;\tsigned:0;

    print fmt: "ring %p", REC->ctx
    """

  @Test func formatTellsWhereFieldsAre() throws {
    let format = try #require(EventFormat(Self.failed))
    #expect(format.id == 1386)
    #expect(format["op_flags"]?.offset == 60 && format["op_flags"]?.size == 4)
    #expect(format["error"]?.offset == 88)
    #expect(EventFormat("nothing") == nil)
    let header =
      "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n\tfield: char data;\toffset:16;\tsize:4080;\tsigned:0;"
    #expect(PageFormat(header) == PageFormat(dataOffset: 16, size: 4096))
  }

  @Test func failureIsDecoded() throws {
    var decoder = EventDecoder()
    #expect(decoder.add(.failed, try #require(EventFormat(Self.failed))))
    var event = [UInt8](repeating: 0, count: 96)
    event.replaceSubrange(0..<2, with: Self.bytes(UInt16(1386)))
    event.replaceSubrange(4..<8, with: Self.bytes(Int32(77)))
    event.replaceSubrange(8..<16, with: Self.bytes(UInt64(0xFFFF_8000_0000_0001)))
    event.replaceSubrange(16..<24, with: Self.bytes(UInt64(2)))
    event.replaceSubrange(24..<32, with: Self.bytes(UInt64.max))
    event[32] = 18
    event[33] = 4
    event.replaceSubrange(56..<60, with: Self.bytes(UInt32(0o644)))
    event.replaceSubrange(60..<64, with: Self.bytes(UInt32(1)))
    event.replaceSubrange(88..<92, with: Self.bytes(Int32(-13)))
    let page = Self.page(Self.header(24, 1) + event)
    var events: [TraceEvent] = []
    EventPage.forEach(in: page, format: Self.format) { record in
      if let event = decoder.event(in: page, record) { events.append(event) }
    }
    let failure = TraceEvent.Failure(
      ring: 0xFFFF_8000_0000_0001, request: 2, operation: .openat, flags: 4, userData: .max, length: 0o644,
      operationFlags: 1, error: -13)
    #expect(events == [TraceEvent(time: 1001, task: 77, .failed(failure))])
  }

  @Test func formatThatLacksAFieldIsRefused() throws {
    let text = Self.failed.replacing("op_flags", with: "rw_flags")
    var decoder = EventDecoder()
    #expect(!decoder.add(.failed, try #require(EventFormat(text))))
  }

  @Test func peersAreReadInNetworkOrder() throws {
    let fields = [
      ("user_data", 8), ("opcode", 1), ("sqe_flags", 1), ("request", 8), ("family", 4), ("port", 2), ("address", 8),
      ("rest", 8),
    ]
    var offset = 24
    var text = "ID: 5\n\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n"
    for (name, size) in fields {
      text += "\tfield:u64 \(name);\toffset:\(offset);\tsize:\(size);\tsigned:0;\n"
      offset += size
    }
    var decoder = EventDecoder()
    #expect(decoder.add(.connectShown, try #require(EventFormat(text))))
    func payload(_ family: UInt32, _ address: [UInt8]) -> Submission.Payload? {
      var event = Self.bytes(UInt16(5)) + [0, 0] + Self.bytes(Int32(1)) + [UInt8](repeating: 0, count: 16)
      event += Self.bytes(UInt64(0)) + [16, 0] + Self.bytes(UInt64(0))
      event += Self.bytes(family) + [0x01, 0xBB] + address
      let page = Self.page(Self.header(UInt32((event.count + 3) / 4), 0) + event + [0, 0, 0])
      var found: Submission.Payload?
      EventPage.forEach(in: page, format: Self.format) { record in
        if case .shown(let shown)? = decoder.event(in: page, record)?.kind { found = shown.payload }
      }
      return found
    }
    let zeros = [UInt8](repeating: 0, count: 12)
    #expect(payload(2, [10, 1, 2, 3] + zeros) == .connect(to: .v4(0x0A01_0203), port: 443))
    let v6 = payload(10, [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1])
    #expect(v6 == .connect(to: .v6(0x2001_0DB8 << 96 | 1), port: 443))
    #expect(payload(1, zeros + [0, 0, 0, 0]) == .connectElsewhere(family: 1))
  }
}
