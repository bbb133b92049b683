import Diagnostics
import TOMLSyntax
import TestSupport
import Testing

@Suite struct TableTests {
  @Test func emptyTextIsAnEmptyTable() {
    for text in ["", "\n", "\r\n", " \t", "# only a comment", "\u{FEFF}", "\u{FEFF}# x\n"] {
      #expect(Outline.of(text) == "{}")
    }
  }

  @Test func byteOrderMarkBeforeAKeyIsSkipped() {
    #expect(Outline.of("\u{FEFF}a = 1") == "{a: int 1}")
  }

  @Test func keysKeepTheOrderOfTheText() {
    #expect(Outline.of("b = 1\na = 2\nc = 3") == "{b: int 1, a: int 2, c: int 3}")
  }

  @Test func keysMayBeBareQuotedOrEmpty() {
    #expect(
      Outline.of("a-b_1 = 1\n1234 = 2\n\"x y\" = 3\n'q\"' = 4\n\"\" = 5\n\"\\u00e9\" = 6\ntrue = 7")
        == "{a-b_1: int 1, 1234: int 2, x y: int 3, q\": int 4, : int 5, é: int 6, true: int 7}")
  }

  @Test func bothLineEndingsEndALine() {
    #expect(Outline.of("a = 1\r\nb = 2\nc = 3\r\n") == "{a: int 1, b: int 2, c: int 3}")
  }

  @Test func commentsMayStandAtEveryLineEnd() {
    #expect(
      Outline.of("# é\t😀\n[t] # head\na = [ # open\n1, # one\n# alone\n2 # two\n] # close\n#")
        == "{t: {a: [int 1, int 2]}}")
  }

  @Test func dottedKeysMakeTables() {
    #expect(
      Outline.of("a.b.c = 1\na . \"b\" . d = 2\na.e = 3\n3.14 = 4")
        == "{a: {b: {c: int 1, d: int 2}, e: int 3}, 3: {14: int 4}}")
  }

  @Test func headersMakeTablesInAnyOrder() {
    #expect(
      Outline.of("[ a . b ]\nx = 1\n[c]\n[a]\ny = 2\n[a.b.d]\nz = 3")
        == "{a: {b: {x: int 1, d: {z: int 3}}, y: int 2}, c: {}}")
  }

  @Test func headerMayExtendBelowDottedKeys() {
    #expect(Outline.of("[a]\nb.c = 1\n[a.b.d]\nx = 2") == "{a: {b: {c: int 1, d: {x: int 2}}}}")
  }

  @Test func doubleHeadersMakeArraysOfTables() {
    #expect(
      Outline.of("[[a]]\nx = 1\n[[ a ]]\n[a.sub]\ny = 2\n[[a.more]]\n[[a.more]]\nz = 3\n[[a]]")
        == "{a: [{x: int 1}, {sub: {y: int 2}, more: [{}, {z: int 3}]}, {}]}")
  }

  @Test func arraysMayMixTypesSpanLinesAndEndWithAComma() {
    #expect(
      Outline.ofValue("[ 1, \"x\", [ true ], { b = 2 },\n\n 1.5 , ]")
        == "[int 1, str \"x\", [bool true], {b: int 2}, float 1.5]")
    #expect(Outline.ofValue("[]") == "[]")
    #expect(Outline.ofValue("[\r\n# nothing\r\n]") == "[]")
  }

  @Test func inlineTablesHoldKeysOfEveryForm() {
    #expect(Outline.ofValue("{}") == "{}")
    #expect(Outline.ofValue("{ \t}") == "{}")
    #expect(
      Outline.ofValue("{ b = 1, 'c' = { d.e = 2 }, \"f\".g = [ 3,\n ], f.h = 4 }")
        == "{b: int 1, c: {d: {e: int 2}}, f: {g: [int 3], h: int 4}}")
  }

  @Test func keysThatDifferOnlyInUnicodeNormalisationAreDifferent() throws {
    let result = TOMLParser.parse(MarkedSource("\"\u{E9}\" = 1\n\"e\u{301}\" = 2").source)
    let root = try #require(result.document?.root)
    #expect(root.entries.count == 2)
    #expect(root["e\u{301}"]?.key.span.start == 9)
    #expect(root["E"] == nil)
  }

  @Test func lookUpFindsTheEntryOfThatName() throws {
    let root = try #require(TOMLParser.parse(MarkedSource("a = 1\nb = 'x'").source).document?.root)
    #expect(root["b"]?.value.typeName == "a string")
    #expect(root["c"] == nil)
  }

  @Test(arguments: [
    ("'x'", "a string"), ("1", "an integer"), ("1.0", "a float"), ("true", "a boolean"), ("07:32:00", "a date or time"),
    ("[]", "an array"), ("{}", "a table"),
  ])
  func typeIsNamedWithItsArticle(_ text: String, _ name: String) throws {
    let root = try #require(TOMLParser.parse(MarkedSource("a = \(text)").source).document?.root)
    #expect(root["a"]?.value.typeName == name)
  }
}
