import ArgumentParser
import Diagnostics
import FilterCompiler
import Kernel
import Policy
import PolicyProof
import URingABI

/// `uring-jail diff`: what one policy allows that another one does not.
struct DiffCommand: DocumentedCommand {
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
    /// Workflow commands, which GitHub shows beside the lines of the new policy.
    case github
  }

  /// What the exit status says; nothing else of it is 2 or 3.
  private enum Outcome: Int32 {
    case same = 0
    case stricter = 1
    case looser = 2
    case notCompared = 3
  }

  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "show what a changed policy newly allows, and newly denies")

  static let help = """
    Shows what a changed policy allows that the old one did not, and the reverse.

    Usage: uring-jail diff [OPTION...] OLD NEW

      OLD, NEW          a path, or - for standard input: a policy, a precompiled
                        policy, or a filter as 'compile --format raw' writes it
      --operation NAME  compare the requests of this operation only; needed for
                        filters
      --format FORMAT   text, json, or github
      --json            the same as --format json

    The command compares meanings, not texts, for every possible request. Each
    difference comes with an example for 'uring-jail explain'.

    Exit status: 0 if both mean the same; 1 if the new one is only stricter; 2 if
    it is looser somewhere; 3 if they cannot be compared.

    Examples:
      uring-jail diff old.toml new.toml
      git show HEAD:web.toml | uring-jail diff - web.toml
      uring-jail diff --operation connect mine.toml theirs.bpf

    """

  @Option(name: .long, help: "How to write differences: text, json or github.")
  var format: Format?

  @ArgumentParser.Flag(name: .long, help: "The same as --format json.")
  var json = false

  @Option(name: .long, help: ArgumentHelp("Only the requests of this operation.", valueName: "name"))
  var operation: String?

  @OptionGroup
  var policies: PolicyArguments

  private var chosenFormat: Format { format ?? (json ? .json : .text) }

  func validate() throws {
    if let mistake = JSONOption.mistake(json, format?.rawValue) { throw mistake }
    if policies.policies.count != 2 {
      throw ValidationError(
        policies.policies.count < 2
          ? "Name two policies: the old one and the new one"
          : "'diff' compares two policies, but \(policies.policies.count) are named")
    }
    _ = try operation.map(OperationArgument.parse)
  }

  func run() throws {
    let operation = try operation.map(OperationArgument.parse)
    guard let sides = try sides(operation) else { throw ExitCode(Outcome.notCompared.rawValue) }
    let report = sides.new.reference.during("comparing") {
      ComparisonReport(sides.old, sides.new, operation: operation)
    }
    let text =
      switch chosenFormat {
      case .text: report.text
      case .json: report.json.pretty
      case .github: report.github
      }
    guard Report.result(text) else { throw ExitCode(Outcome.notCompared.rawValue) }
    let outcome: Outcome =
      if !report.isComplete {
        .notCompared
      } else if report.comparison.has(.looser) {
        .looser
      } else {
        report.comparison.has(.stricter) ? .stricter : .same
      }
    if outcome != .same { throw ExitCode(outcome.rawValue) }
  }

  /// Both policies; `nil`, and a message, if one of them is no policy.
  private func sides(_ operation: URingABI.Operation?) throws -> (old: ComparedPolicy, new: ComparedPolicy)? {
    var sides: [ComparedPolicy] = []
    for reference in policies.references {
      do throws(PolicySet.Failure) {
        let firstSource = sides.reduce(0) { $0 + $1.sources.count }
        let set = try PolicySet.load(
          [reference], trust: .accept, firstSource: firstSource, acceptsFilters: true, calls: LinuxSystemCalls())
        if set.diagnostics.hasErrors {
          Report.findings(set.diagnostics.filter { $0.severity == .error }, set.sources, to: .error)
          Report.error("'\(reference.description)' has errors; nothing is compared")
          return nil
        }
        sides.append(try ComparedPolicy(set, reference))
      } catch {
        Report.error("\(error.message)\(error.help.map { " (\($0))" } ?? "")")
        return nil
      }
    }
    if operation == nil, let filter = sides.first(where: \.isFilter) {
      throw ValidationError(
        "'\(filter.reference.description)' is a bare filter, which does not name its operation; "
          + "add '--operation NAME'")
    }
    return (sides[0], sides[1])
  }
}
