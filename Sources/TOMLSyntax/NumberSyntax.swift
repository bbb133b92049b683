/// Integers and floats, by TOML's rules for signs, leading zeros, underscores and ranges.
enum NumberSyntax {
  enum Problem: Error {
    case notANumber
    case malformed
    case leadingZero
    case outOfRange

    /// What to write instead, given the word and its shortened quotation.
    func help(_ word: ArraySlice<UInt8>, _ text: String) -> String? {
      switch self {
      case .notANumber:
        let lower = String(decoding: word.prefix(8).map { $0 | 0x20 }, as: UTF8.self)
        let names = ["true", "false", "inf", "nan"]
        if names.contains(lower) { return "write it in lower case: \(lower)" }
        return "a string must be quoted: \"\(text)\""
      case .malformed: return "a string must be quoted: \"\(text)\""
      case .leadingZero, .outOfRange: return nil
      }
    }

    func message(_ text: String) -> String {
      switch self {
      case .notANumber: "'\(text)' is not a value"
      case .malformed: "'\(text)' is not a valid number"
      case .leadingZero: "'\(text)' has a leading zero; octal numbers are written 0o..."
      case .outOfRange: "'\(text)' does not fit a signed 64-bit integer"
      }
    }
  }

  static func parse(_ word: ArraySlice<UInt8>) -> Result<TOMLValue.Kind, Problem> {
    var body = word
    let sign = body.first
    let isSigned = sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")
    if isSigned { body = body.dropFirst() }

    if body.elementsEqual("inf".utf8) {
      return .success(.float(sign == UInt8(ascii: "-") ? -Double.infinity : Double.infinity))
    }
    if body.elementsEqual("nan".utf8) { return .success(.float(Double.nan)) }
    guard let first = body.first, TOMLParser.isDigit(first) else {
      let mayBeNumber = body.first == UInt8(ascii: ".") && body.dropFirst().first.map(TOMLParser.isDigit) == true
      return .failure(mayBeNumber ? .malformed : .notANumber)
    }

    if first == UInt8(ascii: "0"), let letter = body.dropFirst().first, let radix = radix(of: letter) {
      guard !isSigned, let digits = digits(body.dropFirst(2), radix: radix) else { return .failure(.malformed) }
      guard let value = Int64(digits, radix: radix) else { return .failure(.outOfRange) }
      return .success(.integer(value))
    }
    let isFloat = body.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
    return isFloat ? float(body, sign: sign) : decimal(body, sign: sign)
  }

  private static func decimal(_ body: ArraySlice<UInt8>, sign: UInt8?) -> Result<TOMLValue.Kind, Problem> {
    guard let digits = digits(body, radix: 10) else { return .failure(.malformed) }
    if digits.utf8.count > 1, digits.utf8.first == UInt8(ascii: "0") { return .failure(.leadingZero) }
    guard let value = Int64((sign == UInt8(ascii: "-") ? "-" : "") + digits) else { return .failure(.outOfRange) }
    return .success(.integer(value))
  }

  /// `1.5`, `1e6`, `6.626e-34`: digits on both sides of the point, an exponent of digits alone.
  private static func float(_ body: ArraySlice<UInt8>, sign: UInt8?) -> Result<TOMLValue.Kind, Problem> {
    let exponentMark = body.firstIndex { $0 | 0x20 == UInt8(ascii: "e") }
    let mantissa = body[..<(exponentMark ?? body.endIndex)]
    let point = mantissa.firstIndex(of: UInt8(ascii: "."))
    guard let whole = digits(mantissa[..<(point ?? mantissa.endIndex)], radix: 10) else { return .failure(.malformed) }
    if whole.utf8.count > 1, whole.utf8.first == UInt8(ascii: "0") { return .failure(.leadingZero) }
    var text = (sign == UInt8(ascii: "-") ? "-" : "") + whole
    if let point {
      guard let fraction = digits(mantissa[(point + 1)...], radix: 10) else { return .failure(.malformed) }
      text += "." + fraction
    }
    if let exponentMark {
      var exponent = body[(exponentMark + 1)...]
      var exponentSign = ""
      if let first = exponent.first, first == UInt8(ascii: "+") || first == UInt8(ascii: "-") {
        exponentSign = first == UInt8(ascii: "-") ? "-" : ""
        exponent = exponent.dropFirst()
      }
      guard let digits = digits(exponent, radix: 10) else { return .failure(.malformed) }
      text += "e" + exponentSign + digits
    }
    guard let value = Double(text) else { return .failure(.malformed) }
    return .success(.float(value))
  }

  private static func radix(of letter: UInt8) -> Int? {
    switch letter {
    case UInt8(ascii: "x"): 16
    case UInt8(ascii: "o"): 8
    case UInt8(ascii: "b"): 2
    default: nil
    }
  }

  /// The digits without their underscores; `nil` unless there is at least one and each underscore has a digit
  /// on both sides.
  private static func digits(_ text: ArraySlice<UInt8>, radix: Int) -> String? {
    let underscore = UInt8(ascii: "_")
    guard let first = text.first, let last = text.last, first != underscore, last != underscore else { return nil }
    var digits: [UInt8] = []
    var previous: UInt8 = 0
    for byte in text {
      if byte == underscore {
        if previous == underscore { return nil }
      } else {
        guard let value = Character(Unicode.Scalar(byte)).hexDigitValue, value < radix else { return nil }
        digits.append(byte)
      }
      previous = byte
    }
    return String(decoding: digits, as: UTF8.self)
  }
}
