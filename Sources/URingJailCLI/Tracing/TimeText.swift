import Kernel

/// Times of events, which are told by the monotonic clock, as people and programs write them.
struct TimeText {
  /// Nanoseconds from the monotonic clock's zero to 1970, negated.
  private let offset: UInt64

  init() {
    offset = Clock.real &- Clock.monotonic
  }

  /// Nanoseconds since 1970.
  func real(_ monotonic: UInt64) -> UInt64 { monotonic &+ offset }

  /// `14:03:59.000123`, where this process is.
  func clock(_ monotonic: UInt64) -> String {
    let time = real(monotonic)
    let seconds = Clock.localTimeOfDay(time)
    let parts = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { Self.digits(UInt64($0), 2) }
    return parts.joined(separator: ":") + "." + Self.digits(time / 1000 % 1_000_000, 6)
  }

  /// `2026-11-21T14:03:59.000123Z`
  func iso(_ monotonic: UInt64) -> String {
    let time = real(monotonic)
    let whole = Self.iso(seconds: time / 1_000_000_000)
    return whole.dropLast() + "." + Self.digits(time / 1000 % 1_000_000, 6) + "Z"
  }

  /// `2026-11-21T14:03:59Z` for seconds since 1970.
  static func iso(seconds: UInt64) -> String {
    let (days, rest) = seconds.quotientAndRemainder(dividingBy: 86_400)
    // The calendar of a year that begins in March, so that the day that some years lack is the last one.
    let shifted = days + 719_468
    let (era, dayOfEra) = shifted.quotientAndRemainder(dividingBy: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let date = "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))"
    return "\(date)T\(digits(rest / 3600, 2)):\(digits(rest / 60 % 60, 2)):\(digits(rest % 60, 2))Z"
  }

  private static func digits(_ number: UInt64, _ count: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }
}
