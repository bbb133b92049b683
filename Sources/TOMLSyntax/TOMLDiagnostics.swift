package import Diagnostics

/// The kinds of finding about the text itself, before any key has a meaning.
package enum TOMLDiagnostics {
  package static let encoding = Diagnostic.ID("toml-encoding")
  package static let syntax = Diagnostic.ID("toml-syntax")
  package static let string = Diagnostic.ID("toml-string")
  package static let number = Diagnostic.ID("toml-number")
  package static let dateTime = Diagnostic.ID("toml-date-time")
  package static let duplicate = Diagnostic.ID("toml-duplicate-key")
  package static let depth = Diagnostic.ID("toml-depth")
  package static let tooManyErrors = Diagnostic.ID("toml-too-many-errors")

  package static let all = [encoding, syntax, string, number, dateTime, duplicate, depth, tooManyErrors]
}

/// Leaves the statement that cannot be parsed.
struct SyntaxFailure: Error {
  let diagnostic: Diagnostic

  /// True if a bracket is still open, so that what follows would only be misread.
  var endsReading = false
}
