import Diagnostics
import Kernel

/// Why nothing is done for a command line. Words are named by their index.
package enum Mistake: Error {
  case unknownOption(Int)
  case unexpected(Int)
  case missingValue(CommandOption, Int)
  case emptyValue(CommandOption)
  case needlessValue(Int)
  case repeated(CommandOption)
  /// The value is not one of the words that the option takes.
  case noSuchWord(CommandOption, [UInt8])
  case says(String)
  /// None: the line asks for help, or for the version.
  case question
}

extension CommandLineReader {
  /// What to say about a mistake of this command line.
  package func message(_ mistake: Mistake) -> String {
    switch mistake {
    case .unknownOption(let word):
      let name = String(arguments[word].prefix { $0 != "=" })
      return "unknown option '\(name)'\(advice(on: name))"
    case .unexpected(let word): return unexpected(arguments[word])
    case .missingValue(let option, let word):
      return "Missing value for '\(arguments[word]) <\(option.placeholder?.lowercased() ?? "value")>'"
    case .emptyValue(let option): return "The value of '\(option.name)' is empty"
    case .needlessValue(let word):
      let name = arguments[word].prefix { $0 != "=" }
      return "'\(name)' takes no value, but '\(arguments[word].dropFirst(name.count + 1))' was given"
    case .repeated(let option): return "'\(option.name)' can be given only once"
    case .noSuchWord(let option, let bytes):
      let value = String(decoding: bytes, as: UTF8.self)
      let advice = Self.suggestion(value, option.words)
      return "The value '\(value)' is invalid for '\(option.nameAndValue)'"
        + (advice.isEmpty ? "; write one of the following: \(option.words.joined(separator: ", "))" : advice)
    case .says(let text): return text
    case .question: return "help and version are asked for by themselves"
    }
  }

  /// What may have been meant by an option that the command does not have.
  private func advice(on name: String) -> String {
    let long = CommandOption.all(of: command).map(\.name)
    let nearest = Self.suggestion(name, long)
    if !nearest.isEmpty { return nearest }
    if name == CommandOption.policy.name, case .words = command.operands { return "; policies are named without it" }
    // The first letter of an option that has no short form.
    if name == "-V" { return "; did you mean '--version'?" }
    if name.count == 2, let letter = name.last {
      let meant = long.filter { $0.dropFirst(2).first == Character(letter.lowercased()) }
      if meant.count == 1 { return "; did you mean '\(meant[0])'?" }
    }
    let owners = Subcommand.allCases.filter { owner in
      CommandOption.all(of: owner).contains { $0.names.contains(name) }
    }.map { "'\($0.name)'" }
    guard let last = owners.last else { return "" }
    return "; it belongs to \(owners.count == 1 ? last : owners.dropLast().joined(separator: ", ") + " and " + last)"
  }

  /// A word where the command takes options only.
  private func unexpected(_ word: String) -> String {
    let takesPolicy = CommandOption.all(of: command).contains { $0.name == CommandOption.policy.name }
    if takesPolicy, (word == "-" && command != .trace) || [".toml", ".jail"].contains(where: word.hasSuffix) {
      // A bare name would be looked for elsewhere.
      let path = word.contains("/") || word == "-" ? word : "./" + word
      return "'--policy' is missing before '\(word)'; write '--policy \(path)'"
    }
    guard case .run = command else { return "'\(command.name)' does not take '\(word)'" }
    if word == "version" { return "unknown command 'version'; did you mean '--version'?" }
    let known = Subcommand.allCases.map(\.name.description)
    if known.contains(word) { return "write the command '\(word)' before all options" }
    let advice = Self.suggestion(word, known)
    return "unknown command '\(word)'" + (advice.isEmpty ? "; write the program to start after '--'" : advice)
  }

  static func suggestion(_ word: String, _ known: [String]) -> String {
    Spelling.nearest(to: word, among: known).map { "; did you mean '\($0)'?" } ?? ""
  }
}

extension CommandOption {
  /// Such as `--format <format>`.
  var nameAndValue: String { name + (placeholder.map { " <\($0.lowercased())>" } ?? "") }
}
