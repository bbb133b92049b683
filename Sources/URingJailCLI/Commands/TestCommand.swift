import Diagnostics
import FilterCompiler
import Kernel
import Policy

/// `uring-jail test`: the `[[test]]` tables of policies.
struct TestCommand: Command {
  enum Format: String, CaseIterable {
    /// Test Anything Protocol, version 14.
    case tap
    case json
  }

  static let page = HelpPage(
    abstract: "run the tests in policies",
    intro: "Runs the tests in policies. Asks no kernel.",
    usage: ["test [OPTION...] POLICY..."],
    operands: [("POLICY", "a path, or - for standard input")],
    prose: [
      "Every [[test]] table of a policy names a request, and the expected decision:",
      """
        [[test]]
        request = "openat2 flags=wronly,creat"
        expect = "deny"

      """,
    ],
    exitStatus: "0 if all pass, 1 if one fails or a policy has an error.",
    examples: ["uring-jail test web.toml", "uring-jail test --json policies/*.toml"])

  private let format: Format
  private let policies: [PolicyReference]

  init(_ line: ParsedLine) throws(Mistake) {
    format = try line.format(.resultFormat) ?? .tap
    policies = try line.policies(missing: "test")
  }

  func run() throws(CommandExit) {
    var results: [TestResult] = []
    var sources: [SourceText] = []
    var isIncomplete = false
    for reference in policies {
      do throws(PolicySet.Failure) {
        let set = try reference.during("reading") { () throws(PolicySet.Failure) in
          try PolicySet.loadText(reference, trust: .accept, firstSource: sources.count, calls: LinuxSystemCalls())
        }
        sources += set.sources
        if set.diagnostics.hasErrors {
          Report.findings(set.diagnostics.filter { $0.severity == .error }, sources, to: .error)
          isIncomplete = true
        }
        reference.during("testing") {
          for policy in set.policies {
            let combined = CombinedPolicy(policy)
            results += policy.tests.map { test in
              // Where a rule cannot be enforced yet, there is only the evaluator to ask.
              TestResult(
                test, ReferenceEvaluator.decide(test.request, under: policy),
                compiled: try? combined.allows(test.request))
            }
          }
        }
      } catch {
        Report.error("\(error.message)\(error.help.map { " (\($0))" } ?? "")")
        isIncomplete = true
      }
    }
    if results.isEmpty, !isIncomplete {
      Report.error("there is no [[test]] table in \(policies.map(\.description).joined(separator: ", "))")
    }
    let report = TestReport(results: results, sources: sources, isIncomplete: isIncomplete)
    guard Report.result(format == .tap ? report.tap : report.json), report.isSuccess else {
      throw .no
    }
  }
}
