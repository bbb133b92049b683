package import ArgumentParser

/// The command line as a whole.
package struct RootCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "uring-jail",
    abstract: "Start programs under a policy for io_uring.",
    usage: "uring-jail --policy POLICY -- COMMAND [ARGUMENT...]",
    discussion: """
      Restricts what a program, and everything it starts, can request through io_uring, which system call filters \
      cannot see. Needs Linux 7.0 or newer. See uring-jail(1).

      Example:
        uring-jail --policy ./web.toml -- ./server --port 8080
      """,
    version: "uring-jail \(Version.current)",
    subcommands: [
      RunCommand.self, CheckCommand.self, TestCommand.self, CompileCommand.self, ProveCommand.self,
      OperationsCommand.self, ProbeCommand.self,
    ],
    defaultSubcommand: RunCommand.self)

  package init() {}
}
