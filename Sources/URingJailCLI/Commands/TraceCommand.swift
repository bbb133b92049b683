import Kernel

/// `uring-jail trace`: what is denied, as it happens.
struct TraceCommand: Command {
  static let page = HelpPage(
    abstract: "show every denied request as it happens",
    intro: "Shows every denied request as it happens, with the rule that denied it.",
    usage: [
      "trace [OPTION...] --policy POLICY -- COMMAND [ARGUMENT...]", "trace [OPTION...] --pid PID | --all",
    ],
    prose: [
      "Needs root and tracefs; \"uring-jail probe\" shows whether it works here. With a command, lines go to standard "
        + "error."
    ],
    exitStatus: "with a command, its own; otherwise 0, or 1 if events were lost; 125: not possible here.",
    examples: [
      "uring-jail trace --policy ./web.toml --summary -- ./server --port 8080",
      "uring-jail trace --policy ./web.toml --pid 1234",
    ])

  private let action: TraceAction

  init(_ line: ParsedLine) throws(Mistake) {
    let policies = line.values(.tracedPolicy).map { PolicyReference(option: $0) }
    let process = try line.processID(.watchedProcess)
    let all = line.has(.all)
    let hasCommand = line.target.count > 0
    let json = line.has(.eventJSON)
    let suggest = line.has(.suggest)
    if policies.contains(.standardInput) {
      throw .says("'trace' reads the policy twice, so it cannot be standard input; write it to a file")
    }
    let targets = [hasCommand, process != nil, all].count { $0 }
    if targets == 0 { throw .says("Missing what to trace: a command behind '--', '--pid' or '--all'") }
    if targets > 1 { throw .says("A command, '--pid' and '--all' exclude each other") }
    if hasCommand, policies.isEmpty {
      throw .says("Missing the option '\(CommandOption.tracedPolicy.nameAndValue)'")
    }
    if suggest, json { throw .says("'--suggest' prints text; leave out '--json'") }
    if suggest, policies.isEmpty { throw .says("'--suggest' needs the policy to add to: '--policy'") }
    let target: TraceAction.Target =
      if let process { .process(process) } else if all { .everything } else { .command(line.target) }
    action = TraceAction(
      policies: policies, acceptsUntrustedPolicy: line.has(.acceptUntrusted), target: target,
      wantsAllowed: line.has(.allowed), isJSON: json, wantsSummary: line.has(.summary), wantsSuggestion: suggest)
  }

  func run() throws(CommandExit) { throw .status(action.perform()) }
}
