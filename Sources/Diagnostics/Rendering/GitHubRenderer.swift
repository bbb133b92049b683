/// Writes findings as workflow commands: one line each, which GitHub shows beside the line of the file.
package enum GitHubRenderer {
  package static func render(_ diagnostics: [Diagnostic], sources: [SourceText]) -> String {
    diagnostics.inOrderOfPlace().map { line($0, sources) + "\n" }.joined()
  }

  private static func line(_ diagnostic: Diagnostic, _ sources: [SourceText]) -> String {
    var properties: [String] = []
    if let location = Location(diagnostic.span, sources) {
      properties = [
        "file=\(property(location.file))", "line=\(location.start.line)", "col=\(location.start.column)",
        "endLine=\(location.end.line)", "endColumn=\(location.end.column)",
      ]
    }
    properties.append("title=\(property(diagnostic.id.name))")
    let message =
      ([diagnostic.message] + diagnostic.notes.map { "note: \($0.message)" }
      + (diagnostic.help.map { ["help: \($0)"] } ?? [])).joined(separator: "\n")
    return "::\(diagnostic.severity.rawValue) \(properties.joined(separator: ","))::\(escaped(message, ""))"
  }

  private static func property(_ text: String) -> String { escaped(text, ":,") }

  /// Percent signs and line ends would end the command, as would what `also` names inside properties.
  private static func escaped(_ text: String, _ also: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if scalar == "%" || scalar.value < 0x20 || also.unicodeScalars.contains(scalar) {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result += "%" + (digits.count < 2 ? "0" : "") + digits
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
