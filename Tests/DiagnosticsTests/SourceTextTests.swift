import Diagnostics
import Testing

@Suite struct SourceTextTests {
  private func position(_ text: String, _ offset: Int) -> String {
    SourceText(name: "t", text: text).position(of: offset).description
  }

  @Test func linesAndColumnsCountFromOne() {
    #expect(position("ab\ncd", 0) == "1:1")
    #expect(position("ab\ncd", 1) == "1:2")
    #expect(position("ab\ncd", 2) == "1:3")
    #expect(position("ab\ncd", 3) == "2:1")
    #expect(position("ab\ncd", 5) == "2:3")
    #expect(position("\n\n\n", 2) == "3:1")
  }

  @Test func columnsCountCharactersNotBytes() {
    #expect(position("é€😀x", 2) == "1:2")
    #expect(position("é€😀x", 5) == "1:3")
    #expect(position("é€😀x", 9) == "1:4")
  }

  @Test func tabIsOneColumn() {
    #expect(position("\t\tx", 2) == "1:3")
  }

  @Test func carriageReturnEndsNoLineByItself() {
    #expect(position("a\r\nb", 3) == "2:1")
    #expect(position("a\rb", 2) == "1:3")
  }

  @Test func offsetsPastTheEndMeanTheEnd() {
    #expect(position("ab\nc", 100) == "2:2")
    #expect(position("", 100) == "1:1")
    #expect(position("ab\n", 100) == "2:1")
    #expect(SourceText(name: "t", text: "ab\nc").lineRange(containing: 100) == 3..<4)
  }

  @Test func byteOrderMarkTakesNoColumn() {
    #expect(position("\u{FEFF}ab\nc", 0) == "1:1")
    #expect(position("\u{FEFF}ab\nc", 3) == "1:1")
    #expect(position("\u{FEFF}ab\nc", 4) == "1:2")
    #expect(position("\u{FEFF}ab\nc", 6) == "2:1")
    #expect(SourceText(name: "t", text: "\u{FEFF}ab\nc").lineRange(containing: 0) == 3..<5)
    #expect(SourceText(name: "t", text: "\u{FEFF}").lineRange(containing: 0) == 3..<3)
  }

  @Test func lineRangeLeavesTheLineEndingOut() {
    let text = SourceText(name: "t", text: "ab\r\ncd\n\nef")
    #expect(text.lineRange(containing: 0) == 0..<2)
    #expect(text.lineRange(containing: 2) == 0..<2)
    #expect(text.lineRange(containing: 3) == 0..<2)
    #expect(text.lineRange(containing: 4) == 4..<6)
    #expect(text.lineRange(containing: 6) == 4..<6)
    #expect(text.lineRange(containing: 7) == 7..<7)
    #expect(text.lineRange(containing: 9) == 8..<10)
  }

  @Test func textNeedNotBeUTF8() {
    let text = SourceText(name: "t", bytes: [0xFF, 0x80, 0x0A, 0xC3])
    #expect(text.position(of: 2).description == "1:2")
    #expect(text.position(of: 4).description == "2:2")
  }

  /// Lines of many lengths, some longer than the distance at which places are remembered.
  private static let long: [[UInt8]] = [0, 1, 1_022, 1_023, 1_024, 1_025, 2_047, 2_048, 3_000].map { length in
    let line = String(repeating: "aé€", count: length / 6) + String(repeating: "b", count: length % 6)
    return Array("x\n\(line)\r\n\n\(line)".utf8)
  }

  @Test(arguments: long.indices, [true, false])
  func placesInLongTextsAreThoseOfAPlainCount(_ number: Int, _ hasMark: Bool) {
    let mark: [UInt8] = hasMark ? [0xEF, 0xBB, 0xBF] : []
    let bytes = mark + Self.long[number]
    let text = SourceText(name: "t", bytes: bytes)
    var (line, start, column) = (1, mark.count, 1)
    for offset in mark.count...bytes.count {
      let end = bytes[offset...].firstIndex(of: 0x0A) ?? bytes.count
      let isReturn = end > start && bytes[end - 1] == 0x0D
      let isRight =
        text.position(of: offset) == SourcePosition(line: line, column: column)
        && text.lineRange(containing: offset) == start..<(isReturn ? end - 1 : end)
      if !isRight { Issue.record("offset \(offset) is not in line \(line), column \(column)") }
      guard offset < bytes.count else { break }
      if bytes[offset] == 0x0A {
        (line, start, column) = (line + 1, offset + 1, 1)
      } else if !SourceText.continuesScalar(bytes[offset]) {
        column += 1
      }
    }
  }
}
