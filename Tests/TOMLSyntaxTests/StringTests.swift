import TOMLSyntax
import Testing

@Suite struct StringTests {
  @Test(arguments: [
    (#""""#, ""), ("''", ""), (#""x y""#, "x y"), (#"'C:\dir\n'"#, #"C:\dir\n"#), (#""a'b""#, "a'b"),
    (#"'a"b'"#, "a\"b"), (#""\b\t\n\f\r\"\\""#, "\u{8}\t\n\u{C}\r\"\\"), (#""\u00e9\u20AC""#, "é€"),
    (#""\U0001F600""#, "😀"), ("\"a\tb\"", "a\tb"), ("\"é😀\"", "é😀"), (##""# no comment""##, "# no comment"),
    (#""\u0000""#, "\u{0}"), (#""mid\\dle""#, #"mid\dle"#),
  ])
  func stringOnOneLineHasItsValue(_ text: String, _ value: String) {
    #expect(Outline.ofValue(text) == "str \(value.debugDescription)")
  }

  @Test(arguments: [
    (#""""""""#, ""), ("''''''", ""), ("\"\"\"x\"\"\"", "x"), ("\"\"\"\nx\n\"\"\"", "x\n"),
    ("'''\n\nx'''", "\nx"), ("\"\"\"\r\nx\r\ny\"\"\"", "x\ny"), ("'''\r\nx\r\ny'''", "x\ny"),
    ("\"\"\"a\"b\"\"c\"\"\"", "a\"b\"\"c"), ("\"\"\"\"a\"\"\"\"", "\"a\""), ("\"\"\"a\"\"\"\"\"", "a\"\""),
    ("'''a'b''c'''", "a'b''c"), ("''''a'''''", "'a''"), ("\"\"\"a \\\n   b\"\"\"", "a b"),
    ("\"\"\"a\\  \r\n\n\t b\"\"\"", "ab"), ("'''a \\\nb'''", "a \\\nb"), ("\"\"\"\\\n\"\"\"", ""),
    ("\"\"\"a\\n\\u0062\"\"\"", "a\nb"), (#""""\""\""""""#, "\"\"\"\""),
  ])
  func stringOfSeveralLinesHasItsValue(_ text: String, _ value: String) {
    #expect(Outline.ofValue(text) == "str \(value.debugDescription)")
  }

  @Test(arguments: ["\"x", "\"x\\", "\"x\\\"", "\"", "\"é"])
  func unclosedStringIsRefused(_ text: String) {
    for ending in ["", "\n", "\r\n", "\nb = 1\n"] {
      expectErrors(
        "a = ⟨1⟩\(text)⟨2⟩\(ending)",
        Expected(
          1, TOMLDiagnostics.string, "the string is not closed on its line", end: 2,
          help: "close it with \", or use three quotes for a string of several lines"))
    }
  }

  @Test func unclosedLiteralStringIsRefused() {
    expectErrors(
      "a = ⟨1⟩'x\\⟨2⟩\n",
      Expected(
        1, TOMLDiagnostics.string, "the string is not closed on its line", end: 2,
        help: "close it with ', or use three quotes for a string of several lines"))
  }

  @Test func unclosedQuotedKeyIsNotToldOfSeveralLines() {
    expectErrors(
      "⟨1⟩\"x = 1⟨2⟩\n",
      Expected(
        1, TOMLDiagnostics.string, "the string is not closed on its line", end: 2, help: "close it with \""))
  }

  @Test(arguments: ["\"\"\"", "\"\"\"x\n\n", "\"\"\"\"\"", "\"\"\"\\", "\"\"\"x\\\n", "\"\"\"\\\"\"\""])
  func neverClosedStringIsRefusedAtItsStart(_ text: String) {
    expectErrors(
      "a = ⟨1⟩\(text)",
      Expected(
        1, TOMLDiagnostics.string, "the string of several lines is never closed", help: "close it with \"\"\""))
  }

  @Test(arguments: ["\\x", "\\e", "\\'", "\\é", "\\ "])
  func unknownEscapeIsRefused(_ escape: String) {
    for (open, close) in [("\"a", "\""), ("\"\"\"a", "\"\"\"")] {
      expectErrors(
        "a = \(open)⟨1⟩\(escape)⟨2⟩\(close)",
        Expected(
          1, TOMLDiagnostics.string, "unknown escape: a backslash before '\(escape.dropFirst())'", end: 2,
          help: "a backslash is written \\\\; 'single quotes' need no escapes"))
    }
  }

  @Test(arguments: ["\\u12", "\\u", "\\U0001F60"])
  func shortEscapeIsRefused(_ escape: String) {
    let digits = escape.hasPrefix("\\U") ? 8 : 4
    expectErrors(
      "a = \"⟨1⟩\(escape)⟨2⟩\"",
      Expected(1, TOMLDiagnostics.string, "expected \(digits) hexadecimal digits in the escape", end: 2))
  }

  @Test(arguments: ["\\ud800", "\\uDFFF", "\\U00110000", "\\UFFFFFFFF"])
  func escapeOfNoCharacterIsRefused(_ escape: String) {
    expectErrors(
      "a = \"⟨1⟩\(escape)⟨2⟩\"",
      Expected(1, TOMLDiagnostics.string, "the escape names no Unicode character", end: 2))
  }

  @Test(arguments: [
    ("\u{0}", "0000"), ("\u{8}", "0008"), ("\u{B}", "000B"), ("\u{1B}", "001B"), ("\u{1F}", "001F"), ("\u{7F}", "007F"),
    ("\rx", "000D"),
  ])
  func controlCharacterInAStringIsRefused(_ character: String, _ number: String) {
    for quote in ["\"", "'", "\"\"\"", "'''"] {
      expectErrors(
        "a = \(quote)x⟨1⟩\(character)\(quote)",
        Expected(
          1, TOMLDiagnostics.string, "control character U+\(number) in a string",
          help: "write it as \\u\(number) in a \"string\""))
    }
  }
}
