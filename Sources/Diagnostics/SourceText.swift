/// Where a text came from, as a reader would name it, and its bytes.
///
/// Positions are byte offsets everywhere; lines and columns are computed only when a message is written.
package struct SourceText: Sendable {
  /// The name shown in messages: the path as the user wrote it.
  package let name: String

  /// The text, not necessarily valid UTF-8.
  package let bytes: [UInt8]

  /// Tells the texts of one run apart; a `SourceSpan` refers to its text by this number.
  package let id: SourceID

  /// Where the first line begins: a byte order mark is not part of it, as no editor shows it.
  private let textStart: Int
  private let milestones: Milestones

  package init(name: String, bytes: [UInt8], id: SourceID = SourceID(0)) {
    self.name = name
    self.bytes = bytes
    self.id = id
    textStart = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    milestones = Milestones(bytes, textStart: textStart)
  }

  package init(name: String, text: String, id: SourceID = SourceID(0)) {
    self.init(name: name, bytes: Array(text.utf8), id: id)
  }

  /// The line and column of a byte offset; offsets past the end mean the end.
  package func position(of offset: Int) -> SourcePosition {
    let place = milestones.place(of: clamped(offset), in: bytes)
    return SourcePosition(line: place.line, column: place.column)
  }

  /// The byte range of the line that contains an offset, without its line ending.
  package func lineRange(containing offset: Int) -> Range<Int> {
    let at = clamped(offset)
    let start = milestones.place(of: at, in: bytes).lineStart
    var end = milestones.endOfLine(from: at, in: bytes)
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return start..<end
  }

  private func clamped(_ offset: Int) -> Int { max(textStart, min(offset, bytes.count)) }

  /// True for the second and later bytes of a UTF-8 sequence, which take no column of their own.
  package static func continuesScalar(_ byte: UInt8) -> Bool {
    byte & 0b1100_0000 == 0b1000_0000
  }
}

/// Identifies one `SourceText` among those of a run.
package struct SourceID: Hashable, Sendable {
  package let rawValue: Int32

  package init(_ rawValue: Int32) {
    self.rawValue = rawValue
  }
}

/// A place in a text as people count: both from 1, columns in Unicode scalars.
package struct SourcePosition: Hashable, Sendable, CustomStringConvertible {
  package let line: Int
  package let column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  package var description: String { "\(line):\(column)" }
}
