package import ArgumentParser

/// The command line as a whole.
package struct RootCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "uring-jail",
    abstract: "Start programs under a policy for io_uring.",
    version: Version.line,
    subcommands: [
      RunCommand.self, CheckCommand.self, TestCommand.self, ExplainCommand.self, CompileCommand.self, ProveCommand.self,
      DiffCommand.self, OperationsCommand.self, PoliciesCommand.self, ProbeCommand.self, LearnCommand.self,
      TraceCommand.self,
    ],
    defaultSubcommand: RunCommand.self)

  package init() {}
}
