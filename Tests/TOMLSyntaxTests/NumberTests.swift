import TOMLSyntax
import Testing

@Suite struct NumberTests {
  @Test(arguments: [
    ("0", "0"), ("+0", "0"), ("-0", "0"), ("42", "42"), ("+99", "99"), ("-17", "-17"), ("1_000", "1000"),
    ("1_2_3", "123"), ("0x1F", "31"), ("0xdead_BEEF", "3735928559"), ("0o755", "493"), ("0b1101_0110", "214"),
    ("0x00f", "15"), ("9223372036854775807", "9223372036854775807"),
    ("-9223372036854775808", "-9223372036854775808"), ("0x7fffffffffffffff", "9223372036854775807"),
  ])
  func integerHasItsValue(_ text: String, _ value: String) {
    #expect(Outline.ofValue(text) == "int \(value)")
  }

  @Test(arguments: [
    ("1.0", 1.0), ("+1.5", 1.5), ("-0.01", -0.01), ("5e+22", 5e22), ("1e06", 1e6), ("-2E-2", -0.02),
    ("6.626e-34", 6.626e-34), ("224_617.445_991_228", 224_617.445991228), ("1_0e1_0", 10e10), ("0e0", 0),
    ("0.1", 0.1), ("1.7976931348623157e308", Double.greatestFiniteMagnitude), ("5e-324", Double.leastNonzeroMagnitude),
    ("inf", Double.infinity), ("+inf", Double.infinity), ("-inf", -Double.infinity), ("1e400", Double.infinity),
  ])
  func floatHasItsValue(_ text: String, _ value: Double) {
    #expect(Outline.ofValue(text) == "float \(value)")
  }

  @Test func negativeZeroStaysNegative() {
    #expect(Outline.ofValue("-0.0") == "float -0.0")
  }

  @Test(arguments: ["nan", "+nan", "-nan"])
  func notANumberIsAFloat(_ text: String) {
    #expect(Outline.ofValue(text) == "float nan")
  }

  @Test func booleansAreLowerCase() {
    #expect(Outline.of("a = true\nb = false") == "{a: bool true, b: bool false}")
  }

  @Test(arguments: [
    "1__0", "1_", "0x", "0xg", "0x_1", "0x1_", "-0x1", "+0b1", "0X1", "0b2", "0o8", "1.", "1.e1", ".5", "-.5", "1e",
    "1e+", "1e1.0", "1._0", "1_.0", "1e_1", "1.2.3", "127.0.0.1:80", "1a", "1é",
  ])
  func malformedNumberIsRefused(_ text: String) {
    expectErrors(
      "a = ⟨1⟩\(text)⟨2⟩",
      Expected(
        1, TOMLDiagnostics.number, "'\(text)' is not a valid number", end: 2,
        help: "a string must be quoted: \"\(text)\""))
  }

  @Test(arguments: ["00", "01", "-01", "+0_1", "0755", "01.5", "00e1"])
  func leadingZeroIsRefused(_ text: String) {
    expectErrors(
      "a = ⟨1⟩\(text)⟨2⟩",
      Expected(
        1, TOMLDiagnostics.number, "'\(text)' has a leading zero; octal numbers are written 0o...", end: 2))
  }

  @Test(arguments: ["9223372036854775808", "-9223372036854775809", "0x8000000000000000", "0xffffffffffffffff"])
  func integerBeyond64BitsIsRefused(_ text: String) {
    expectErrors(
      "a = ⟨1⟩\(text)⟨2⟩",
      Expected(1, TOMLDiagnostics.number, "'\(text)' does not fit a signed 64-bit integer", end: 2))
  }

  @Test(arguments: ["openat", "x", "_1", "++1", "-", "@", "/dev/null", "é", "trueish"])
  func bareWordIsNoValueAndQuotesAreSuggested(_ text: String) {
    expectErrors(
      "a = ⟨1⟩\(text)⟨2⟩",
      Expected(
        1, TOMLDiagnostics.syntax, "'\(text)' is not a value", end: 2,
        help: "a string must be quoted: \"\(text)\""))
  }

  @Test(arguments: ["True", "FALSE", "Inf", "NaN"])
  func wrongCaseOfANameIsExplained(_ text: String) {
    expectErrors(
      "a = ⟨1⟩\(text)",
      Expected(
        1, TOMLDiagnostics.syntax, "'\(text)' is not a value",
        help: "write it in lower case: \(text.lowercased())"))
  }

  @Test func longWordIsCutInTheMessage() {
    expectErrors(
      "a = ⟨1⟩\(String(repeating: "é", count: 100))",
      Expected(1, TOMLDiagnostics.syntax, "'\(String(repeating: "é", count: 30))…' is not a value"))
  }
}
