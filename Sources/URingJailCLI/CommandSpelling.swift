import Diagnostics

/// Finds the mistyped command or option in a command line that ArgumentParser refused: it reports what is missing
/// because of the typo before the typo itself.
package enum CommandSpelling {
  /// What a command takes before its arguments.
  struct Command {
    let name: String
    let usage: String
    let flags: [String]
    /// Options that are followed by a value.
    let options: [String]
    /// True if words that are no options belong there.
    let takesNames: Bool

    var all: [String] { flags + options + ["--help", "-h", "--version"] }
  }

  static let commands = [
    Command(
      name: "run", usage: "uring-jail [run] [OPTION...] --policy POLICY -- COMMAND [ARGUMENT...]",
      flags: ["--accept-untrusted-policy", "--dry-run", "--json", "--verbose", "-v"],
      options: ["--policy", "--keep-fd", "--status-fd"], takesNames: false),
    Command(
      name: "check", usage: "uring-jail check [OPTION...] POLICY...",
      flags: ["--json", "--exposure", "--warnings-as-errors", "--accept-untrusted-policy"],
      options: ["--format", "--explain"], takesNames: true),
    Command(
      name: "test", usage: "uring-jail test [--format tap|json] POLICY...", flags: ["--json"], options: ["--format"],
      takesNames: true),
    Command(
      name: "explain", usage: "uring-jail explain [--json] POLICY... [REQUEST]", flags: ["--json"],
      options: ["--request"], takesNames: true),
    Command(
      name: "compile", usage: "uring-jail compile [OPTION...] POLICY...", flags: ["--json", "--filters-only"],
      options: ["--format", "--kernel", "--operation", "--output", "-o"], takesNames: true),
    Command(
      name: "prove", usage: "uring-jail prove [--kernel X.Y] [--json] POLICY...", flags: ["--json"],
      options: ["--kernel"], takesNames: true),
    Command(
      name: "diff", usage: "uring-jail diff [OPTION...] OLD NEW", flags: ["--json"],
      options: ["--operation", "--format"], takesNames: true),
    Command(
      name: "operations", usage: "uring-jail operations [--register] [--json] [NAME|@GROUP...]",
      flags: ["--register", "--json"], options: [], takesNames: true),
    Command(
      name: "policies", usage: "uring-jail policies [--json]", flags: ["--json"], options: [], takesNames: false),
    Command(
      name: "probe", usage: "uring-jail probe [OPTION...] [--policy POLICY]...",
      flags: ["--json", "--accept-untrusted-policy"],
      options: ["--policy"],
      takesNames: false),
    Command(
      name: "learn", usage: "uring-jail learn [OPTION...] -- COMMAND [ARGUMENT...]",
      flags: ["--merge", "--generalise"],
      options: ["--output", "-o", "--base", "--pid"], takesNames: false),
    Command(
      name: "trace", usage: "uring-jail trace [OPTION...] --policy POLICY -- COMMAND [ARGUMENT...]",
      flags: ["--all", "--allowed", "--json", "--summary", "--suggest", "--accept-untrusted-policy"],
      options: ["--policy", "--pid"], takesNames: false),
    Command(name: "help", usage: "uring-jail help [COMMAND]", flags: [], options: [], takesNames: true),
  ]

  /// The command that a command line means: `run`, if it names none.
  static func command(of arguments: [String]) -> Command {
    commands.first { $0.name == arguments.dropFirst().first } ?? commands[0]
  }

  /// What to say about the first unknown word before `--`; `nil` if there is none.
  ///
  /// `arguments`: with the program's own name at index 0.
  package static func complaint(about arguments: [String]) -> String? {
    let command = command(of: arguments)
    var words = arguments.dropFirst()
    if words.first == command.name { words = words.dropFirst() }
    var isValue = false
    for word in words.prefix(while: { $0 != "--" }) {
      defer { isValue = !isValue && command.options.contains(word) }
      if isValue || word == "-" { continue }
      if !word.hasPrefix("-") {
        if command.takesNames { continue }
        return unexpected(word, command)
      }
      let name = String(word.prefix { $0 != "=" })
      if command.all.contains(name) { continue }
      return "unknown option '\(name)'\(advice(on: name, command))"
    }
    return nil
  }

  /// What may have been meant by an option that the command does not have.
  private static func advice(on name: String, _ command: Command) -> String {
    let long = command.all.filter { $0.hasPrefix("--") }
    let nearest = suggestion(name, long)
    if !nearest.isEmpty { return nearest }
    if name == "--policy", command.takesNames { return "; policies are named without it" }
    // The first letter of an option that has no short form.
    if name == "-V" { return "; did you mean '--version'?" }
    if name.count == 2, let letter = name.last {
      let meant = long.filter { $0.dropFirst(2).first == Character(letter.lowercased()) }
      if meant.count == 1 { return "; did you mean '\(meant[0])'?" }
    }
    let owners = commands.filter { $0.all.contains(name) && $0.name != command.name }.map { "'\($0.name)'" }
    guard let last = owners.last else { return "" }
    return "; it belongs to \(owners.count == 1 ? last : owners.dropLast().joined(separator: ", ") + " and " + last)"
  }

  /// A word where the command takes options only.
  private static func unexpected(_ word: String, _ command: Command) -> String {
    if [".toml", ".jail"].contains(where: word.hasSuffix), command.options.contains("--policy") {
      // A bare name would be looked for elsewhere.
      return "'--policy' is missing before '\(word)'; write '--policy \(word.contains("/") ? "" : "./")\(word)'"
    }
    return command.name == "run" ? unknownCommand(word) : "'\(command.name)' does not take '\(word)'"
  }

  private static func unknownCommand(_ word: String) -> String {
    if word == "version" { return "unknown command 'version'; did you mean '--version'?" }
    let known = commands.map(\.name)
    if known.contains(word) { return "write the command '\(word)' before all options" }
    let advice = suggestion(word, known)
    return "unknown command '\(word)'" + (advice.isEmpty ? "; write the program to start after '--'" : advice)
  }

  private static func suggestion(_ word: String, _ known: [String]) -> String {
    Spelling.nearest(to: word, among: known).map { "; did you mean '\($0)'?" } ?? ""
  }
}
