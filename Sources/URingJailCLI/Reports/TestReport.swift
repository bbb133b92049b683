import Diagnostics
import Policy
import PolicyAdvice

/// One `[[test]]` and what came of it.
struct TestResult {
  let test: PolicyTest
  let decision: Decision
  /// What the compiled programs say; `nil` where the policy cannot be compiled.
  let compiled: Bool?

  /// The policy and its programs must both say what is expected.
  var isPassed: Bool { isAgreed && decision.isAllowed == (test.expectation == .allow) }
  var isAgreed: Bool { (compiled ?? decision.isAllowed) == decision.isAllowed }
  var outcome: String { decision.isAllowed ? "allow" : "deny" }

  init(_ test: PolicyTest, _ decision: Decision, compiled: Bool?) {
    self.test = test
    self.decision = decision
    self.compiled = compiled
  }

  /// Why the outcome is what it is.
  var reason: String {
    isAgreed
      ? decision.reason
      : "\(decision.reason), but the compiled program decides otherwise; this is a bug in uring-jail: please report it"
  }
}

/// What came of all tests.
struct TestReport {
  let results: [TestResult]
  let sources: [SourceText]
  /// True if a policy had errors or could not be read.
  let isIncomplete: Bool

  var isSuccess: Bool { !isIncomplete && results.allSatisfy(\.isPassed) }

  /// Test Anything Protocol, version 14 (https://testanything.org).
  var tap: String {
    var text = "TAP version 14\n1..\(results.count)\n"
    for (index, result) in results.enumerated() {
      let verdict = result.isPassed ? "ok" : "not ok"
      text += "\(verdict) \(index + 1) - \(Self.description(result.test.text)): \(result.test.expectation.rawValue)\n"
      if result.isPassed { continue }
      text += "  ---\n"
      text += "  at: \(JSON.string(place(result.test.span)).compact)\n"
      text += "  expected: \(result.test.expectation.rawValue)\n"
      text += "  got: \(result.outcome)\n"
      text += "  reason: \(JSON.string(result.reason).compact)\n"
      if let rule = result.decision.rule { text += "  rule: \(JSON.string(place(rule)).compact)\n" }
      text += "  ...\n"
    }
    if isIncomplete { text += "Bail out! a policy has errors or cannot be read\n" }
    return text
  }

  var json: String {
    JSON.object([
      "version": .integer(1),
      "passed": .integer(Int64(results.count(where: \.isPassed))),
      "failed": .integer(Int64(results.count { !$0.isPassed })),
      "complete": .bool(!isIncomplete),
      "tests": .array(
        results.map { result in
          .object([
            "request": .string(result.test.text), "expect": .string(result.test.expectation.rawValue),
            "outcome": .string(result.outcome), "passed": .bool(result.isPassed),
            "reason": .string(result.reason), "at": .string(place(result.test.span)),
            "rule": result.decision.rule.map { .string(place($0)) } ?? .null,
          ])
        }),
    ]).pretty
  }

  /// `file:line`
  private func place(_ span: SourceSpan) -> String { Report.place(span, in: sources) }

  /// TAP gives `#` and line ends a meaning of their own.
  private static func description(_ text: String) -> String {
    Report.printable(text).split(separator: "#", omittingEmptySubsequences: false).joined(separator: "\\#")
  }
}
