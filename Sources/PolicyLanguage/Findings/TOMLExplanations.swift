import Diagnostics
import TOMLSyntax

/// Findings about the text, before any key has a meaning.
enum TOMLExplanations {
  static let all: [Explanation] = [
    Explanation(
      TOMLDiagnostics.encoding, "the file is not UTF-8 text",
      """
      A policy is UTF-8 text. The place is the first byte that does not belong to a character. Save the file as UTF-8, \
      and make sure that it is a policy and not a binary file.
      """, example: nil),
    Explanation(
      TOMLDiagnostics.syntax, "the file is not valid TOML",
      """
      Policies are written in TOML 1.0 (https://toml.io/en/v1.0.0). Something stands where TOML does not allow it: a \
      missing quote, bracket or comma, two keys on one line, a value without a key.
      """, example: "policy = 1\noperations = { allow = [\"nop\" }\n"),
    Explanation(
      TOMLDiagnostics.string, "a string is not closed, or has an invalid escape",
      """
      Basic strings stand in double quotes and know the escapes of TOML, such as \\n and \\u00e9. Strings in single \
      quotes know none. A string of several lines stands in three quotes.
      """, example: "policy = 1\ndescription = \"a \\q\"\n"),
    Explanation(
      TOMLDiagnostics.number, "a number is not valid TOML",
      """
      Decimal integers have no leading zeros, octal numbers begin with 0o, hexadecimal ones with 0x, and integers have \
      64 bits with a sign. A word without quotes is taken for a number, too: quote it.
      """, example: "policy = 01\n"),
    Explanation(
      TOMLDiagnostics.dateTime, "a date or time is wrong",
      "Dates and times are written as in RFC 3339. No key of a policy takes one.",
      example: "policy = 1\ndescription = 2020-13-01\n"),
    Explanation(
      TOMLDiagnostics.duplicate, "a key or table is defined twice",
      """
      TOML allows every key once in its table, and every table header once. Put the lines of the second table under \
      the first.
      """, example: "policy = 1\npolicy = 1\n"),
    Explanation(
      TOMLDiagnostics.depth, "tables or arrays are nested too deep",
      "No policy needs more than a few levels; the limit protects against hostile files.", example: nil),
    Explanation(
      TOMLDiagnostics.tooManyErrors, "the rest of the file was not read",
      "A file with this many mistakes is probably not TOML. Correct the first ones and check again.", example: nil),
  ]
}
