import Diagnostics
import Policy
import PolicyAdvice
import URingABI

/// What policies allow, in plain words.
struct OverviewReport {
  private let overviews: [(name: String, overview: PolicyOverview)]
  private let sources: [SourceText]

  init(_ policies: [NamedPolicy], sources: [SourceText]) {
    overviews = policies.map { ($0.name, PolicyOverview($0.policy)) }
    self.sources = sources
  }

  // MARK: Text

  var text: String {
    let introduction =
      overviews.count > 1
      ? ParagraphText.wrapped(
        "\(overviews.count) policies: each of them must allow a request; what one of them denies is denied.")
        + "\n" : ""
    return introduction + overviews.map { text($0.overview, named: $0.name) }.joined(separator: "\n")
  }

  private func text(_ overview: PolicyOverview, named name: String) -> String {
    var text = ParagraphText.wrapped("\(name)\(overview.description.map { ": \($0)" } ?? "")")
    text += ParagraphText.wrapped(withPlaces(overview.summary))
    for section in overview.sections {
      text += "\n\(section.part.title)\n"
      if section.statements.isEmpty { text += "  nothing is allowed\n" }
      for statement in section.statements { text += lines(statement, indent: 2) }
      if !section.denied.isEmpty, !section.statements.isEmpty {
        text += ParagraphText.wrapped("denied: \(section.denied.joined(separator: ", "))", indent: 2, hanging: 4)
      }
    }
    text += "\nWhat filters for io_uring cannot restrict under this policy\n"
    for limit in overview.limits { text += ParagraphText.wrapped("- \(limit.text)", indent: 2, hanging: 4) }
    text += "\nWhat systemd can enforce in addition\n"
    for directive in overview.directives {
      text += ParagraphText.wrapped(directive.line, indent: 2, hanging: 4)
      text += ParagraphText.wrapped(directive.reason, indent: 6)
    }
    return text
  }

  private func lines(_ statement: PolicyOverview.Statement, indent: Int) -> String {
    ParagraphText.wrapped(withPlaces(statement), indent: indent, hanging: indent + 4)
      + statement.details.map { lines($0, indent: indent + 2) }.joined()
  }

  /// `make sockets: socket (web.toml:12)`
  private func withPlaces(_ statement: PolicyOverview.Statement) -> String {
    // Details say in their own words which operations they are about.
    let names =
      statement.operations.isEmpty || statement.text.contains(statement.operations[0].name + " ")
        || statement.text == statement.operations.map(\.name).joined()
      ? "" : ": " + statement.operations.map(\.name).joined(separator: ", ")
    return statement.text + names + places(statement)
  }

  /// Of many places in one file, the first and the last.
  private func places(_ statement: PolicyOverview.Statement) -> String {
    var lines: [String] = []
    for place in statement.places {
      let line = Report.place(place, in: sources)
      if !lines.contains(line) { lines.append(line) }
    }
    return lines.isEmpty ? "" : " (\(lines.joined(separator: ", ")))"
  }

  // MARK: JSON

  var json: String {
    JSON.object([
      "version": .integer(1), "policies": .array(overviews.map { json($0.overview, named: $0.name) }),
    ]).pretty
  }

  private func json(_ overview: PolicyOverview, named name: String) -> JSON {
    .object([
      "policy": .string(name), "description": overview.description.map(JSON.string) ?? .null,
      "summary": json(overview.summary),
      "parts": .array(
        overview.sections.map { section in
          .object([
            "part": .string(section.part.rawValue), "title": .string(section.part.title),
            "statements": .array(section.statements.map(json)), "denied": .array(section.denied.map(JSON.string)),
          ])
        }),
      "not_restricted": .array(
        overview.limits.map { .object(["id": .string($0.id), "text": .string($0.text)]) }),
      "systemd": .array(
        overview.directives.map { directive in
          .object([
            "directive": .string(directive.name), "value": .string(directive.value),
            "reason": .string(directive.reason),
          ])
        }),
    ])
  }

  private func json(_ statement: PolicyOverview.Statement) -> JSON {
    .object([
      "text": .string(statement.text), "operations": .array(statement.operations.map { .string($0.name) }),
      "places": .array(statement.places.map { PlaceJSON.place($0, sources) }),
      "details": .array(statement.details.map(json)),
    ])
  }
}
