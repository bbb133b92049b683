import Diagnostics
import Policy
import PolicyAdvice
import PolicyLanguage

/// What policies say to one request, and what they would have to say for it to be allowed.
struct RequestReport {
  private struct Verdict {
    let name: String
    let decision: Decision
    let objections: [Objection]
    let added: [AddedFlagDenial]
  }

  private let request: Request
  private let verdicts: [Verdict]
  private let sources: [SourceText]

  init(_ request: Request, under policies: [NamedPolicy], sources: [SourceText]) {
    self.request = request
    self.sources = sources
    // Restrictions hold flags only if all of the policies let them.
    let all = policies.map(\.policy)
    let circumstances = Circumstances(insideAnotherJail: all.holdCommonFlagsByFilters())
    let isAllowed = ReferenceEvaluator.decide(request, under: all).isAllowed
    verdicts = policies.map { named in
      Verdict(
        name: named.name, decision: ReferenceEvaluator.decide(request, under: named.policy, in: circumstances),
        objections: Objections.all(to: request, in: named.policy, beside: all),
        added: isAllowed ? AddedFlagDenial.all(of: request, under: named.policy, beside: all) : [])
    }
  }

  /// Each of the policies must allow.
  var isAllowed: Bool { verdicts.allSatisfy(\.decision.isAllowed) }

  // MARK: Text

  func text(colour: Bool, columns: Int? = nil) -> String {
    let renderer = TextRenderer(colour: colour, columns: columns)
    var text = "\(isAllowed ? "allowed" : "denied"): \(Report.printable(request.text))\n"
    for verdict in verdicts {
      if verdicts.count > 1 {
        text += "\n\(Report.printable(verdict.name)) \(verdict.decision.isAllowed ? "allows" : "denies") it\n"
      } else {
        text += "\n"
      }
      if verdict.decision.isAllowed {
        text += renderer.remark("allowed", verdict.decision.reason, at: verdict.decision.rule, sources: sources)
      }
      for added in verdict.added {
        text += renderer.remark(
          "note", "\(added.circumstance.place) it is denied: \(added.decision.reason)", at: added.decision.rule,
          sources: sources)
      }
      for objection in verdict.objections {
        text += renderer.remark("denied", objection.reason, at: objection.rule, sources: sources)
      }
      if !verdict.objections.isEmpty { text += "\n" + changes(verdict) }
    }
    return text
  }

  /// What to do for the request to be allowed, all of it.
  private func changes(_ verdict: Verdict) -> String {
    let objections = verdict.objections
    var text = "To allow it"
    text += objections.flatMap(\.changes).count > 1 ? ", all of these are needed:\n" : ":\n"
    for objection in objections {
      for change in objection.changes { text += line(change) }
      if let remark = objection.remark { text += ParagraphText.wrapped("(\(remark))", indent: 4) }
    }
    return text
  }

  private func line(_ change: PolicyChange) -> String {
    let places = unique(change.places.map { Report.place($0, in: sources) })
    let whole = change.places.contains { isGroup($0, change) }
    let group = whole ? "; it is there as part of a group: list the other members of the group instead" : ""
    return ParagraphText.wrapped(
      "\(change.text)\(places.isEmpty ? "" : " (\(places.joined(separator: ", ")))")\(group)", indent: 2, hanging: 4)
  }

  /// True if the name of a group stands at the place of something to remove.
  private func isGroup(_ place: SourceSpan, _ change: PolicyChange) -> Bool {
    guard !change.isAddition, let source = sources.first(where: { $0.id == place.source }) else { return false }
    let bytes = source.bytes[place.range.clamped(to: 0..<source.bytes.count)]
    return bytes.dropFirst().first == UInt8(ascii: "@")
  }

  private func unique(_ texts: [String]) -> [String] {
    texts.reduce(into: []) { unique, text in if !unique.contains(text) { unique.append(text) } }
  }

  // MARK: JSON

  var json: String {
    JSON.object([
      "version": .integer(1), "request": .string(request.text), "allowed": .bool(isAllowed),
      "policies": .array(
        verdicts.map { verdict in
          .object([
            "policy": .string(verdict.name), "allowed": .bool(verdict.decision.isAllowed),
            "reason": .string(verdict.decision.reason), "place": PlaceJSON.place(verdict.decision.rule, sources),
            "objections": .array(verdict.objections.map(json)),
            "denied_elsewhere": .array(verdict.added.map(json)),
          ])
        }),
    ]).pretty
  }

  private func json(_ added: AddedFlagDenial) -> JSON {
    .object([
      "circumstance": .string(added.circumstance.rawValue), "seen_by_filters": .string(added.seen.text),
      "reason": .string(added.decision.reason), "place": PlaceJSON.place(added.decision.rule, sources),
    ])
  }

  private func json(_ objection: Objection) -> JSON {
    .object([
      "reason": .string(objection.reason), "place": PlaceJSON.place(objection.rule, sources),
      "changes": .array(
        objection.changes.map { change in
          .object([
            "change": .string(change.isAddition ? "add" : "remove"), "table": .string(change.table),
            "key": change.key.map(JSON.string) ?? .null, "values": .array(change.values.map(JSON.string)),
            "places": .array(change.places.map { PlaceJSON.place($0, sources) }),
          ])
        }),
      "remark": objection.remark.map(JSON.string) ?? .null,
    ])
  }
}

extension AddedFlagDenial.Circumstance {
  /// The beginning of a sentence.
  fileprivate var place: String {
    switch self {
    case .insideAnotherJail: "inside another jail"
    case .behindDrain: "after a request with io_drain"
    case .behindDrainedLink: "after linked requests of which one has io_drain"
    }
  }
}
