import Diagnostics
import Policy
import TOMLSyntax

/// Reads TOML values as what a key expects and collects a diagnostic for everything else.
struct ValueReader {
  private var findings = FindingList(overflow: PolicyDiagnostics.tooManyFindings)

  var diagnostics: [Diagnostic] { findings.all }

  mutating func report(
    _ id: Diagnostic.ID, _ message: String, at span: SourceSpan, severity: Diagnostic.Severity = .error,
    notes: [Diagnostic.Note] = [], help: String? = nil
  ) {
    findings.append(Diagnostic(id, message, at: span, severity: severity, notes: notes, help: help))
  }

  mutating func warn(
    _ id: Diagnostic.ID, _ message: String, at span: SourceSpan, notes: [Diagnostic.Note] = [], help: String? = nil
  ) {
    report(id, message, at: span, severity: .warning, notes: notes, help: help)
  }

  /// The table that the value is, after reporting every key that the language does not have there, and every key that
  /// it must have and has not.
  mutating func table(_ value: TOMLValue, as expected: Language.Table) -> TOMLTable? {
    guard case .table(let table) = value.kind else {
      var isHeaders = false
      if case .array(let elements) = value.kind, case .table? = elements.first?.kind { isHeaders = true }
      return mismatch(
        value, expected: "a table",
        help: isHeaders && expected.place.hasPrefix("[")
          ? "there is one such table: write \(expected.place), with single brackets"
          : "keys of \(expected.place): \(expected.names.joined(separator: ", "))")
    }
    checkKeys(of: table, expected)
    for key in expected.required where table[key] == nil {
      report(
        PolicyDiagnostics.missingKey, "\(expected.place) has no '\(key)'", at: value.span,
        help: "known keys: \(expected.names.joined(separator: ", "))")
    }
    return table
  }

  mutating func checkKeys(of table: TOMLTable, _ expected: Language.Table) {
    for entry in table.entries where !expected.keys.contains(where: { $0.name.hasSameBytes(as: entry.key.name) }) {
      let known = expected.names
      report(
        PolicyDiagnostics.unknownKey, "unknown key \(quoting: entry.key.name) in \(expected.place)", at: entry.key.span,
        help: NameAdvice.help(for: entry.key.name, among: known) ?? Self.home(of: entry.key.name)
          ?? "known keys: \(known.joined(separator: ", "))")
    }
  }

  /// Where a key belongs that is known elsewhere in the language; `nil` if it is known nowhere.
  private static func home(of key: String) -> String? {
    if Language.root.names.contains(key), !Language.tables.contains(where: { $0.place == "[\(key)]" }) {
      return "'\(key)' belongs at the top of the file, above the first table"
    }
    let places = Language.tables.filter { $0.names.contains(key) }.map(\.place)
    return places.isEmpty ? nil : "'\(key)' belongs in \(places.joined(separator: " or "))"
  }

  mutating func table(_ value: TOMLValue) -> TOMLTable? {
    if case .table(let table) = value.kind { return table }
    return mismatch(value, expected: "a table")
  }

  /// `header`: the name of the array's elements, where each has a header of its own: `[[test]]`.
  mutating func array(_ value: TOMLValue, header: String? = nil) -> [TOMLValue]? {
    switch value.kind {
    case .array(let elements): return elements
    case .table:
      return mismatch(
        value, expected: "an array",
        help: header.map { "there can be several: write [[\($0)]], with two brackets" }
          ?? "write it in brackets: [{ ... }]")
    case .string(let text) where text.utf8.count <= 60:
      return mismatch(value, expected: "an array", help: "write [\"\(text)\"]")
    case .integer(let number): return mismatch(value, expected: "an array", help: "write [\(number)]")
    case .string, .float, .boolean, .dateTime: return mismatch(value, expected: "an array")
    }
  }

  /// A list, or a single value that stands for a list of one; the list may be empty.
  mutating func anyNumber(_ value: TOMLValue) -> [TOMLValue] {
    if case .array(let elements) = value.kind { return elements }
    return [value]
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
  ///
  /// `help`: what to write instead of an empty list.
  mutating func oneOrMore(
    _ value: TOMLValue, help: String = "leave the key out to allow every value"
  ) -> [TOMLValue]? {
    guard case .array = value.kind else { return [value] }
    return nonEmptyArray(value, help: help)
  }

  mutating func string(_ value: TOMLValue) -> String? {
    switch value.kind {
    case .string(let text): return text
    case .integer(let number): return mismatch(value, expected: "a string", help: "write it in quotes: \"\(number)\"")
    case .boolean(let truth): return mismatch(value, expected: "a string", help: "write it in quotes: \"\(truth)\"")
    case .array(let elements):
      return mismatch(value, expected: "a string", help: elements.count == 1 ? "remove the brackets" : nil)
    case .float, .dateTime, .table: return mismatch(value, expected: "a string")
    }
  }

  mutating func integer(_ value: TOMLValue) -> Int64? {
    if case .integer(let number) = value.kind { return number }
    guard case .string(let text) = value.kind, let number = Int64(text) else {
      return mismatch(value, expected: "an integer")
    }
    return mismatch(value, expected: "an integer", help: "write \(number) without quotes")
  }

  mutating func boolean(_ value: TOMLValue) -> Bool? {
    if case .boolean(let truth) = value.kind { return truth }
    guard case .string(let text) = value.kind, let truth = Bool(text) else {
      return mismatch(value, expected: "true or false")
    }
    return mismatch(value, expected: "true or false", help: "write \(truth) without quotes")
  }

  /// One of the words of an enumeration, with its place.
  mutating func located<Choice: RawRepresentable<String> & CaseIterable>(
    _ entry: TOMLTable.Entry?
  ) -> Located<Choice>? {
    guard let entry, let choice: Choice = choice(entry.value, of: entry.key.name) else { return nil }
    return Located(choice, at: entry.value.span)
  }

  /// One of the words of an enumeration.
  mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ value: TOMLValue, of key: String
  ) -> Choice? {
    guard let text = string(value) else { return nil }
    if let choice = Choice(rawValue: text) { return choice }
    let words = Choice.allCases.map(\.rawValue)
    report(
      PolicyDiagnostics.unknownName, "\(quoting: text) is not a value of '\(key)'", at: value.span,
      help: NameAdvice.help(for: text, among: words)
        ?? "use one of: \(words.map { "\"\($0)\"" }.joined(separator: ", "))")
    return nil
  }

  /// A name from a table, or a plain number for what the table does not know.
  mutating func nameOrNumber(
    _ value: TOMLValue, kind: String, upTo largest: UInt32, names: @autoclosure () -> some Sequence<String>,
    lookUp: (String) -> UInt32?
  ) -> UInt32? {
    switch value.kind {
    case .string(let name):
      if let number = lookUp(name) { return number }
      report(
        PolicyDiagnostics.unknownName, "unknown \(kind) \(quoting: name)", at: value.span,
        help: NameAdvice.help(for: name, among: names())
          ?? "write names in lower case; write a number for a name that uring-jail does not know")
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

  mutating func mismatch<Expected>(_ value: TOMLValue, expected: String, help: String? = nil) -> Expected? {
    report(PolicyDiagnostics.wrongType, "expected \(expected), found \(value.typeName)", at: value.span, help: help)
    return nil
  }
}
