/// Writes findings as a SARIF 2.1.0 log (OASIS standard) with one run.
package struct SARIFRenderer {
  /// The version of the program that found them.
  private let version: String
  private let explanations: [Explanation]

  /// `explanations`: of every kind that is reported.
  package init(version: String, explanations: [Explanation]) {
    self.version = version
    self.explanations = explanations
  }

  /// `accepted`: findings that are suppressed in the text itself, each with the reason; for programs that read the log
  /// these are not problems.
  package func render(
    _ diagnostics: [Diagnostic], accepted: [(finding: Diagnostic, reason: String)] = [], sources: [SourceText]
  ) -> String {
    JSON.object([
      "$schema": .string("https://json.schemastore.org/sarif-2.1.0.json"),
      "version": .string("2.1.0"),
      "runs": .array([
        .object([
          "tool": .object([
            "driver": .object([
              "name": .string("uring-jail"), "version": .string(version), "rules": .array(explanations.map(rule)),
            ])
          ]),
          "columnKind": .string("unicodeCodePoints"),
          "results": .array(
            diagnostics.inOrderOfPlace().map { result($0, nil, sources) }
              + accepted.map { result($0.finding, $0.reason, sources) }),
        ])
      ]),
    ]).pretty
  }

  private func rule(_ explanation: Explanation) -> JSON {
    .object([
      "id": .string(explanation.id.name),
      "shortDescription": Self.text(explanation.title),
      "fullDescription": Self.text(explanation.meaning),
      "defaultConfiguration": .object(["level": .string(explanation.severity.rawValue)]),
    ])
  }

  private func result(_ diagnostic: Diagnostic, _ accepted: String?, _ sources: [SourceText]) -> JSON {
    let help = diagnostic.help.map { " (\($0))" } ?? ""
    let related = diagnostic.notes.compactMap { note -> JSON? in
      guard let span = note.span, let location = Location(span, sources) else { return nil }
      return Self.place(location, message: note.message)
    }
    return .object([
      "ruleId": .string(diagnostic.id.name),
      "ruleIndex": explanations.firstIndex { $0.id == diagnostic.id }.map { .integer(Int64($0)) },
      "level": .string(diagnostic.severity.rawValue),
      "message": Self.text(diagnostic.message + help),
      "locations": .array(Location(diagnostic.span, sources).map { [Self.place($0, message: nil)] } ?? []),
      "relatedLocations": related.isEmpty ? nil : .array(related),
      "suppressions": accepted.map { reason in
        .array([.object(["kind": .string("inSource"), "justification": .string(reason)])])
      },
    ])
  }

  private static func place(_ location: Location, message: String?) -> JSON {
    .object([
      "physicalLocation": .object([
        "artifactLocation": .object(["uri": .string(uri(location.file))]),
        "region": .object([
          "startLine": .integer(Int64(location.start.line)), "startColumn": .integer(Int64(location.start.column)),
          "endLine": .integer(Int64(location.end.line)), "endColumn": .integer(Int64(location.end.column)),
        ]),
      ]),
      "message": message.map(text),
    ])
  }

  private static func text(_ text: String) -> JSON { .object(["text": .string(text)]) }

  /// A path as a relative reference or a file URI (RFC 3986, RFC 8089).
  private static func uri(_ path: String) -> String {
    var result = path.hasPrefix("/") ? "file://" : ""
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"), UInt8(ascii: "/"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += "%" + (digits.count < 2 ? "0" : "") + digits
      }
    }
    return result
  }
}
