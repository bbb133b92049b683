/// What the help of a command says beside its options. All of it fits a terminal of 80 columns and 30 rows.
struct HelpPage {
  /// A few words for the list of commands.
  let abstract: String
  let intro: String
  /// Without the program's name.
  let usage: [String]
  /// What stands between the options and the rest of the usage, with what it means.
  var operands: [(name: String, text: String)] = []
  /// Paragraphs behind the options. One with line breaks is printed as it is, the others are wrapped.
  var prose: [String] = []
  let exitStatus: String
  let examples: [String]

  /// How the command is called.
  var usageText: String {
    usage.enumerated().map { ($0.offset == 0 ? "Usage: " : "       ") + "uring-jail \($0.element)\n" }.joined()
  }

  /// `options`: those that are its own.
  func text(_ options: [CommandOption]) -> String {
    let rows = operands + options.map { (name: $0.usage, text: $0.definition.help.description) }
    var paragraphs = [intro, usageText, rows.map { Self.row($0.name, $0.text) }.joined()]
    paragraphs += prose
    paragraphs += ["Exit status: \(exitStatus)", "Examples:\n\(examples.map { "  \($0)\n" }.joined())"]
    return paragraphs.filter { !$0.isEmpty }.map { text in
      text.contains("\n") ? text : ParagraphText.wrapped(text)
    }.joined(separator: "\n")
  }

  /// Two columns, the second from the 21st character on; below the first if that is too long.
  private static func row(_ name: String, _ text: String) -> String {
    let column = 20
    let text = ParagraphText.wrapped(text, indent: column)
    let first = "  \(name)"
    return first.count < column ? first + String(text.dropFirst(first.count)) : first + "\n" + text
  }
}

extension CommandOption {
  /// Such as `-o, --output FILE`.
  fileprivate var usage: String { names.joined(separator: ", ") + (placeholder.map { " \($0)" } ?? "") }
}

/// What `--help` prints.
enum CommandHelp {
  /// `command`: `nil` for the whole program.
  static func text(for command: Subcommand?) -> String {
    guard let command, command != .help else { return program }
    let isOwn = { (option: CommandOption) in option != .help && option != .version }
    return command.page.text(CommandOption.all(of: command).filter(isOwn))
  }

  private static var program: String {
    let commands = Subcommand.allCases.map { (name: $0.name.description, text: $0.page.abstract) }
    let options = [CommandOption.help, .version].map {
      (name: $0.names.joined(separator: ", "), text: $0.definition.help.description)
    }
    let rows = (commands + options).map { row in
      "  \(row.name)\(String(repeating: " ", count: 12 - row.name.count))\(row.text)\n"
    }
    return """
      Starts commands under a policy for io_uring.

      Usage: uring-jail [OPTION...] --policy POLICY -- COMMAND [ARGUMENT...]
             uring-jail SUBCOMMAND ...

      The command, and all that it starts, can then make the io_uring requests that
      the policy allows, and no others. Needs Linux 7.0 or newer, and no privilege.

      Subcommands:
      \(rows.joined())
      Examples:
        uring-jail --policy ./web.toml -- ./server --port 8080
      Manual: uring-jail(1); policies: uring-jail.policy(5).

      """
  }
}

/// `uring-jail help`: the help of one command, or of the program.
struct HelpCommand: Command {
  static let page = HelpPage(
    abstract: "explain one of these: uring-jail help check", intro: "", usage: ["help [COMMAND]"], exitStatus: "",
    examples: [])

  let subject: Subcommand?

  init(_ line: ParsedLine) throws(Mistake) {
    let words = line.words
    if words.count > 1 { throw .says("'help' takes one subcommand; what is '\(words[1])'?") }
    subject = Subcommand.allCases.first { $0.name.description == words.first }
    if subject == nil, let word = words.first {
      let known = Subcommand.allCases.map(\.name.description)
      throw .says("there is no subcommand '\(word)'\(CommandLineReader.suggestion(word, known))")
    }
  }

  func run() throws(CommandExit) {
    if !Report.result(CommandHelp.text(for: subject)) { throw .no }
  }
}
