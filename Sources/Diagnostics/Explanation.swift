/// What a kind of finding means, for whoever looks its ID up.
package struct Explanation: Sendable {
  package let id: Diagnostic.ID
  package let severity: Diagnostic.Severity
  /// One line.
  package let title: String
  /// Why it is reported, and what to do.
  package let meaning: String
  /// A policy for which it is reported; `nil` where no text alone can show it.
  package let example: String?

  package init(
    _ id: Diagnostic.ID, severity: Diagnostic.Severity = .error, _ title: String, _ meaning: String,
    example: String?
  ) {
    self.id = id
    self.severity = severity
    self.title = title
    self.meaning = meaning
    self.example = example
  }
}
