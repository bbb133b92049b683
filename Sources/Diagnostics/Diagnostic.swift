/// One finding about what an author wrote: what is wrong, where, and the way out.
///
/// A value, collected and never thrown: one pass reports everything it finds.
package struct Diagnostic: Sendable, Equatable {
  package enum Severity: String, Sendable, Comparable {
    case warning
    case error

    package static func < (a: Severity, b: Severity) -> Bool { a == .warning && b == .error }
  }

  /// A further place or fact that helps to understand the message.
  package struct Note: Sendable, Equatable {
    package let message: String
    package let span: SourceSpan?

    package init(_ message: String, at span: SourceSpan? = nil) {
      self.message = message
      self.span = span
    }
  }

  /// Stable name of the kind of finding, for scripts and for looking it up: lower case with hyphens.
  package let id: ID
  package let severity: Severity
  package let message: String
  package let span: SourceSpan
  package let notes: [Note]

  /// What to do about it, as one sentence; shown as `help:`.
  package let help: String?

  package init(
    _ id: ID, _ message: String, at span: SourceSpan, severity: Severity = .error, notes: [Note] = [],
    help: String? = nil
  ) {
    self.id = id
    self.severity = severity
    self.message = message
    self.span = span
    self.notes = notes
    self.help = help
  }

  /// The stable identity of a kind of diagnostic. Each module lists its own as static members.
  package struct ID: Hashable, Sendable, CustomStringConvertible {
    package let name: String

    package init(_ name: String) {
      self.name = name
    }

    package var description: String { name }
  }
}

extension [Diagnostic] {
  /// True if at least one finding forbids going on.
  package var hasErrors: Bool { contains { $0.severity == .error } }
}
