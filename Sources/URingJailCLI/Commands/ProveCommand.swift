import Diagnostics
import FilterCompiler
import Kernel
import Policy
import PolicyProof
import URingABI

/// `uring-jail prove`: whether the programs that would be registered say what the policies say, on every input.
struct ProveCommand: Command {
  static let page = HelpPage(
    abstract: "prove that the filters enforce what the policies say",
    intro: "Proves that the filters made from policies enforce what the policies say.",
    usage: ["prove [OPTION...] POLICY..."],
    operands: [("POLICY", "a path, or - for standard input")],
    prose: [
      "The filters and restrictions of each policy are run for every possible input at once, and what they allow is "
        + "compared with what the policy allows. If the two differ, it prints a request on which they disagree."
    ],
    exitStatus: "0 if all is proven; 1 if something differs, or is too large to decide.",
    examples: ["uring-jail prove web.toml", "uring-jail prove --kernel 7.0 --json policies/*.toml"])

  private let kernel: KernelOption
  private let json: Bool
  private let policies: [PolicyReference]

  init(_ line: ParsedLine) throws(Mistake) {
    kernel = try KernelOption(line)
    json = line.has(.json)
    policies = try line.policies(missing: "prove")
  }

  func run() throws(CommandExit) {
    var reports: [ProofReport] = []
    var isComplete = true
    for reference in policies {
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
    guard Report.result(text), isComplete else { throw .no }
  }
}
