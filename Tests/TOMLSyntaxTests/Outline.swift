import Diagnostics
import TOMLSyntax
import Testing

/// A document as one line of text that tells types and exact values: `{a: int 1, b: [str "x"]}`.
enum Outline {
  static func of(_ text: String, _ location: SourceLocation = #_sourceLocation) -> String {
    let source = SourceText(name: "test.toml", text: text)
    let result = TOMLParser.parse(source)
    guard let document = result.document else {
      let report = TextRenderer(colour: false).render(result.diagnostics, sources: [source])
      Issue.record("not accepted:\n\(report)", sourceLocation: location)
      return "invalid"
    }
    #expect(result.diagnostics.isEmpty, sourceLocation: location)
    return outline(document.root)
  }

  /// The outline of one value written after `a = `.
  static func ofValue(_ text: String, _ location: SourceLocation = #_sourceLocation) -> String {
    String(of("a = \(text)", location).dropFirst("{a: ".count).dropLast())
  }

  private static func outline(_ table: TOMLTable) -> String {
    "{" + table.entries.map { "\($0.key.name): \(outline($0.value))" }.joined(separator: ", ") + "}"
  }

  private static func outline(_ value: TOMLValue) -> String {
    switch value.kind {
    case .string(let text): "str \(text.debugDescription)"
    case .integer(let number): "int \(number)"
    case .float(let number): "float \(number)"
    case .boolean(let truth): "bool \(truth)"
    case .dateTime(let moment): "\(moment.form) \(moment.text)"
    case .array(let elements): "[" + elements.map(outline).joined(separator: ", ") + "]"
    case .table(let table): outline(table)
    }
  }
}
