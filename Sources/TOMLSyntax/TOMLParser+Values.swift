import Diagnostics

/// Values: what stands after `=` and inside arrays.
extension TOMLParser {
  /// The value that starts here, inside as many tables and arrays as `depth` says, the document counted.
  mutating func parseValue(depth: Int) throws(SyntaxFailure) -> NodeValue {
    guard depth <= Self.deepestNesting else {
      throw cursor.failure(
        TOMLDiagnostics.depth, "nested more than \(Self.deepestNesting) levels deep", cursor.hereRange)
    }
    let start = cursor.index
    switch cursor.current {
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      let text = try parseString()
      return leaf(.string(text), from: start)
    case UInt8(ascii: "["):
      return try parseArray(depth: depth)
    case UInt8(ascii: "{"):
      return try parseInlineTable(depth: depth)
    case nil, UInt8(ascii: "#"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: ","), UInt8(ascii: "]"),
      UInt8(ascii: "}"):
      throw cursor.failure(TOMLDiagnostics.syntax, "expected a value, found \(cursor.found)", cursor.hereRange)
    default:
      let kind = try parseScalarWord()
      guard case .integer = kind else { return leaf(kind, from: start) }
      let isPrefixed = cursor.index - start > 2 && !Self.isDigit(cursor.bytes[start + 1])
      return .leaf(
        TOMLValue(
          kind: kind, span: cursor.span(start..<cursor.index),
          hasRadixPrefix: isPrefixed && cursor.bytes[start] == UInt8(ascii: "0")))
    }
  }

  func leaf(_ kind: TOMLValue.Kind, from start: Int) -> NodeValue {
    .leaf(TOMLValue(kind: kind, span: cursor.span(start..<cursor.index)))
  }

  private mutating func parseArray(depth: Int) throws(SyntaxFailure) -> NodeValue {
    let start = cursor.index
    cursor.index += 1
    var elements: [TOMLValue] = []
    while true {
      try cursor.skipBlanksAndLines()
      if cursor.take("]") { break }
      if cursor.isAtEnd { throw openArray("expected a value or ']'", from: start) }
      if isAtHeader { throw openArray("expected a value or ']'", from: start) }
      elements.append(try parseValue(depth: depth + 1).frozen())
      try cursor.skipBlanksAndLines()
      if cursor.take(",") { continue }
      guard cursor.take("]") else {
        throw openArray("expected ',' or ']'", from: start)
      }
      break
    }
    return leaf(.array(elements), from: start)
  }

  /// What stands here does not go on with the array that began at `start`.
  private func openArray(_ expected: String, from start: Int) -> SyntaxFailure {
    cursor.failure(
      TOMLDiagnostics.syntax, "\(expected) in the array, found \(isAtHeader ? "a new table" : cursor.found)",
      cursor.hereRange, notes: [Diagnostic.Note("the array starts here", at: cursor.span(start..<start + 1))],
      help: isAtHeader ? "close the array with ']' before the table begins" : nil)
  }

  /// True at the beginning of a line that looks like the header of a table: `[open]`, `[[test]]`. An array of arrays has
  /// no bare word in brackets.
  private var isAtHeader: Bool {
    let bytes = cursor.bytes
    guard cursor.current == UInt8(ascii: "["), cursor.index == 0 || bytes[cursor.index - 1] == UInt8(ascii: "\n") else {
      return false
    }
    var index = cursor.index + 1
    if index < bytes.endIndex, bytes[index] == UInt8(ascii: "[") { index += 1 }
    let start = index
    while index < bytes.endIndex, Self.isBareKeyByte(bytes[index]) || bytes[index] == UInt8(ascii: ".") { index += 1 }
    let word = bytes[start..<index]
    // A value may begin with a digit.
    guard let first = word.first, !Self.isDigit(first), index < bytes.endIndex else { return false }
    return bytes[index] == UInt8(ascii: "]")
      && !["true", "false", "inf", "nan"].contains { word.elementsEqual($0.utf8) }
  }

  /// Inline tables stay on one line and take no comma after the last value (TOML 1.0).
  private mutating func parseInlineTable(depth: Int) throws(SyntaxFailure) -> NodeValue {
    let start = cursor.index
    cursor.index += 1
    let table = TableNode(origin: .inline, span: cursor.span(start..<start + 1), depth: depth + 1)
    cursor.skipBlanks()
    if !cursor.take("}") {
      while true {
        if cursor.isAtEndOfLine {
          throw openInlineTable("expected a key, found \(cursor.found)")
        }
        let path = try parseKeyPath()
        try parseEquals()
        let value = try parseValue(depth: depth + path.count)
        try table.assign(path, value)
        cursor.skipBlanks()
        if cursor.take("}") { break }
        guard cursor.take(",") else {
          let message = "expected ',' or '}' in the inline table, found \(cursor.found)"
          if cursor.isAtEndOfLine { throw openInlineTable(message) }
          throw cursor.failure(TOMLDiagnostics.syntax, message, cursor.hereRange)
        }
        cursor.skipBlanks()
        if cursor.current == UInt8(ascii: "}") {
          throw cursor.failure(
            TOMLDiagnostics.syntax, "no comma is allowed after the last value of an inline table",
            cursor.hereRange)
        }
      }
    }
    table.span = cursor.span(start..<cursor.index)
    return .table(table)
  }

  /// The line has ended before the inline table.
  private func openInlineTable(_ message: String) -> SyntaxFailure {
    var failure = cursor.failure(
      TOMLDiagnostics.syntax, message, cursor.hereRange, help: "an inline table must be written on one line")
    failure.endsReading = true
    return failure
  }

  /// A boolean, number, date or time: the run of characters that such values are made of, then its meaning.
  private mutating func parseScalarWord() throws(SyntaxFailure) -> TOMLValue.Kind {
    let start = cursor.index
    while let byte = cursor.current, Self.isWordByte(byte) { cursor.index += 1 }
    // A date may be parted from its time by one space.
    if cursor.index - start == 10, cursor.current == UInt8(ascii: " "), let next = cursor.peek(1),
      Self.isDigit(next), Self.isDigit(cursor.bytes[start]), cursor.bytes[start + 4] == UInt8(ascii: "-")
    {
      cursor.index += 1
      while let byte = cursor.current, Self.isWordByte(byte) { cursor.index += 1 }
    }
    let range = start..<cursor.index
    guard !range.isEmpty else {
      throw cursor.failure(TOMLDiagnostics.syntax, "expected a value, found \(cursor.found)", cursor.hereRange)
    }
    let word = cursor.bytes[range]
    if word.elementsEqual("true".utf8) { return .boolean(true) }
    if word.elementsEqual("false".utf8) { return .boolean(false) }
    if TOMLDateTime.looksLikeOne(word) {
      guard let value = TOMLDateTime(word) else {
        throw cursor.failure(
          TOMLDiagnostics.dateTime, "'\(cursor.quotation(range))' is not a valid date or time", range,
          help: "for example 2026-01-31, 07:32:00 or 2026-01-31T07:32:00Z")
      }
      return .dateTime(value)
    }
    switch NumberSyntax.parse(word) {
    case .success(let kind):
      return kind
    case .failure(let problem):
      let text = cursor.quotation(range)
      throw cursor.failure(
        problem == .notANumber ? TOMLDiagnostics.syntax : TOMLDiagnostics.number, problem.message(text), range,
        help: problem.help(word, text))
    }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    isBareKeyByte(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":")
      || byte == UInt8(ascii: "@") || byte == UInt8(ascii: "/") || byte >= 0x80
  }

  static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
