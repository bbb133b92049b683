import Diagnostics

/// Sentences in the lines of a terminal.
enum ParagraphText {
  /// Columns.
  private static let width = 79

  /// Lines of at most 79 characters, unless a word is longer; each ends with a newline. `hanging`: the indentation of
  /// all lines but the first.
  static func wrapped(_ text: String, indent: Int = 0, hanging: Int? = nil) -> String {
    var lines: [String] = []
    var line = String(repeating: " ", count: indent)
    var isEmpty = true
    for word in Report.printable(text).split(separator: " ") {
      if !isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = String(repeating: " ", count: hanging ?? indent)
        isEmpty = true
      }
      line += isEmpty ? String(word) : " \(word)"
      isEmpty = false
    }
    return (lines + [line]).map { $0 + "\n" }.joined()
  }
}

/// Places of rules, as data.
enum PlaceJSON {
  /// `null` where no rule says it.
  static func place(_ span: SourceSpan?, _ sources: [SourceText]) -> JSON {
    guard let span, let source = sources.first(where: { $0.id == span.source }) else { return .null }
    let position = source.position(of: span.start)
    return .object([
      "file": .string(source.name), "line": .integer(Int64(position.line)), "column": .integer(Int64(position.column)),
    ])
  }
}
