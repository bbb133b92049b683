import Diagnostics
import Policy
import PolicyAdvice
import PolicyLanguage
import URingABI

/// A policy on its way from bytes to a report, and what must hold on that way.
struct PolicyRun {
  private let files: MemoryFiles

  init(_ input: [UInt8]) {
    files = MemoryFiles(input)
  }

  func run() {
    let result = PolicyLoader.load(files.root, files: files)
    expect((result.policy == nil) == result.diagnostics.hasErrors, "a policy is there if there is no error")
    guard let policy = result.policy else {
      ReportRun(diagnostics: result.diagnostics, sources: result.sources).run()
      return
    }
    let remarks = PolicyChecker.check(policy, source: result.sources[0].id)
    expect(
      remarks.allSatisfy { $0.severity == .warning || $0.id == PolicyDiagnostics.testFailed },
      "the only error that a check finds is a failed test")
    let report = ReportRun(diagnostics: result.diagnostics + remarks, sources: result.sources)
    report.run()
    RemarkRun(policy, remarks).run()
    decide(under: policy, report)
  }

  private func decide(under policy: Policy, _ report: ReportRun) {
    for request in RequestRun.samples {
      let decision = ReferenceEvaluator.decide(request, under: policy)
      expect(!decision.reason.isEmpty, "a decision has a reason")
      if let rule = decision.rule { report.expectInside(rule) }
      expect(
        ReferenceEvaluator.decide(request, under: [policy, policy]).isAllowed == decision.isAllowed,
        "the same policy twice decides as it does once")
    }
    for operation in Operation.known where !policy.operations.permits(operation) {
      expect(
        !ReferenceEvaluator.decide(.submission(Submission(operation)), under: policy).isAllowed,
        "an operation that is not permitted is denied")
    }
  }
}
