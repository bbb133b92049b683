import Foundation
import Policy
import TestSupport
import Testing

/// A line of `uring-effects`: a request, how it ended, and what came to be.
struct Effect: CustomStringConvertible {
  let asked: [Substring]
  /// 0, or an error, negated.
  let result: Int
  let got: [Substring]
  let description: String

  init?(_ line: Substring) {
    let words = line.split(separator: " ")
    guard let middle = words.firstIndex(of: "="), words.count > middle + 1, let result = Int(words[middle + 1]) else {
      return nil
    }
    asked = Array(words[1..<middle])
    self.result = result
    got = Array(words[(middle + 2)...])
    description = String(line)
  }

  var isMade: Bool { result >= 0 }
  /// EACCES: what a jail says, and here and there the kernel itself.
  var isDenied: Bool { result == -13 }

  /// What came of every request, without a jail or under a policy.
  static func all(
    _ command: [String], under policy: String? = nil, wrapper: [String] = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [Effect] {
    let line = [Lab.effects] + command
    let outcome = try policy.map { try jailed($0, command: line, wrapper: wrapper) } ?? run(wrapper + line)
    try #require(outcome.status == 0, "\(outcome.errors)", sourceLocation: sourceLocation)
    let lines = outcome.output.split(separator: "\n")
    let effects = lines.compactMap(Effect.init)
    try #require(effects.count == lines.count && !lines.isEmpty, sourceLocation: sourceLocation)
    return effects
  }
}

/// What does not agree, in one issue: all of it would drown the first.
func report(
  _ contradictions: [String], of count: Int, under policy: String = "no policy",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  if contradictions.isEmpty { return }
  let list = contradictions.prefix(20).joined(separator: "\n")
  Issue.record(
    "\(contradictions.count) of \(count) under \(policy):\n\(list)\(contradictions.count > 20 ? "\n..." : "")",
    sourceLocation: sourceLocation)
}

/// A policy as the launcher gets it and as the evaluator reads it.
struct EffectPolicy {
  let text: String
  let policy: Policy

  init(_ text: String) throws {
    self.text = text
    let read = ReadPolicy(whole: text)
    policy = try #require(read.policy, "\(text): \(read.diagnostics)")
  }

  func allows(_ submission: Submission) -> Bool {
    ReferenceEvaluator.decide(.submission(submission), under: policy).isAllowed
  }
}
