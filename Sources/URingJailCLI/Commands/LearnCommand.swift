import ArgumentParser
import Kernel

/// `uring-jail learn`: a policy from what a program does.
struct LearnCommand: DocumentedCommand, CommandStarter {
  static let configuration = CommandConfiguration(
    commandName: "learn",
    abstract: "write a policy that allows what a program does")

  static let help = """
    Writes a policy that allows exactly what a program does.

    Usage: uring-jail learn [OPTION...] -- COMMAND [ARGUMENT...]
           uring-jail learn [OPTION...] --pid PID

      -o, --output FILE write the policy there, not to standard output
      --merge           keep what the file has from earlier runs
      --base POLICY     include this policy, and write only what it lacks
      --generalise      write networks (/24, /64, loopback) for addresses
      --pid PID         follow this process, and what it starts from now on

    The command runs without a jail. learn follows it, with all that it starts, to
    its end or Ctrl-C. Let it do all of its work: everything else will be denied.
    Needs root and tracefs; "uring-jail probe" shows whether it works here.

    Exit status: 0 if nothing was missed; 1 if the policy may lack something, or
    is not written; 125: not possible here; 126, 127: the command did not start.

    Examples:
      uring-jail learn --output web.toml -- ./server --port 8080
      uring-jail learn --output web.toml --merge -- ./server --other-work

    """

  @Option(name: .shortAndLong, help: ArgumentHelp("Write the policy to this file.", valueName: "file"))
  var output: String?

  @Option(
    name: .long, help: ArgumentHelp("Include this policy, and write only what it lacks.", valueName: "policy"))
  var base: String?

  @ArgumentParser.Flag(name: .long, help: "Keep what the output file has learned from earlier runs.")
  var merge = false

  @ArgumentParser.Flag(name: .long, help: "Write networks (/24 and /64, loopback) in place of addresses.")
  var generalise = false

  @Option(name: .long, help: ArgumentHelp("Follow this process and what it starts from now on.", valueName: "pid"))
  var pid: Int32?

  @Argument(
    parsing: .postTerminator, help: ArgumentHelp("The program to start, and its arguments.", valueName: "command"))
  var command: [String] = []

  func validate() throws {
    if command.isEmpty == (pid == nil) {
      throw ValidationError(
        pid == nil
          ? "Missing what to learn from: a command behind '--', or '--pid'" : "A command and '--pid' exclude each other"
      )
    }
    if let pid, pid < 1 { throw ValidationError("'\(pid)' is not a process ID") }
    if output == "" { throw ValidationError("The value of '--output' is empty") }
    if base == "" { throw ValidationError("The value of '--base' is empty") }
    if base == "-" { throw ValidationError("The base is included by its path, so it cannot be standard input") }
    if merge, output == nil { throw ValidationError("'--merge' needs the file to merge with: '--output'") }
    if merge, base != nil { throw ValidationError("'--merge' and '--base' exclude each other") }
  }

  func start(_ arguments: ArgumentVector) -> Int32 {
    LearnAction(
      target: pid.map { .process($0) } ?? .command(arguments), output: output == "-" ? nil : output, base: base,
      merges: merge, generalises: generalise
    ).perform()
  }
}
