import Diagnostics

/// A place in the text, and the moves that every part of the grammar shares.
///
/// Reading past the end yields `nil`, never a trap, so that truncated text ends in a diagnostic.
struct Cursor {
  let source: SourceText
  let bytes: [UInt8]
  var index = 0

  init(_ source: SourceText) {
    self.source = source
    self.bytes = source.bytes
  }

  var current: UInt8? { index < bytes.count ? bytes[index] : nil }
  var isAtEnd: Bool { index >= bytes.count }

  func peek(_ distance: Int) -> UInt8? {
    index + distance < bytes.count ? bytes[index + distance] : nil
  }

  /// True if the text goes on with these ASCII characters.
  func looking(at text: StaticString) -> Bool {
    let length = text.utf8CodeUnitCount
    guard index + length <= bytes.count else { return false }
    // SAFETY: a StaticString's bytes live for the whole process and its own count bounds the reads.
    let start = unsafe text.utf8Start
    for offset in 0..<length where unsafe start[offset] != bytes[index + offset] { return false }
    return true
  }

  /// Takes one byte if it is the expected one.
  mutating func take(_ byte: Unicode.Scalar) -> Bool {
    guard current == UInt8(ascii: byte) else { return false }
    index += 1
    return true
  }

  /// Spaces and tabs.
  mutating func skipBlanks() {
    while let byte = current, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { index += 1 }
  }

  /// One line ending, LF or CRLF, if there is one.
  mutating func takeNewline() -> Bool {
    if current == UInt8(ascii: "\n") {
      index += 1
      return true
    }
    if current == UInt8(ascii: "\r"), peek(1) == UInt8(ascii: "\n") {
      index += 2
      return true
    }
    return false
  }

  /// True before LF, CRLF and the end of the text.
  var isAtEndOfLine: Bool {
    isAtEnd || current == UInt8(ascii: "\n") || (current == UInt8(ascii: "\r") && peek(1) == UInt8(ascii: "\n"))
  }

  /// Everything up to the line ending, wherever that leaves the grammar.
  mutating func skipToEndOfLine() {
    while let byte = current, byte != UInt8(ascii: "\n") { index += 1 }
  }

  /// A comment if one starts here; stops before the line ending.
  mutating func skipComment() throws(SyntaxFailure) {
    guard take("#") else { return }
    while let byte = current {
      if Self.isControl(byte) {
        if isAtEndOfLine { return }
        throw failure(
          TOMLDiagnostics.syntax, "control character \(Self.name(byte)) in a comment", index..<index + 1,
          help: "remove it; TOML allows only the tab")
      }
      index += 1
    }
  }

  /// Blanks, comments and line endings, as they may stand between the values of an array.
  mutating func skipBlanksAndLines() throws(SyntaxFailure) {
    while true {
      skipBlanks()
      try skipComment()
      if !takeNewline() { return }
    }
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// The text as a message quotes it: a word of a megabyte would hide what the message says.
  func quotation(_ range: Range<Int>) -> String { Quotation.shortened(bytes[range]) }

  func span(_ range: Range<Int>) -> SourceSpan { SourceSpan(range, in: source.id) }

  func failure(
    _ id: Diagnostic.ID, _ message: String, _ range: Range<Int>, notes: [Diagnostic.Note] = [],
    help: String? = nil
  ) -> SyntaxFailure {
    SyntaxFailure(diagnostic: Diagnostic(id, message, at: span(range), notes: notes, help: help))
  }

  /// What stands here, in the words of an error message.
  var found: String {
    guard let byte = current else { return "the end of the file" }
    if isAtEndOfLine { return "the end of the line" }
    if Self.isControl(byte) || byte == UInt8(ascii: "\t") { return "control character \(Self.name(byte))" }
    return character
  }

  /// The character that stands here: as it is if it can be seen, else by its number.
  private var character: String {
    let text = text(index..<endOfScalar)
    guard let scalar = text.unicodeScalars.first, !scalar.isASCII else { return "'\(text)'" }
    switch scalar.properties.generalCategory {
    case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .format:
      return "the invisible character \(Self.name(scalar.value))"
    default: return "'\(text)'"
    }
  }

  /// The bytes of the character that stands here; empty at the end of the text.
  var hereRange: Range<Int> { index..<(isAtEnd ? index : endOfScalar) }

  private var endOfScalar: Int {
    var end = index + 1
    while end < bytes.count, SourceText.continuesScalar(bytes[end]) { end += 1 }
    return end
  }

  /// The control characters that TOML allows nowhere: all of them but tab (and line endings, where lines end).
  static func isControl(_ byte: UInt8) -> Bool {
    (byte < 0x20 && byte != UInt8(ascii: "\t")) || byte == 0x7F
  }

  static func name(_ byte: UInt8) -> String { name(UInt32(byte)) }

  private static func name(_ scalar: UInt32) -> String {
    let digits = String(scalar, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
