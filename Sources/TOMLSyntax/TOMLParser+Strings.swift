import Diagnostics

/// Strings: basic and literal, on one line or several.
extension TOMLParser {
  /// The string that starts here with its quote.
  mutating func parseString() throws(SyntaxFailure) -> String {
    if cursor.looking(at: "\"\"\"") { return try parseMultiLine(quote: UInt8(ascii: "\"")) }
    if cursor.looking(at: "'''") { return try parseMultiLine(quote: UInt8(ascii: "'")) }
    return try parseSingleLine(
      quote: cursor.bytes[cursor.index], alternative: ", or use three quotes for a string of several lines")
  }

  /// The key that starts here with its quote.
  mutating func parseQuotedKey() throws(SyntaxFailure) -> String {
    try parseSingleLine(quote: cursor.bytes[cursor.index], alternative: "")
  }

  private mutating func parseSingleLine(quote: UInt8, alternative: String) throws(SyntaxFailure) -> String {
    let start = cursor.index
    cursor.index += 1
    // Most strings have no escape and are one slice of the text.
    var unescaped: [UInt8] = []
    var sliceStart = cursor.index
    while let byte = cursor.current {
      // Most bytes mean nothing but themselves.
      if byte != quote, byte != UInt8(ascii: "\\"), byte >= UInt8(ascii: " "), byte != 0x7F {
        cursor.index += 1
        continue
      }
      if byte == quote {
        let slice = sliceStart..<cursor.index
        cursor.index += 1
        if unescaped.isEmpty { return cursor.text(slice) }
        unescaped += cursor.bytes[slice]
        return String(decoding: unescaped, as: UTF8.self)
      }
      if cursor.isAtEndOfLine { break }
      if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        unescaped += cursor.bytes[sliceStart..<cursor.index]
        if escapesEndOfLine {
          cursor.index += 1
          break
        }
        try parseEscape(into: &unescaped)
        sliceStart = cursor.index
        continue
      }
      try refuseControl(byte)
      cursor.index += 1
    }
    throw cursor.failure(
      TOMLDiagnostics.string, "the string is not closed on its line", start..<cursor.index,
      help: "close it with \(Character(Unicode.Scalar(quote)))\(alternative)")
  }

  private mutating func parseMultiLine(quote: UInt8) throws(SyntaxFailure) -> String {
    let start = cursor.index
    cursor.index += 3
    _ = cursor.takeNewline()
    var content: [UInt8] = []
    while let byte = cursor.current {
      if byte == quote {
        let run = countQuotes(quote)
        guard run >= 3 else {
          content += repeatElement(quote, count: run)
          cursor.index += run
          continue
        }
        // Up to two quotes may stand before the closing three.
        let inside = min(run - 3, 2)
        content += repeatElement(quote, count: inside)
        cursor.index += inside + 3
        return String(decoding: content, as: UTF8.self)
      }
      if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        if skipLineContinuation() { continue }
        if escapesEndOfLine {
          cursor.index += 1
          break
        }
        try parseEscape(into: &content)
        continue
      }
      if cursor.takeNewline() {
        content.append(UInt8(ascii: "\n"))
        continue
      }
      try refuseControl(byte)
      content.append(byte)
      cursor.index += 1
    }
    let closing = String(repeating: Character(Unicode.Scalar(quote)), count: 3)
    throw cursor.failure(
      TOMLDiagnostics.string, "the string of several lines is never closed", start..<start + 3,
      help: "close it with \(closing)")
  }

  private func countQuotes(_ quote: UInt8) -> Int {
    var count = 0
    while cursor.peek(count) == quote { count += 1 }
    return count
  }

  /// A backslash that ends its line takes the line ending and all white space after it away.
  private mutating func skipLineContinuation() -> Bool {
    var probe = cursor
    probe.index += 1
    probe.skipBlanks()
    guard probe.takeNewline() else { return false }
    repeat { probe.skipBlanks() } while probe.takeNewline()
    cursor.index = probe.index
    return true
  }

  /// True if there is nothing on this line for the backslash here to escape.
  private var escapesEndOfLine: Bool {
    var next = cursor
    next.index += 1
    return next.isAtEndOfLine
  }

  private func refuseControl(_ byte: UInt8) throws(SyntaxFailure) {
    guard Cursor.isControl(byte) else { return }
    throw cursor.failure(
      TOMLDiagnostics.string, "control character \(Cursor.name(byte)) in a string",
      cursor.index..<cursor.index + 1, help: "write it as \\u\(Cursor.name(byte).dropFirst(2)) in a \"string\"")
  }

  private mutating func parseEscape(into content: inout [UInt8]) throws(SyntaxFailure) {
    let start = cursor.index
    let letter = cursor.bytes[start + 1]
    cursor.index += 2
    switch letter {
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "n"): content.append(0x0A)
    case UInt8(ascii: "f"): content.append(0x0C)
    case UInt8(ascii: "r"): content.append(0x0D)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): content.append(letter)
    case UInt8(ascii: "u"): try parseScalar(digits: 4, from: start, into: &content)
    case UInt8(ascii: "U"): try parseScalar(digits: 8, from: start, into: &content)
    default:
      cursor.index = start + 1
      let end = cursor.hereRange.upperBound
      throw cursor.failure(
        TOMLDiagnostics.string, "unknown escape: a backslash before \(cursor.found)", start..<end,
        help: "a backslash is written \\\\; 'single quotes' need no escapes")
    }
  }

  private mutating func parseScalar(
    digits: Int, from start: Int, into content: inout [UInt8]
  ) throws(SyntaxFailure) {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let byte = cursor.current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw cursor.failure(
          TOMLDiagnostics.string, "expected \(digits) hexadecimal digits in the escape", start..<cursor.index)
      }
      value = value << 4 | UInt32(digit)
      cursor.index += 1
    }
    guard let scalar = Unicode.Scalar(value) else {
      throw cursor.failure(
        TOMLDiagnostics.string, "the escape names no Unicode character", start..<cursor.index)
    }
    content += String(Character(scalar)).utf8
  }
}
