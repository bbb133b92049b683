import TOMLSyntax
import Testing

@Suite struct SyntaxErrorTests {
  private let syntax = TOMLDiagnostics.syntax

  @Test(arguments: [
    ("", "the end of the file"), ("\n", "the end of the line"), ("\r\n", "the end of the line"), (": 1", "':'"),
    ("b = 1", "'b'"), ("\u{0}", "control character U+0000"), ("\r1", "control character U+000D"), ("é", "'é'"),
    ("\u{A0}= 1", "the invisible character U+00A0"), ("\u{200B}= 1", "the invisible character U+200B"),
  ])
  func keyWithoutEqualsSignIsRefused(_ rest: String, _ found: String) {
    expectErrors("a ⟨1⟩\(rest)", Expected(1, syntax, "expected '=' after the key, found \(found)"))
  }

  @Test(arguments: [
    ("", "the end of the file"), ("\n", "the end of the line"), ("# x", "'#'"), (", 1", "','"), ("]", "']'"),
    ("}", "'}'"), ("= 1", "'='"), ("\u{1B}[0m", "control character U+001B"), ("\r1", "control character U+000D"),
  ])
  func missingValueIsRefused(_ rest: String, _ found: String) {
    expectErrors("a = ⟨1⟩\(rest)", Expected(1, syntax, "expected a value, found \(found)"))
  }

  @Test(arguments: [
    ("= 1", "'='"), (".a = 1", "'.'"), ("] = 1", "']'"), ("\u{FEFF}a = 1", "the invisible character U+FEFF"),
  ])
  func missingKeyIsRefused(_ line: String, _ found: String) {
    expectErrors("x = 1\n⟨1⟩\(line)", Expected(1, syntax, "expected a key, found \(found)"))
  }

  @Test func missingPartOfADottedKeyIsRefused() {
    expectErrors("a. ⟨1⟩= 1", Expected(1, syntax, "expected a key, found '='"))
    expectErrors("a.⟨1⟩.b = 1", Expected(1, syntax, "expected a key, found '.'"))
  }

  @Test func otherLettersInAKeyMustBeQuoted() {
    expectErrors(
      "⟨1⟩é⟨2⟩ = 1",
      Expected(
        1, syntax, "expected a key, found 'é'", end: 2,
        help: "keys with other characters than A-Z, a-z, 0-9, '_' and '-' must be quoted"))
  }

  @Test func keyOfSeveralLinesIsRefused() {
    for quotes in ["\"\"\"", "'''"] {
      expectErrors(
        "⟨1⟩\(quotes)⟨2⟩a\(quotes) = 1", Expected(1, syntax, "a key cannot be a multi-line string", end: 2))
    }
  }

  @Test func textBehindAValueIsRefused() {
    expectErrors("a = 1 ⟨1⟩b", Expected(1, syntax, "expected the end of the line, found 'b'"))
    expectErrors("a = \"x\"⟨1⟩\"y\"", Expected(1, syntax, "expected the end of the line, found '\"'"))
    expectErrors("[a]⟨1⟩]", Expected(1, syntax, "expected the end of the line, found ']'"))
    expectErrors("[a] ⟨1⟩b = 1", Expected(1, syntax, "expected the end of the line, found 'b'"))
    expectErrors("a = 1⟨1⟩\rb = 2", Expected(1, syntax, "expected the end of the line, found control character U+000D"))
  }

  @Test func unclosedHeaderIsRefused() {
    expectErrors("[a⟨1⟩", Expected(1, syntax, "expected ']' after the table name, found the end of the file"))
    expectErrors("[a ⟨1⟩b]", Expected(1, syntax, "expected ']' after the table name, found 'b'"))
    expectErrors(
      "[[a]⟨1⟩\n",
      Expected(
        1, syntax, "expected ']]' after the table name, found the end of the line",
        help: "an array of tables is written [[name]]"))
    expectErrors("[[a]⟨1⟩ ]", Expected(1, syntax, "expected ']]' after the table name, found ' '"))
  }

  @Test func emptyHeaderIsRefused() {
    expectErrors("[⟨1⟩]", Expected(1, syntax, "expected a key, found ']'"))
    expectErrors("[[⟨1⟩]]", Expected(1, syntax, "expected a key, found ']'"))
    expectErrors("[ ⟨1⟩[a]]", Expected(1, syntax, "expected a key, found '['"))
    expectErrors("[a.⟨1⟩]", Expected(1, syntax, "expected a key, found ']'"))
  }

  @Test func unclosedArrayPointsBackToItsStart() {
    expectErrors(
      "a = ⟨2⟩[1, 2\n⟨1⟩b = 3",
      Expected(
        1, syntax, "expected ',' or ']' in the array, found 'b'", note: (2, "the array starts here")))
    expectErrors(
      "a = [0, ⟨2⟩[1⟨1⟩",
      Expected(
        1, syntax, "expected ',' or ']' in the array, found the end of the file", note: (2, "the array starts here")))
  }

  @Test func strayCommaInAnArrayIsRefused() {
    expectErrors("a = [⟨1⟩,]", Expected(1, syntax, "expected a value, found ','"))
    expectErrors("a = [1,⟨1⟩,]", Expected(1, syntax, "expected a value, found ','"))
  }

  @Test func arrayThatNeverEndsPointsBackToItsStart() {
    for inside in ["", "1,\n", "1, # one\n\n"] {
      expectErrors(
        "a = ⟨2⟩[\(inside)⟨1⟩",
        Expected(
          1, syntax, "expected a value or ']' in the array, found the end of the file",
          note: (2, "the array starts here")))
    }
  }

  @Test func inlineTableMustStayOnOneLine() {
    let help = "an inline table must be written on one line"
    expectErrors("a = {⟨1⟩\nb = 1}", Expected(1, syntax, "expected a key, found the end of the line", help: help))
    expectErrors("a = { b = 1,⟨1⟩\r\n}", Expected(1, syntax, "expected a key, found the end of the line", help: help))
    expectErrors(
      "a = { b = 1⟨1⟩\n}",
      Expected(1, syntax, "expected ',' or '}' in the inline table, found the end of the line", help: help))
  }

  @Test func strayTextInAnInlineTableIsRefused() {
    expectErrors(
      "a = { b = 1 ⟨1⟩c = 2 }", Expected(1, syntax, "expected ',' or '}' in the inline table, found 'c'"))
    expectErrors(
      "a = { b = 1, ⟨1⟩}", Expected(1, syntax, "no comma is allowed after the last value of an inline table"))
    expectErrors("a = { ⟨1⟩, }", Expected(1, syntax, "expected a key, found ','"))
    expectErrors("a = { b ⟨1⟩}", Expected(1, syntax, "expected '=' after the key, found '}'"))
  }

  @Test(arguments: [("\u{0}", "0000"), ("\u{8}", "0008"), ("\u{1F}", "001F"), ("\u{7F}", "007F"), ("\rx", "000D")])
  func controlCharacterInACommentIsRefused(_ character: String, _ number: String) {
    for before in ["", "a = 1 ", "a = [\n"] {
      expectErrors(
        "\(before)# x⟨1⟩\(character)",
        Expected(
          1, syntax, "control character U+\(number) in a comment", help: "remove it; TOML allows only the tab"))
    }
  }
}
