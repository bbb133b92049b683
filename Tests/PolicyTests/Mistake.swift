import Diagnostics
import Policy
import PolicyLanguage
import TOMLSyntax
import TestSupport
import Testing

/// A policy with something wrong in it, and every finding that must come of it, in order of place.
struct Mistake: Sendable, CustomTestStringConvertible {
  let name: String
  let marked: String
  let findings: [Finding]

  init(name: String, marked: String, findings: [Finding]) {
    self.name = name
    self.marked = marked
    self.findings = findings
  }

  /// A policy below its version line, with markers for the findings.
  init(_ name: String, _ marked: String, _ findings: Finding...) {
    self.init(name: name, marked: "policy = 1\n" + marked, findings: findings)
  }

  /// A policy as a whole.
  init(_ name: String, whole: String, _ findings: Finding...) {
    self.init(name: name, marked: whole, findings: findings)
  }

  var testDescription: String { name }
}

/// A diagnostic in full, its places given as markers.
struct Finding: Sendable {
  let id: Diagnostic.ID
  private let severity: Diagnostic.Severity
  private let start: Int
  private let end: Int
  private let message: String
  private let note: (start: Int, end: Int, message: String)?
  private let help: String?

  /// What stands between the markers `start` and `end` is wrong.
  init(
    _ start: Int, _ end: Int, _ id: Diagnostic.ID, _ message: String,
    severity: Diagnostic.Severity = .error, note: (start: Int, end: Int, message: String)? = nil, help: String? = nil
  ) {
    self.id = id
    self.severity = severity
    self.start = start
    self.end = end
    self.message = message
    self.note = note
    self.help = help
  }

  func diagnostic(in text: MarkedSource) -> Diagnostic {
    Diagnostic(
      id, message, at: text.span(start, end), severity: severity,
      notes: note.map { [Diagnostic.Note($0.message, at: text.span($0.start, $0.end))] } ?? [], help: help)
  }
}

/// Decodes a policy that is valid TOML.
func decode(
  _ source: SourceText, _ location: SourceLocation = #_sourceLocation
) throws -> PolicyDecoder.Result {
  let document = try #require(TOMLParser.parse(source).document, sourceLocation: location)
  return PolicyDecoder.decode(document, source: source)
}

func decode(_ text: MarkedSource, _ location: SourceLocation = #_sourceLocation) throws -> PolicyDecoder.Result {
  try decode(text.source, location)
}

/// The policy, which must be without fault; its version line is added.
func policy(_ text: String, _ location: SourceLocation = #_sourceLocation) throws -> Policy {
  let result = try decode(MarkedSource("policy = 1\n" + text), location)
  #expect(result.diagnostics == [], sourceLocation: location)
  return try #require(result.policy, sourceLocation: location)
}

/// What the one finding about a policy advises.
func help(_ text: String, _ location: SourceLocation = #_sourceLocation) throws -> String? {
  let diagnostics = try decode(MarkedSource("policy = 1\n" + text), location).diagnostics
  #expect(diagnostics.count == 1, sourceLocation: location)
  return diagnostics.first?.help
}
