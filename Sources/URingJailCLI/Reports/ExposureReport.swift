import Diagnostics
import Policy
import PolicyAdvice

/// The known dangers that policies leave reachable.
struct ExposureReport {
  private let exposures: [(name: String, list: [Exposure])]
  private let sources: [SourceText]

  init(_ policies: [NamedPolicy], sources: [SourceText]) {
    exposures = policies.map { ($0.name, Exposure.all($0.policy)) }
    self.sources = sources
  }

  var text: String {
    exposures.map { name, list in
      var text = ParagraphText.wrapped(
        list.isEmpty
          ? "\(name): none of the known dangers is within reach" : "\(name): these known dangers are within reach")
      for exposure in list { text += self.text(exposure) }
      return text
    }.joined(separator: "\n")
  }

  private func text(_ exposure: Exposure) -> String {
    let reached = exposure.reachedBy.isEmpty ? "" : ": \(exposure.reachedBy.joined(separator: ", "))"
    var text = "\n" + ParagraphText.wrapped("\(exposure.danger.id)\(reached)\(places(exposure))", indent: 2, hanging: 4)
    text += ParagraphText.wrapped(exposure.danger.reason, indent: 4)
    for incident in exposure.danger.history {
      text += ParagraphText.wrapped("\(incident.id): \(incident.summary) [\(incident.source)]", indent: 4, hanging: 6)
    }
    return text
  }

  private func places(_ exposure: Exposure) -> String {
    var lines: [String] = []
    for place in exposure.places {
      let line = Report.place(place, in: sources)
      if !lines.contains(line) { lines.append(line) }
    }
    return lines.isEmpty ? "" : " (\(lines.joined(separator: ", ")))"
  }

  var json: JSON {
    .array(
      exposures.map { name, list in
        .object([
          "policy": .string(name),
          "dangers": .array(
            list.map { exposure in
              .object([
                "id": .string(exposure.danger.id), "reached_by": .array(exposure.reachedBy.map(JSON.string)),
                "places": .array(exposure.places.map { PlaceJSON.place($0, sources) }),
                "reason": .string(exposure.danger.reason),
                "history": .array(
                  exposure.danger.history.map { incident in
                    .object([
                      "id": .string(incident.id), "summary": .string(incident.summary),
                      "source": .string(incident.source),
                    ])
                  }),
              ])
            }),
        ])
      })
  }
}
