import ArgumentParser
import Diagnostics

/// A command whose help is written by hand: how it is called, its options, what its exit status means, examples. It
/// fits a terminal of 80 columns without scrolling much.
protocol DocumentedCommand: ParsableCommand {
  static var help: String { get }
}

/// The help for a command line.
package enum CommandHelp {
  /// Every command but the root, by name.
  static var commands: [(name: String, type: any ParsableCommand.Type)] {
    RootCommand.configuration.subcommands.map { ($0._commandName, $0) }
  }

  /// What `--help` prints for the command with this name; of an unknown one and of `nil`, that of the whole program.
  package static func text(for name: String?) -> String {
    let command = commands.first { $0.name == name }?.type ?? RootCommand.self
    let text = (command as? any DocumentedCommand.Type)?.help ?? command.helpMessage()
    return text.hasSuffix("\n") ? text : text + "\n"
  }

  /// What a command line that asks for help asks about.
  enum Question: Hashable {
    case command(String?)
    /// `help` with a word that is no command.
    case mistake(String)
  }

  /// For `uring-jail help ...`; `nil` for any other command line.
  ///
  /// `arguments`: with the program's own name at index 0.
  static func question(in arguments: [String]) -> Question? {
    guard arguments.dropFirst().first == "help" else { return nil }
    let words = arguments.dropFirst(2).filter { !["--help", "-h"].contains($0) }
    guard let word = words.first else { return .command(nil) }
    if let extra = words.dropFirst().first { return .mistake("'help' takes one subcommand; what is '\(extra)'?") }
    if word == "help" { return .command(nil) }
    if commands.contains(where: { $0.name == word }) { return .command(word) }
    let nearest = Spelling.nearest(to: word, among: commands.lazy.map(\.name))
    return .mistake("there is no subcommand '\(word)'" + (nearest.map { "; did you mean '\($0)'?" } ?? ""))
  }

  /// The command whose help a command line with `--help` in it wants; `nil` for that of the whole program.
  static func subject(of arguments: [String]) -> String? {
    if arguments.count == 2 { return nil }
    return CommandSpelling.command(of: arguments).name
  }
}

extension RootCommand: DocumentedCommand {
  static var help: String {
    """
    Starts commands under a policy for io_uring.

    Usage: uring-jail [OPTION...] --policy POLICY -- COMMAND [ARGUMENT...]
           uring-jail SUBCOMMAND ...

    The command, and all that it starts, can then make the io_uring requests that
    the policy allows, and no others. Needs Linux 7.0 or newer, and no privilege.

    Subcommands:

    """ + commandList + """

        help        explain one of these: uring-jail help check
        -h, --help  print this text
        --version   print the version, and what it was built from

      Examples:
        uring-jail --policy ./web.toml -- ./server --port 8080
      Manual: uring-jail(1); policies: uring-jail.policy(5).

      """
  }

  /// A line for each, with what it does in a few words.
  private static var commandList: String {
    CommandHelp.commands.map { command in
      let padding = String(repeating: " ", count: max(1, 12 - command.name.count))
      return "  \(command.name)\(padding)\(command.type.configuration.abstract)"
    }.joined(separator: "\n")
  }
}
