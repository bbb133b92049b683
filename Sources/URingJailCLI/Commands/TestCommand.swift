import ArgumentParser
import Diagnostics
import FilterCompiler
import Kernel
import Policy

/// `uring-jail test`: the `[[test]]` tables of policies.
struct TestCommand: ParsableCommand {
  enum Format: String, CaseIterable, ExpressibleByArgument {
    /// Test Anything Protocol, version 14.
    case tap
    case json
  }

  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Run the tests that policies carry.",
    usage: "uring-jail test [--format tap|json] POLICY...",
    discussion: """
      Every [[test]] table names a request and what the policy must decide about it. Exit status: 0 if all hold, 1 if \
      one fails or a policy has an error, 64 for a mistake in the command line.

      Example:
        uring-jail test web.toml
      """)

  @Option(name: .long, help: "How to write results: tap or json.")
  var format: Format = .tap

  @OptionGroup
  var policies: PolicyArguments

  func validate() throws {
    if policies.policies.isEmpty { throw ValidationError("Missing the policies to test") }
  }

  func run() throws {
    var results: [TestResult] = []
    var sources: [SourceText] = []
    var isIncomplete = false
    for reference in policies.references {
      do throws(PolicySet.Failure) {
        let set = try PolicySet.loadText(
          reference, trust: .accept, firstSource: sources.count, calls: LinuxSystemCalls())
        sources += set.sources
        if set.diagnostics.hasErrors {
          Report.findings(set.diagnostics.filter { $0.severity == .error }, sources, to: .error)
          isIncomplete = true
        }
        for policy in set.policies {
          let compiled = try? CompiledPolicy(policy)
          results += policy.tests.map { test in
            // Where a rule cannot be enforced yet, there is only the evaluator to ask.
            TestResult(
              test, ReferenceEvaluator.decide(test.request, under: policy),
              compiled: try? compiled?.allows(test.request))
          }
        }
      } catch {
        Report.error("\(error.message)\(error.help.map { " (\($0))" } ?? "")")
        isIncomplete = true
      }
    }
    if results.isEmpty, !isIncomplete {
      Report.error("there is no [[test]] table in \(policies.policies.joined(separator: ", "))")
    }
    let report = TestReport(results: results, sources: sources, isIncomplete: isIncomplete)
    guard Report.result(format == .tap ? report.tap : report.json), report.isSuccess else {
      throw ExitCode(ExitStatus.no.rawValue)
    }
  }
}
