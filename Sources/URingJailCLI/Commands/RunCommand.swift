package import ArgumentParser

/// `uring-jail run`: the command line as ArgumentParser sees it. Entered only for help and mistakes; see
/// `RunRequest.recognise`.
package struct RunCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Start a program in a jail (the default command).",
    usage: "uring-jail [run] [OPTION...] --policy POLICY -- COMMAND [ARGUMENT...]",
    discussion: """
      The program keeps this process's id, environment, descriptors and directory, and everything it starts inherits \
      the jail. If the jail cannot be set up exactly as the policy says, the program is not started.

      Example:
        uring-jail --policy ./web.toml -- ./server --port 8080
      """)

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The policy: a path with a slash, - for standard input, or a name in /etc/uring-jail. Several policies intersect.",
      valueName: "policy"))
  package var policy: [String] = []

  @Flag(
    name: .long,
    help: "Use a policy although others than root and the caller could change it.")
  package var acceptUntrustedPolicy = false

  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("The program to start, and its arguments.", valueName: "command"))
  package var command: [String] = []

  package init() {}

  package mutating func validate() throws {
    if policy.isEmpty { throw ValidationError("Missing the option '--policy <policy>'") }
    if policy.contains("") { throw ValidationError("The value of '--policy' is empty") }
    if command.isEmpty {
      throw ValidationError("Missing the command to start; it stands behind '--'")
    }
  }
}
