/// What the program can be asked to do.
package enum Subcommand: UInt8, CaseIterable, Sendable {
  case run, check, test, explain, compile, prove, diff, operations, policies, probe, learn, trace, help

  package var name: StaticString {
    switch self {
    case .run: "run"
    case .check: "check"
    case .test: "test"
    case .explain: "explain"
    case .compile: "compile"
    case .prove: "prove"
    case .diff: "diff"
    case .operations: "operations"
    case .policies: "policies"
    case .probe: "probe"
    case .learn: "learn"
    case .trace: "trace"
    case .help: "help"
    }
  }

  /// What a command takes beside its options.
  package enum Operands: Sendable {
    case none
    /// Policies or names, before `--` and behind it.
    case words
    /// A command to start, behind `--`.
    case target
  }

  package var operands: Operands {
    switch self {
    case .run, .learn, .trace: .target
    case .check, .test, .explain, .compile, .prove, .diff, .operations, .help: .words
    case .policies, .probe: .none
    }
  }

  /// What does it, for all but `run`: a launch reads its command line itself.
  var action: (any Command.Type)? {
    switch self {
    case .run: nil
    case .check: CheckCommand.self
    case .test: TestCommand.self
    case .explain: ExplainCommand.self
    case .compile: CompileCommand.self
    case .prove: ProveCommand.self
    case .diff: DiffCommand.self
    case .operations: OperationsCommand.self
    case .policies: PoliciesCommand.self
    case .probe: ProbeCommand.self
    case .learn: LearnCommand.self
    case .trace: TraceCommand.self
    case .help: HelpCommand.self
    }
  }

  var page: HelpPage { action?.page ?? RunRequest.page }
}

/// A command that makes its request from a command line.
protocol Command {
  static var page: HelpPage { get }

  init(_ line: ParsedLine) throws(Mistake)

  func run() throws(CommandExit)
}

/// How a command ends that does not end with 0.
enum CommandExit: Error {
  case status(Int32)
  case mistake(Mistake)

  static let no = CommandExit.status(ExitStatus.no.rawValue)
}
