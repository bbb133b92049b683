import Policy
import URingABI

/// Makes events of the bytes of the ring buffer.
package struct EventDecoder: Sendable {
  private struct Layout: Sendable {
    let source: EventSource
    /// Offset and size, in the order of `EventSource.fields`.
    let fields: [(offset: Int, size: Int)]
    /// Bytes that the event has at least.
    let size: Int
  }

  /// Index is the number of the event; empty for those of others.
  private var layouts: [Layout?] = []

  package init() {}

  /// Knows a kind of event from now on; false if its format lacks a field that is needed.
  package mutating func add(_ source: EventSource, _ format: EventFormat) -> Bool {
    var fields: [(offset: Int, size: Int)] = []
    for name in source.fields {
      guard let field = format[name], field.size <= 8 else { return false }
      fields.append((field.offset, field.size))
    }
    let index = Int(format.id)
    while layouts.count <= index { layouts.append(nil) }
    layouts[index] = Layout(source: source, fields: fields, size: fields.map { $0.offset + $0.size }.max() ?? 8)
    return true
  }

  /// `nil` for events of another kind. `isFromAnyThread`: see `TraceEvent`.
  package func event(
    in page: [UInt8], _ record: EventPage.Record, isFromAnyThread: Bool = false
  ) -> TraceEvent? {
    let start = record.data.lowerBound
    // `common_type` @0, 2 bytes; `common_pid` @4, 4 bytes.
    guard record.data.count >= 8 else { return nil }
    let id = Int(page[start]) | Int(page[start + 1]) << 8
    guard id < layouts.count, let layout = layouts[id], layout.size <= record.data.count else { return nil }
    func value(_ index: Int) -> UInt64 {
      page.number(at: start + layout.fields[index].offset, size: layout.fields[index].size)
    }
    let task = Int32(bitPattern: page.word32(at: start + 4))
    return TraceEvent(time: record.time, task: task, Self.kind(layout.source, value), isFromAnyThread: isFromAnyThread)
  }

  private static func kind(_ source: EventSource, _ value: (Int) -> UInt64) -> TraceEvent.Kind {
    func byte(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: value(index)) }
    func word(_ index: Int) -> UInt32 { UInt32(truncatingIfNeeded: value(index)) }
    func shown(_ payload: Submission.Payload) -> TraceEvent.Kind {
      .shown(
        TraceEvent.Shown(
          request: value(0), operation: Operation(code: byte(1)), flags: byte(2), userData: value(3), payload: payload))
    }
    switch source {
    case .submitted:
      return .submitted(
        ring: value(0), request: value(1), operation: Operation(code: byte(2)), flags: byte(3),
        bySQThread: value(4) != 0)
    case .failed:
      return .failed(
        TraceEvent.Failure(
          ring: value(0), request: value(1), operation: Operation(code: byte(2)), flags: byte(3), userData: value(4),
          length: word(5), operationFlags: word(6), error: Int32(bitPattern: word(7))))
    case .created:
      return .ringCreated(ring: value(0), usesSQThread: value(1) & ringHasSQThread != 0)
    case .executed:
      return .executed
    case .registerEntered:
      // The uppermost bit says that the ring is a registered one.
      let code = word(0) & ~(1 << 31)
      return .registration(RegisterOperation(code: UInt8(exactly: code) ?? .max))
    case .registerLeft:
      return .registrationResult(Int64(bitPattern: value(0)))
    case .openShown:
      return shown(.open(flags: value(4), mode: value(5), resolve: value(6)))
    case .socketShown:
      return shown(.socket(family: word(4), type: word(5), protocol: word(6)))
    case .connectShown:
      return shown(peer(family: word(4), port: value(5), address: value(6), rest: value(7)))
    }
  }

  /// IORING_SETUP_SQPOLL
  private static let ringHasSQThread: UInt64 = 1 << 1

  private static func peer(family: UInt32, port: UInt64, address: UInt64, rest: UInt64) -> Submission.Payload {
    let port = UInt16(truncatingIfNeeded: port).byteSwapped
    let first = address.byteSwapped
    switch family {
    case SocketConstants.inet: return .connect(to: .v4(UInt32(truncatingIfNeeded: first >> 32)), port: port)
    case SocketConstants.inet6:
      return .connect(to: .v6(UInt128(first) << 64 | UInt128(rest.byteSwapped)), port: port)
    default: return .connectElsewhere(family: family)
    }
  }
}
