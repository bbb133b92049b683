import ArgumentParser
import Foundation
import Kernel
import TestSupport
import Testing

@testable import URingJailCLI

/// The help that is written by hand has what the commands have, and fits a terminal.
struct HelpTests {
  static let names: [String?] = [nil] + CommandHelp.commands.map(\.name)

  private func lines(_ name: String?) -> [String] {
    CommandHelp.text(for: name).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  @Test(arguments: names)
  func helpIsWrittenByHandAndFitsAScreen(_ name: String?) {
    let command = CommandHelp.commands.first { $0.name == name }?.type ?? RootCommand.self
    #expect(command is any DocumentedCommand.Type)
    // With the prompt behind it, in a terminal of 30 rows.
    #expect(lines(name).count <= 29)
    for line in lines(name) {
      #expect(line.count <= 79 && !line.hasSuffix(" "), "\(line)")
    }
  }

  @Test(arguments: CommandSpelling.commands.filter { $0.name != "help" }.map(\.name))
  func helpHasEveryOptionAndNoOther(_ name: String) throws {
    let command = try #require(CommandSpelling.commands.first { $0.name == name })
    // What stands behind the dashes is another program's.
    let lines = lines(name).map { $0.components(separatedBy: " -- ")[0] }
    let words = lines.flatMap { $0.components(separatedBy: CharacterSet(charactersIn: " ,;[]'\"")) }
    for option in command.flags + command.options { #expect(words.contains(option), "\(option)") }
    for word in words where word.hasPrefix("-") && word.count > 1 {
      #expect(word == "--" || command.all.contains(word), "\(word)")
    }
  }

  @Test(arguments: names)
  func everyExampleIsACommandLine(_ name: String?) throws {
    let all = lines(name)
    let start = try #require(all.firstIndex(of: "Examples:"))
    let examples = all[(start + 1)...].prefix { $0.hasPrefix("  ") }
    #expect(!examples.isEmpty)
    for example in examples {
      let line = try #require(example.split(separator: "| ").last)
      let words = line.split(separator: " ").map(String.init)
      #expect(words.first == "uring-jail")
      #expect(throws: Never.self, "\(example)") { try RootCommand.parseAsRoot(Array(words.dropFirst())) }
      #expect(CommandSpelling.complaint(about: words) == nil, "\(example)")
      if let name, name != "run" { #expect(words.contains(name), "\(example)") }
    }
  }

  @Test func rootNamesEveryCommand() {
    let text = CommandHelp.text(for: nil)
    for name in CommandHelp.commands.map(\.name) + ["help"] { #expect(text.contains("\n  \(name) "), "\(name)") }
  }

  /// What mistakes are recognised by is what the parser takes.
  @Test func spellingKnowsWhatTheParserKnows() throws {
    struct Dump: Decodable {
      struct Command: Decodable {
        let commandName: String
        let subcommands: [Command]?
        let arguments: [Argument]?
      }
      struct Argument: Decodable {
        struct Name: Decodable {
          let kind: String
          let name: String
        }
        let kind: String
        let names: [Name]?
        let parsingStrategy: String?
      }
      let command: Command
    }
    let dump = try JSONDecoder().decode(Dump.self, from: Data(RootCommand._dumpHelp().utf8)).command
    let commands = try #require(dump.subcommands).filter { $0.commandName != "help" }
    #expect(commands.map(\.commandName) == CommandSpelling.commands.map(\.name).filter { $0 != "help" })
    for command in commands {
      let known = try #require(CommandSpelling.commands.first { $0.name == command.commandName })
      func names(_ kind: String) -> Set<String> {
        let arguments = (command.arguments ?? []).filter { $0.kind == kind }
        return Set(arguments.flatMap { $0.names ?? [] }.map { ($0.kind == "long" ? "--" : "-") + $0.name })
      }
      #expect(names("flag").subtracting(["--help", "-h", "--version"]) == Set(known.flags), "\(known.name)")
      #expect(names("option") == Set(known.options), "\(known.name)")
      let takesNames = (command.arguments ?? []).contains {
        $0.kind == "positional" && $0.parsingStrategy != "postTerminator"
      }
      #expect(takesNames == known.takesNames, "\(known.name)")
    }
  }

  @Test(arguments: CommandSpelling.commands.filter { $0.name != "help" }.map(\.name))
  func usageIsThatOfTheHelp(_ name: String) throws {
    let command = try #require(CommandSpelling.commands.first { $0.name == name })
    #expect(command.usage.hasPrefix("uring-jail \(name == "run" ? "[run]" : name) "))
    #expect(CommandHelp.text(for: name).contains("\nUsage: uring-jail \(name == "run" ? "[run]" : name) "))
  }

  // MARK: help

  private func question(_ words: String...) -> CommandHelp.Question? {
    CommandHelp.question(in: ["uring-jail"] + words)
  }

  @Test func helpTakesOneCommand() {
    #expect(question("help") == .command(nil))
    #expect(question("help", "check") == .command("check"))
    #expect(question("help", "help") == .command(nil))
    #expect(question("help", "--help") == .command(nil))
    #expect(question("help", "chekc") == .mistake("there is no subcommand 'chekc'; did you mean 'check'?"))
    #expect(question("help", "qqqqqq") == .mistake("there is no subcommand 'qqqqqq'"))
    #expect(question("help", "check", "x") == .mistake("'help' takes one subcommand; what is 'x'?"))
    #expect(question("check", "help") == nil)
    #expect(question() == nil)
  }

  @Test func helpOfACommandLineIsThatOfItsCommand() {
    #expect(CommandHelp.subject(of: ["uring-jail", "--help"]) == nil)
    #expect(CommandHelp.subject(of: ["uring-jail", "run", "-h"]) == "run")
    #expect(CommandHelp.subject(of: ["uring-jail", "--policy", "x", "--help"]) == "run")
    #expect(CommandHelp.subject(of: ["uring-jail", "check", "x", "--help"]) == "check")
  }
}

struct VersionTests {
  @Test func lineTellsWhatWasBuilt() {
    #expect(BuildRevision("0123456789ab") == .commit("0123456789ab", isChanged: false))
    #expect(BuildRevision("0123456789ab-dirty") == .commit("0123456789ab", isChanged: true))
    #expect(BuildRevision("") == .unknown)
    #expect(
      Version.line(.commit("0123456789ab", isChanged: false)) == "uring-jail \(Version.current) (revision 0123456789ab)"
    )
    #expect(
      Version.line(.commit("0123456789ab", isChanged: true))
        == "uring-jail \(Version.current) (revision 0123456789ab, with changes)")
    #expect(Version.line(.unknown).hasSuffix("(revision unknown: not built in a git checkout)"))
    #expect(Version.line(.untold).hasSuffix("(revision unknown: not built by Scripts/build)"))
  }
}
