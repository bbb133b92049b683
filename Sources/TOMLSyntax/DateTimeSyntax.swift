/// Dates and times: RFC 3339 as TOML 1.0 narrows it.
extension TOMLDateTime {
  /// True for a word that can only be meant as a date or time, so that its errors are reported as such.
  static func looksLikeOne(_ word: ArraySlice<UInt8>) -> Bool {
    let start = word.startIndex
    func digit(_ offset: Int) -> Bool { TOMLParser.isDigit(word[start + offset]) }
    if word.count >= 5, digit(0), digit(1), digit(2), digit(3), word[start + 4] == UInt8(ascii: "-") { return true }
    return word.count >= 3 && digit(0) && digit(1) && word[start + 2] == UInt8(ascii: ":")
  }

  /// `nil` if the word is none of the four forms or names a day or time that does not exist.
  init?(_ word: ArraySlice<UInt8>) {
    var reader = DigitReader(rest: word)
    let form: Form
    if word.count >= 3, word[word.startIndex + 2] == UInt8(ascii: ":") {
      guard reader.time() else { return nil }
      form = .localTime
    } else {
      guard reader.date() else { return nil }
      if reader.rest.isEmpty {
        form = .localDate
      } else {
        guard reader.take("T") || reader.take("t") || reader.take(" "), reader.time() else { return nil }
        if reader.rest.isEmpty {
          form = .localDateTime
        } else {
          guard reader.offset() else { return nil }
          form = .offsetDateTime
        }
      }
    }
    guard reader.rest.isEmpty else { return nil }
    self.init(form: form, text: String(decoding: word, as: UTF8.self))
  }
}

/// Takes fixed-width numbers from the front of a date or time.
private struct DigitReader {
  var rest: ArraySlice<UInt8>

  mutating func take(_ mark: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: mark) else { return false }
    rest = rest.dropFirst()
    return true
  }

  mutating func number(width: Int, in range: ClosedRange<Int>) -> Int? {
    guard rest.count >= width, rest.prefix(width).allSatisfy(TOMLParser.isDigit) else { return nil }
    let value = rest.prefix(width).reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    rest = rest.dropFirst(width)
    return range.contains(value) ? value : nil
  }

  mutating func date() -> Bool {
    guard let year = number(width: 4, in: 0...9999), take("-"), let month = number(width: 2, in: 1...12),
      take("-"), let day = number(width: 2, in: 1...31)
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return day <= days[month - 1]
  }

  /// Second 60 is a leap second, which RFC 3339 allows.
  mutating func time() -> Bool {
    guard number(width: 2, in: 0...23) != nil, take(":"), number(width: 2, in: 0...59) != nil, take(":"),
      number(width: 2, in: 0...60) != nil
    else { return false }
    guard take(".") else { return true }
    let fraction = rest.prefix(while: TOMLParser.isDigit)
    rest = rest.dropFirst(fraction.count)
    return !fraction.isEmpty
  }

  mutating func offset() -> Bool {
    if take("Z") || take("z") { return true }
    guard take("+") || take("-") else { return false }
    return number(width: 2, in: 0...23) != nil && take(":") && number(width: 2, in: 0...59) != nil
  }
}
