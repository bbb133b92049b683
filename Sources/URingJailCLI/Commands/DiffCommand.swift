import Diagnostics
import FilterCompiler
import Kernel
import Policy
import PolicyProof
import URingABI

/// `uring-jail diff`: what one policy allows that another one does not.
struct DiffCommand: Command {
  enum Format: String, CaseIterable {
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

  static let page = HelpPage(
    abstract: "show what a changed policy newly allows, and newly denies",
    intro: "Shows what a changed policy allows that the old one did not, and the reverse.",
    usage: ["diff [OPTION...] OLD NEW"],
    operands: [
      (
        "OLD, NEW",
        "a path, or - for standard input: a policy, a precompiled policy, or a filter as 'compile --format raw' "
          + "writes it"
      )
    ],
    prose: [
      "The command compares meanings, not texts, for every possible request. Each difference comes with an example "
        + "for 'uring-jail explain'."
    ],
    exitStatus: "0 if both mean the same; 1 if the new one is only stricter; 2 if it is looser somewhere; 3 if they "
      + "cannot be compared.",
    examples: [
      "uring-jail diff old.toml new.toml",
      "git show HEAD:web.toml | uring-jail diff - web.toml",
      "uring-jail diff --operation connect mine.toml theirs.bpf",
    ])

  private let format: Format
  private let operation: URingABI.Operation?
  private let policies: [PolicyReference]

  init(_ line: ParsedLine) throws(Mistake) {
    format = try line.format(.differenceFormat) ?? .text
    policies = try line.policies(missing: nil)
    if policies.count != 2 {
      throw .says(
        policies.count < 2
          ? "Name two policies: the old one and the new one"
          : "'diff' compares two policies, but \(policies.count) are named")
    }
    operation = try line.operation(.comparedOperation)
  }

  func run() throws(CommandExit) {
    guard let sides = try sides() else { throw .status(Outcome.notCompared.rawValue) }
    let report = sides.new.reference.during("comparing") {
      ComparisonReport(sides.old, sides.new, operation: operation)
    }
    let text =
      switch format {
      case .text: report.text
      case .json: report.json.pretty
      case .github: report.github
      }
    guard Report.result(text) else { throw .status(Outcome.notCompared.rawValue) }
    let outcome: Outcome =
      if !report.isComplete {
        .notCompared
      } else if report.comparison.has(.looser) {
        .looser
      } else {
        report.comparison.has(.stricter) ? .stricter : .same
      }
    if outcome != .same { throw .status(outcome.rawValue) }
  }

  /// Both policies; `nil`, and a message, if one of them is no policy.
  private func sides() throws(CommandExit) -> (old: ComparedPolicy, new: ComparedPolicy)? {
    var sides: [ComparedPolicy] = []
    for reference in policies {
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
      throw .mistake(
        .says(
          "'\(filter.reference.description)' is a bare filter, which does not name its operation; "
            + "add '--operation NAME'"))
    }
    return (sides[0], sides[1])
  }
}
