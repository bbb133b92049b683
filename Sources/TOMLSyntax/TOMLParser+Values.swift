import Diagnostics

/// Values: what stands after `=` and inside arrays.
extension TOMLParser {
  /// - Parameter depth: tables and arrays that already enclose the value.
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
      return leaf(try parseScalarWord(), from: start)
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
      elements.append(try parseValue(depth: depth + 1).frozen())
      try cursor.skipBlanksAndLines()
      if cursor.take(",") { continue }
      guard cursor.take("]") else {
        throw cursor.failure(
          TOMLDiagnostics.syntax, "expected ',' or ']' in the array, found \(cursor.found)", cursor.hereRange,
          notes: [Diagnostic.Note("the array starts here", at: cursor.span(start..<start + 1))])
      }
      break
    }
    return leaf(.array(elements), from: start)
  }

  /// Inline tables stay on one line and take no comma after the last value (TOML 1.0).
  private mutating func parseInlineTable(depth: Int) throws(SyntaxFailure) -> NodeValue {
    let start = cursor.index
    cursor.index += 1
    let table = TableNode(origin: .inline, span: cursor.span(start..<start + 1))
    cursor.skipBlanks()
    if !cursor.take("}") {
      while true {
        let path = try parseKeyPath()
        try parseEquals()
        let value = try parseValue(depth: depth + path.count)
        try table.assign(path, value)
        cursor.skipBlanks()
        if cursor.take("}") { break }
        guard cursor.take(",") else {
          throw cursor.failure(
            TOMLDiagnostics.syntax, "expected ',' or '}' in the inline table, found \(cursor.found)",
            cursor.hereRange,
            help: "an inline table must be written on one line")
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
          TOMLDiagnostics.dateTime, "'\(cursor.text(range))' is not a valid date or time", range,
          help: "for example 2026-01-31, 07:32:00 or 2026-01-31T07:32:00Z")
      }
      return .dateTime(value)
    }
    switch NumberSyntax.parse(word) {
    case .success(let kind):
      return kind
    case .failure(let problem):
      let text = cursor.text(range)
      throw cursor.failure(
        problem == .notANumber ? TOMLDiagnostics.syntax : TOMLDiagnostics.number, problem.message(text), range,
        help: problem == .notANumber ? "a string must be quoted: \"\(text)\"" : nil)
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
