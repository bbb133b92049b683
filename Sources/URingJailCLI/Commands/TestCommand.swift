import ArgumentParser
import Diagnostics
import FilterCompiler
import Kernel
import Policy

/// `uring-jail test`: the `[[test]]` tables of policies.
struct TestCommand: DocumentedCommand {
  enum Format: String, CaseIterable, ExpressibleByArgument {
    /// Test Anything Protocol, version 14.
    case tap
    case json
  }

  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "run the tests in policies")

  static let help = """
    Runs the tests in policies. Asks no kernel.

    Usage: uring-jail test [OPTION...] POLICY...

      POLICY            a path, or - for standard input
      --format FORMAT   tap (Test Anything Protocol) or json
      --json            the same as --format json

    Every [[test]] table of a policy names a request, and the expected decision:

      [[test]]
      request = "openat2 flags=wronly,creat"
      expect = "deny"

    Exit status: 0 if all pass, 1 if one fails or a policy has an error.

    Examples:
      uring-jail test web.toml
      uring-jail test --json policies/*.toml

    """

  @Option(name: .long, help: "How to write results: tap or json.")
  var format: Format?

  @Flag(name: .long, help: "The same as --format json.")
  var json = false

  private var chosenFormat: Format { format ?? (json ? .json : .tap) }

  @OptionGroup
  var policies: PolicyArguments

  func validate() throws {
    if let mistake = JSONOption.mistake(json, format?.rawValue) { throw mistake }
    if policies.policies.isEmpty { throw ValidationError("Missing the policies to test") }
  }

  func run() throws {
    var results: [TestResult] = []
    var sources: [SourceText] = []
    var isIncomplete = false
    for reference in policies.references {
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
            let compiled = try? CompiledPolicy(policy)
            results += policy.tests.map { test in
              // Where a rule cannot be enforced yet, there is only the evaluator to ask.
              TestResult(
                test, ReferenceEvaluator.decide(test.request, under: policy),
                compiled: try? compiled?.allows(test.request))
            }
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
    guard Report.result(chosenFormat == .tap ? report.tap : report.json), report.isSuccess else {
      throw ExitCode(ExitStatus.no.rawValue)
    }
  }
}
