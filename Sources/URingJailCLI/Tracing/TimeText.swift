import Discovery
import Kernel

/// Times of events, which are told by the monotonic clock, as people and programs write them.
struct TimeText {
  /// Nanoseconds from the monotonic clock's zero to 1970, negated.
  private let offset: UInt64

  init() {
    offset = Clock.real &- Clock.monotonic
  }

  /// Nanoseconds since 1970.
  static var now: UInt64 { Clock.real }

  /// Nanoseconds since 1970.
  func real(_ monotonic: UInt64) -> UInt64 { monotonic &+ offset }

  /// `14:03:59.000123`, where this process is.
  func clock(_ monotonic: UInt64) -> String {
    let time = real(monotonic)
    let seconds = Clock.localTimeOfDay(time)
    let parts = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { CalendarTime.digits(UInt64($0), 2) }
    return parts.joined(separator: ":") + "." + CalendarTime.digits(time / 1000 % 1_000_000, 6)
  }

  /// `2026-11-21T14:03:59.000123Z`
  func iso(_ monotonic: UInt64) -> String {
    let time = real(monotonic)
    let whole = CalendarTime.text(seconds: time / 1_000_000_000)
    return whole.dropLast() + "." + CalendarTime.digits(time / 1000 % 1_000_000, 6) + "Z"
  }
}
