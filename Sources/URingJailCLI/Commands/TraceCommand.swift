import ArgumentParser
import Kernel

/// `uring-jail trace`: what is denied, as it happens.
struct TraceCommand: DocumentedCommand, CommandStarter {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "show every denied request as it happens")

  static let help = """
    Shows every denied request as it happens, with the rule that denied it.

    Usage: uring-jail trace [OPTION...] --policy POLICY -- COMMAND [ARGUMENT...]
           uring-jail trace [OPTION...] --pid PID | --all

      --policy POLICY   start the command under it, as "run" does, and name its
                        rules; can be given several times
      --pid PID         watch this process, and what it starts from now on
      --all             watch every process of this machine
      --allowed         show allowed requests as well
      --summary         at the end, print how often each rule denied something
      --suggest         at the end, print what would allow what was denied
      --json            write lines of JSON
      --accept-untrusted-policy
                        use a policy even if others could have written it

    Needs root and tracefs; "uring-jail probe" shows whether it works here. With a
    command, lines go to standard error, and trace ends with the command's status.

    Exit status otherwise: 0, or 1 if events were lost; 125: not possible here.

    Examples:
      uring-jail trace --policy ./web.toml --summary -- ./server --port 8080
      uring-jail trace --policy ./web.toml --pid 1234

    """

  @Option(
    name: .long,
    help: ArgumentHelp("The policy, as for 'run'; may be given several times.", valueName: "policy"))
  var policy: [String] = []

  @Option(name: .long, help: ArgumentHelp("Watch this process and what it starts from now on.", valueName: "pid"))
  var pid: Int32?

  @ArgumentParser.Flag(name: .long, help: "Watch every process of the machine.")
  var all = false

  @ArgumentParser.Flag(name: .long, help: "Show allowed requests as well.")
  var allowed = false

  @ArgumentParser.Flag(name: .long, help: "Write lines of JSON.")
  var json = false

  @ArgumentParser.Flag(name: .long, help: "At the end, print how often each rule has denied something.")
  var summary = false

  @ArgumentParser.Flag(name: .long, help: "At the end, print the lines of a policy that would allow what was denied.")
  var suggest = false

  @ArgumentParser.Flag(name: .long, help: "Use a policy even if users other than root and the caller could change it.")
  var acceptUntrustedPolicy = false

  @Argument(
    parsing: .postTerminator, help: ArgumentHelp("The program to start, and its arguments.", valueName: "command"))
  var command: [String] = []

  func validate() throws {
    if policy.contains("") { throw ValidationError("The value of '--policy' is empty") }
    if policy.count(where: { $0 == "-" }) > 0 {
      throw ValidationError("'trace' reads the policy twice, so it cannot be standard input; write it to a file")
    }
    switch [!command.isEmpty, pid != nil, all].count(where: { $0 }) {
    case 0: throw ValidationError("Missing what to trace: a command behind '--', '--pid' or '--all'")
    case 1: break
    default: throw ValidationError("A command, '--pid' and '--all' exclude each other")
    }
    if let pid, pid < 1 { throw ValidationError("'\(pid)' is not a process ID") }
    if !command.isEmpty, policy.isEmpty { throw ValidationError("Missing the option '--policy <policy>'") }
    if suggest, json { throw ValidationError("'--suggest' prints text; leave out '--json'") }
    if suggest, policy.isEmpty { throw ValidationError("'--suggest' needs the policy to add to: '--policy'") }
  }

  func start(_ arguments: ArgumentVector) -> Int32 {
    let target: TraceAction.Target =
      if let pid { .process(pid) } else if all { .everything } else { .command(arguments) }
    return TraceAction(
      policies: policy.map { PolicyReference(option: Array($0.utf8)) },
      acceptsUntrustedPolicy: acceptUntrustedPolicy, target: target, wantsAllowed: allowed, isJSON: json,
      wantsSummary: summary, wantsSuggestion: suggest
    ).perform()
  }
}

/// A command of this program that starts another one.
protocol CommandStarter {
  /// The program to start and its arguments; empty if there is none.
  var command: [String] { get }

  /// - Parameter arguments: the same as the kernel handed them over.
  /// - Returns: what this process ends with.
  func start(_ arguments: ArgumentVector) -> Int32
}
