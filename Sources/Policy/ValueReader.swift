import Diagnostics
import TOMLSyntax

/// Reads TOML values as what a key expects and collects a diagnostic for everything else.
struct ValueReader {
  private(set) var diagnostics: [Diagnostic] = []

  mutating func report(
    _ id: Diagnostic.ID, _ message: String, at span: SourceSpan, notes: [Diagnostic.Note] = [], help: String? = nil
  ) {
    diagnostics.append(Diagnostic(id, message, at: span, notes: notes, help: help))
  }

  /// Reports every key of the table that is not among those known.
  mutating func allowKeys(_ known: [String], in table: TOMLTable, of place: String) {
    for entry in table.entries where !known.contains(entry.key.name) {
      report(
        PolicyDiagnostics.unknownKey, "unknown key '\(entry.key.name)' in \(place)", at: entry.key.span,
        help: Self.suggestion(for: entry.key.name, among: known)
          ?? "known keys: \(known.joined(separator: ", "))")
    }
  }

  mutating func table(_ value: TOMLValue) -> TOMLTable? {
    if case .table(let table) = value.kind { return table }
    return mismatch(value, expected: "a table")
  }

  mutating func array(_ value: TOMLValue) -> [TOMLValue]? {
    if case .array(let elements) = value.kind { return elements }
    return mismatch(value, expected: "an array")
  }

  /// `help`: what to write instead of an empty list.
  mutating func nonEmptyArray(_ value: TOMLValue, help: String) -> [TOMLValue]? {
    guard let elements = array(value) else { return nil }
    if elements.isEmpty {
      report(PolicyDiagnostics.emptyList, "this list must not be empty", at: value.span, help: help)
      return nil
    }
    return elements
  }

  /// A list, or a single value that stands for a list of one.
  mutating func oneOrMore(_ value: TOMLValue) -> [TOMLValue]? {
    guard case .array = value.kind else { return [value] }
    return nonEmptyArray(value, help: "leave the key out to allow every value")
  }

  mutating func string(_ value: TOMLValue) -> String? {
    if case .string(let text) = value.kind { return text }
    return mismatch(value, expected: "a string")
  }

  mutating func integer(_ value: TOMLValue) -> Int64? {
    if case .integer(let number) = value.kind { return number }
    return mismatch(value, expected: "an integer")
  }

  mutating func boolean(_ value: TOMLValue) -> Bool? {
    if case .boolean(let truth) = value.kind { return truth }
    return mismatch(value, expected: "true or false")
  }

  /// One of the words of an enumeration.
  mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ value: TOMLValue, of key: String
  ) -> Choice? {
    guard let text = string(value) else { return nil }
    if let choice = Choice(rawValue: text) { return choice }
    let words = Choice.allCases.map(\.rawValue)
    report(
      PolicyDiagnostics.unknownName, "'\(text)' is not a value of '\(key)'", at: value.span,
      help: "use one of: \(words.map { "\"\($0)\"" }.joined(separator: ", "))")
    return nil
  }

  /// A name from a table, or a plain number for what the table does not know.
  mutating func nameOrNumber(
    _ value: TOMLValue, kind: String, upTo largest: UInt32, names: some Sequence<String>,
    lookUp: (String) -> UInt32?
  ) -> UInt32? {
    switch value.kind {
    case .string(let name):
      if let number = lookUp(name) { return number }
      report(
        PolicyDiagnostics.unknownName, "unknown \(kind) '\(name)'", at: value.span,
        help: Self.suggestion(for: name, among: names)
          ?? "names are written in lower case; a number can stand for a name that is not known")
      return nil
    case .integer(let number):
      if let number = UInt32(exactly: number), number <= largest { return number }
      report(
        PolicyDiagnostics.outOfRange, "\(kind) \(number) is out of range", at: value.span,
        help: "numbers from 0 to \(largest) are possible")
      return nil
    default:
      return mismatch(value, expected: "a name or a number")
    }
  }

  private mutating func mismatch<Expected>(_ value: TOMLValue, expected: String) -> Expected? {
    report(PolicyDiagnostics.wrongType, "expected \(expected), found \(value.typeName)", at: value.span)
    return nil
  }

  private static func suggestion(for name: String, among candidates: some Sequence<String>) -> String? {
    Spelling.nearest(to: name, among: candidates).map { "did you mean '\($0)'?" }
  }
}
