package import Diagnostics

/// Reads TOML 1.0 (https://toml.io/en/v1.0.0), whole, keeping the position of every key and value.
///
/// Hostile text ends in a diagnostic: nesting is limited to `deepestNesting`, everything else costs time and
/// memory linear in the text.
package struct TOMLParser {
  /// How many tables and arrays may enclose a value, by headers, dotted keys, brackets and braces together; the
  /// document itself counts as one.
  package static let deepestNesting = 64

  /// A text with more mistakes than this is probably not TOML at all.
  static let mostErrors = 20

  var cursor: Cursor
  var builder = TreeBuilder()
  private var diagnostics: [Diagnostic] = []

  /// The document, or what is wrong with the text. Diagnostics are errors only, and then there is no document.
  package static func parse(_ source: SourceText) -> Result {
    if let invalid = UTF8Validation.firstError(in: source) { return Result(document: nil, diagnostics: [invalid]) }
    var parser = TOMLParser(source)
    parser.parseDocument()
    let document = parser.diagnostics.isEmpty ? TOMLDocument(root: parser.builder.finish()) : nil
    return Result(document: document, diagnostics: parser.diagnostics)
  }

  package struct Result: Sendable {
    package let document: TOMLDocument?
    package let diagnostics: [Diagnostic]
  }

  private init(_ source: SourceText) {
    cursor = Cursor(source)
    // A byte order mark is allowed once, at the start.
    if source.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { cursor.index = 3 }
  }

  private mutating func parseDocument() {
    while !cursor.isAtEnd {
      if diagnostics.count >= Self.mostErrors {
        diagnostics.append(
          Diagnostic(
            TOMLDiagnostics.tooManyErrors, "too many errors; the rest of the file was not read",
            at: cursor.span(cursor.hereRange)))
        return
      }
      let start = cursor.index
      do throws(SyntaxFailure) {
        try parseLine()
      } catch {
        diagnostics.append(error.diagnostic)
        // A failure further down means an unclosed bracket or string: what follows would only be noise.
        let spansLines = cursor.bytes[start..<min(cursor.index, cursor.bytes.count)].contains(UInt8(ascii: "\n"))
        if spansLines || error.endsReading { return }
        cursor.skipToEndOfLine()
        _ = cursor.takeNewline()
      }
    }
  }

  /// One line: blank, comment, header, or key and value (which may go on over further lines).
  private mutating func parseLine() throws(SyntaxFailure) {
    cursor.skipBlanks()
    switch cursor.current {
    case UInt8(ascii: "["):
      try parseHeader()
    case nil, UInt8(ascii: "#"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
      break
    default:
      try parseKeyAndValue()
    }
    cursor.skipBlanks()
    try cursor.skipComment()
    guard cursor.takeNewline() || cursor.isAtEnd else {
      throw cursor.failure(
        TOMLDiagnostics.syntax, "expected the end of the line, found \(cursor.found)", cursor.hereRange)
    }
  }

  /// `[table]` or `[[array of tables]]`.
  private mutating func parseHeader() throws(SyntaxFailure) {
    let start = cursor.index
    let isArray = cursor.looking(at: "[[")
    cursor.index += isArray ? 2 : 1
    cursor.skipBlanks()
    let path = try parseKeyPath()
    guard cursor.take("]") else {
      throw cursor.failure(
        TOMLDiagnostics.syntax, "expected ']' after the table name, found \(cursor.found)", cursor.hereRange)
    }
    if isArray, !cursor.take("]") {
      throw cursor.failure(
        TOMLDiagnostics.syntax, "expected ']]' after the table name, found \(cursor.found)", cursor.hereRange,
        help: "an array of tables is written [[name]]")
    }
    let span = cursor.span(start..<cursor.index)
    // The header itself is well formed: what is wrong with its name is noted, and reading goes on behind it.
    do throws(SyntaxFailure) {
      if isArray {
        try builder.openArrayElement(path, span: span)
      } else {
        try builder.openTable(path, span: span)
      }
    } catch {
      diagnostics.append(error.diagnostic)
    }
    if builder.depth > Self.deepestNesting {
      throw cursor.failure(TOMLDiagnostics.depth, "nested more than \(Self.deepestNesting) levels deep", span.range)
    }
  }

  private mutating func parseKeyAndValue() throws(SyntaxFailure) {
    let path = try parseKeyPath()
    try parseEquals()
    let depth = builder.depth + path.count
    let value = try parseValue(depth: depth)
    // As with headers: the text goes on in good order, even if its value can be kept nowhere.
    do throws(SyntaxFailure) {
      try builder.assign(path, value)
    } catch {
      diagnostics.append(error.diagnostic)
    }
  }

  mutating func parseEquals() throws(SyntaxFailure) {
    guard cursor.take("=") else {
      throw cursor.failure(
        TOMLDiagnostics.syntax, "expected '=' after the key, found \(cursor.found)", cursor.hereRange)
    }
    cursor.skipBlanks()
  }

  /// A key, dotted or not, with the blanks after it.
  mutating func parseKeyPath() throws(SyntaxFailure) -> [TOMLKey] {
    var path: [TOMLKey] = []
    while true {
      path.append(try parseSimpleKey())
      cursor.skipBlanks()
      guard cursor.take(".") else { return path }
      guard path.count < Self.deepestNesting else {
        throw cursor.failure(
          TOMLDiagnostics.depth, "key with more than \(Self.deepestNesting) parts",
          path[0].span.start..<cursor.index)
      }
      cursor.skipBlanks()
    }
  }

  private mutating func parseSimpleKey() throws(SyntaxFailure) -> TOMLKey {
    let start = cursor.index
    switch cursor.current {
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      if cursor.looking(at: "\"\"\"") || cursor.looking(at: "'''") {
        throw cursor.failure(TOMLDiagnostics.syntax, "a key cannot be a multi-line string", start..<start + 3)
      }
      let name = try parseQuotedKey()
      return TOMLKey(name: name, span: cursor.span(start..<cursor.index))
    default:
      while let byte = cursor.current, Self.isBareKeyByte(byte) { cursor.index += 1 }
      guard cursor.index > start else {
        throw cursor.failure(
          TOMLDiagnostics.syntax, "expected a key, found \(cursor.found)", cursor.hereRange,
          help: (cursor.current ?? 0) >= 0x80
            ? "keys with other characters than A-Z, a-z, 0-9, '_' and '-' must be quoted" : nil)
      }
      return TOMLKey(name: cursor.text(start..<cursor.index), span: cursor.span(start..<cursor.index))
    }
  }

  static func isBareKeyByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
