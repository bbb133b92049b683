import Diagnostics
import TOMLSyntax
import Testing

@Suite struct EncodingTests {
  private func expectInvalid(
    _ prefix: String, _ bad: [UInt8], _ suffix: String, help: String = "save the file as UTF-8",
    location: SourceLocation = #_sourceLocation
  ) {
    let source = SourceText(name: "t", bytes: Array(prefix.utf8) + bad + Array(suffix.utf8))
    let result = TOMLParser.parse(source)
    #expect(result.document == nil, sourceLocation: location)
    let expected = Diagnostic(
      TOMLDiagnostics.encoding, "byte 0x\(String(bad[0], radix: 16)) is not valid UTF-8 here",
      at: SourceSpan(prefix.utf8.count..<prefix.utf8.count + 1, in: source.id), help: help)
    #expect(result.diagnostics == [expected], sourceLocation: location)
  }

  @Test(
    arguments: [
      [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
      [0xE2, 0x82], [0xE2, 0x28, 0xA1], [0xE2, 0x82, 0x28], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
      [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98], [0xF0, 0x9F, 0x98, 0x28],
      [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE], [0xFF],
    ] as [[UInt8]])
  func badSequenceIsRefusedWhereverItStands(_ bad: [UInt8]) {
    expectInvalid("# é", bad, "\na = 1")
    expectInvalid("a = 'x", bad, "'")
    expectInvalid("a = \"\"\"\n😀", bad, "\"\"\"")
    expectInvalid("", bad, "= 1")
    expectInvalid("a = 1 # x", bad, "")
  }

  @Test func firstAndLastSequencesOfEachLengthAreAccepted() {
    let text = "\u{80}\u{7FF}\u{800}\u{D7FF}\u{E000}\u{FFFF}\u{10000}\u{10FFFF}"
    #expect(Outline.ofValue("'\(text)'") == "str \(text.debugDescription)")
  }

  @Test func sixteenBitTextIsNamed() {
    let help = "the file looks like UTF-16; save it as UTF-8"
    expectInvalid("", [0xFF, 0xFE, 0x61, 0x00], "", help: help)
    expectInvalid("", [0xFE, 0xFF, 0x00, 0x61], "", help: help)
  }

  @Test func byteOrderMarkIsAllowedOnceOnly() {
    expectErrors(
      "\u{FEFF}⟨1⟩\u{FEFF}a = 1",
      Expected(1, TOMLDiagnostics.syntax, "expected a key, found the invisible character U+FEFF"))
  }
}
