/// Findings as they come, and no more than anybody reads: a text of some megabytes can have millions of mistakes.
package struct FindingList: Sendable {
  /// How many findings of each severity are kept.
  package static let most = 1_000

  /// What was found, in that order. Where something was left out, a finding of the same severity says so.
  package private(set) var all: [Diagnostic] = []
  private var errors = 0
  private var warnings = 0
  private let overflow: Diagnostic.ID

  /// `overflow`: the kind of the finding that says that there are more.
  package init(overflow: Diagnostic.ID) {
    self.overflow = overflow
  }

  package mutating func append(_ finding: Diagnostic) {
    let count = finding.severity == .error ? errors : warnings
    if count > Self.most { return }
    if finding.severity == .error { errors += 1 } else { warnings += 1 }
    guard count == Self.most else {
      all.append(finding)
      return
    }
    let kind = finding.severity == .error ? "errors" : "warnings"
    all.append(
      Diagnostic(
        overflow, "there are more than \(Self.most) \(kind); the others are not shown", at: finding.span,
        severity: finding.severity, help: "correct these first"))
  }

  package mutating func append(contentsOf findings: [Diagnostic]) {
    for finding in findings { append(finding) }
  }
}
