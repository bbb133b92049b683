package import Kernel

/// `uring-jail [run] [OPTION...] --policy POLICY... -- COMMAND [ARGUMENT...]`, understood.
package struct RunRequest: Sendable {
  static let page = HelpPage(
    abstract: "start a command in a jail (the default)",
    intro: "Starts a command in a jail. \"run\" can be left out.",
    usage: ["[run] [OPTION...] --policy POLICY -- COMMAND [ARGUMENT...]"],
    exitStatus: "the command's own, or 125: the jail could not be set up as the policy says; 126: the command cannot "
      + "be executed; 127: there is no such command. With these three, nothing was started.",
    examples: [
      "uring-jail --policy ./web.toml -- ./server --port 8080",
      "uring-jail --policy ./web.toml --dry-run -- ./server",
      "echo 'policy = 1' | uring-jail --policy - -- ./program-without-io-uring",
    ])

  /// At least one.
  package let policies: [PolicyReference]
  package let options: RunOptions
  /// The target and its arguments.
  package let command: ArgumentVector

  package init(policies: [PolicyReference], options: RunOptions = RunOptions(), command: ArgumentVector) {
    self.policies = policies
    self.options = options
    self.command = command
  }

  /// Everything that takes time stands where a mistake is found.
  package init(_ reader: CommandLineReader) throws(Mistake) {
    var reader = reader
    var policies: [PolicyReference] = []
    var options = RunOptions()
    while let item = reader.next() {
      switch item {
      case .option(.policy, let value): policies.append(PolicyReference(option: value))
      case .option(let option, let value): try options.set(option, value)
      case .operand(let index): throw .unexpected(index)
      case .mistake(let mistake): throw mistake
      }
    }
    if policies.isEmpty { throw .says("Missing the option '\(CommandOption.policy.nameAndValue)'") }
    if policies.count(where: { $0 == .standardInput }) > 1 {
      throw .says("Standard input can be read only once, but '--policy -' is given twice")
    }
    if let mistake = options.mistake { throw .says(mistake) }
    let command = reader.target
    if command.count == 0 { throw .says("Missing the command to start; write it after '--'") }
    self.init(policies: policies, options: options, command: command)
  }
}
