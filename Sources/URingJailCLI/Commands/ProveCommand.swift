import ArgumentParser
import Diagnostics
import FilterCompiler
import Kernel
import Policy
import PolicyProof
import URingABI

/// `uring-jail prove`: whether the programs that would be registered say what the policies say, on every input.
struct ProveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Prove that the filters made of policies say what the policies say.",
    usage: "uring-jail prove [--kernel X.Y] [--json] POLICY...",
    discussion: """
      Runs the filters and restrictions of each policy for every possible input at once, and compares what they allow \
      with what the policy allows. If the two differ, a request is printed about which they disagree.

      Exit status: 0 if all is proven, 1 if something differs or is too large to decide, 64 for a mistake in the \
      command line.

      Example:
        uring-jail prove web.toml
      """)

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
        let set = try PolicySet.loadText(reference, trust: .accept, calls: LinuxSystemCalls())
        if set.diagnostics.hasErrors {
          Report.findings(set.diagnostics.filter { $0.severity == .error }, set.sources, to: .error)
          isComplete = false
          continue
        }
        do throws(CompilationFailure) {
          reports.append(try ProofReport(set, named: reference.description, for: kernel.target))
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
    let text = json ? JSON.array(reports.map(\.json)).pretty : reports.map(\.text).joined()
    guard Report.result(text), isComplete else { throw ExitCode(ExitStatus.no.rawValue) }
  }
}
