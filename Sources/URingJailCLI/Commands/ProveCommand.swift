import ArgumentParser
import Diagnostics
import FilterCompiler
import Kernel
import Policy
import PolicyProof
import URingABI

/// `uring-jail prove`: whether the programs that would be registered say what the policies say, on every input.
struct ProveCommand: DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "prove that the filters enforce what the policies say")

  static let help = """
    Proves that the filters made from policies enforce what the policies say.

    Usage: uring-jail prove [OPTION...] POLICY...

      POLICY            a path, or - for standard input
      --kernel RELEASE  for 7.0, 7.1, 7.2 or 7.3, not for the running kernel
      --json            write JSON

    The filters and restrictions of each policy are run for every possible input at
    once, and what they allow is compared with what the policy allows. If the two
    differ, it prints a request on which they disagree.

    Exit status: 0 if all is proven; 1 if something differs, or is too large to
    decide.

    Examples:
      uring-jail prove web.toml
      uring-jail prove --kernel 7.0 --json policies/*.toml

    """

  @OptionGroup
  var kernel: KernelOption

  @ArgumentParser.Flag(name: .long, help: "Write JSON.")
  var json = false

  @OptionGroup
  var policies: PolicyArguments

  func validate() throws {
    if policies.policies.isEmpty { throw ValidationError("Missing the policies to prove") }
  }

  func run() throws {
    var reports: [ProofReport] = []
    var isComplete = true
    for reference in policies.references {
      do throws(PolicySet.Failure) {
        let set = try reference.during("reading") { () throws(PolicySet.Failure) in
          try PolicySet.loadText(reference, trust: .accept, calls: LinuxSystemCalls())
        }
        if set.diagnostics.hasErrors {
          Report.findings(set.diagnostics.filter { $0.severity == .error }, set.sources, to: .error)
          isComplete = false
          continue
        }
        do throws(CompilationFailure) {
          let report = try reference.during("proving") { () throws(CompilationFailure) in
            try ProofReport(set, named: reference.description, for: kernel.target)
          }
          reports.append(report)
        } catch {
          Report.findings([error.diagnostic], set.sources, to: .error)
          Report.error("'\(reference.description)' cannot be compiled for \(kernel.target.name); nothing is proven")
          isComplete = false
        }
      } catch {
        Report.error("\(error.message)\(error.help.map { " (\($0))" } ?? "")")
        isComplete = false
      }
    }
    isComplete = isComplete && reports.allSatisfy(\.isComplete)
    let text =
      json
      ? JSON.object(["version": .integer(1), "policies": .array(reports.map(\.json))]).pretty
      : reports.map(\.text).joined()
    guard Report.result(text), isComplete else { throw ExitCode(ExitStatus.no.rawValue) }
  }
}
