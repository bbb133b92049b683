import Diagnostics
import Discovery
import Policy
import PolicyAdvice
import PolicyLanguage
import URingABI

/// One request as `trace` tells of it.
struct TracedRequest {
  let observed: ObservedRequest
  /// `nil` for a request that was allowed.
  let verdict: Attribution.Verdict?
  let processName: String
  let sources: [SourceText]

  /// In the language of requests.
  var request: String {
    switch observed.request {
    case .registration(.unseen): "register"
    default: observed.request.text
    }
  }

  private var place: (file: String, line: Int)? {
    guard let span = verdict?.place, let source = sources.first(where: { $0.id == span.source }) else { return nil }
    return (source.name, source.position(of: span.start).line)
  }

  /// `FILE:LINE`
  var placeText: String? { place.map { "\(Report.printable($0.file)):\($0.line)" } }

  /// Why, without the place; `nil` for a request that was allowed.
  var reason: String? {
    switch verdict {
    case .rule(let decision)?: decision.reason
    case .arguments(let table, _)?: "\(table) decides by arguments that are not visible"
    case .notThisPolicy?: "not by this policy, but by an outer jail or a restriction of the ring itself"
    case .noPolicy?: "by an unnamed policy; name it with --policy to see its rule"
    case nil: nil
    }
  }

  /// On one line, without the line's end.
  func text(_ time: TimeText) -> String {
    let who = "\(Report.printable(processName))[\(observed.task)]"
    let what = request + (observed.argumentsAreKnown || reason == nil ? "" : " (arguments not visible)")
    let why = reason.map { reason in ": \(placeText.map { $0 + ": " } ?? "")\(reason)" } ?? ""
    return "\(time.clock(observed.time)) \(who) \(reason == nil ? "allowed" : "denied") \(what)\(why)"
  }

  func json(_ time: TimeText) -> JSON {
    let name: String =
      switch observed.request {
      case .registration: "register"
      case .submission(let submission): submission.operation.name
      }
    return .object([
      "version": .integer(1), "event": .string(reason == nil ? "allowed" : "denied"),
      "time": .string(time.iso(observed.time)), "thread": .integer(Int64(observed.task)),
      "command": .string(processName), "operation": .string(name), "request": .string(request),
      "arguments_visible": .bool(observed.argumentsAreKnown), "by": by.map(JSON.string),
      "file": place.map { .string($0.file) }, "line": place.map { .integer(Int64($0.line)) },
      "reason": reason.map(JSON.string),
    ])
  }

  /// What denied it, in a word.
  private var by: String? {
    switch verdict {
    case .rule?: "rule"
    case .arguments?: "table"
    case .notThisPolicy?: "other"
    case .noPolicy?: "unknown"
    case nil: nil
    }
  }
}
