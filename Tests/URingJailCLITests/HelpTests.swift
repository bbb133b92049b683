import Foundation
import Kernel
import TestSupport
import Testing

@testable import URingJailCLI

/// The help is made from the table of options, and fits a terminal.
struct HelpTests {
  static let commands: [Subcommand] = Subcommand.allCases.filter { $0 != .help }
  static let subjects: [Subcommand?] = [nil] + commands

  private func lines(_ command: Subcommand?) -> [String] {
    CommandHelp.text(for: command).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  @Test(arguments: subjects)
  func helpFitsAScreen(_ command: Subcommand?) {
    // With the prompt behind it, in a terminal of 30 rows.
    #expect(lines(command).count <= 29)
    for line in lines(command) {
      #expect(line.count <= 79 && !line.hasSuffix(" "), "\(line)")
    }
  }

  @Test(arguments: commands)
  func helpHasEveryOptionAndNoOther(_ command: Subcommand) {
    // What stands behind the dashes is another program's.
    let lines = lines(command).map { $0.components(separatedBy: " -- ")[0] }
    let words = lines.flatMap { $0.components(separatedBy: CharacterSet(charactersIn: " ,;[]'\"")) }
    let general: Set = ["--help", "-h", "--version"]
    let names = CommandOption.all(of: command).flatMap(\.names)
    for name in names where !general.contains(name) { #expect(words.contains(name), "\(name)") }
    for word in words where word.hasPrefix("-") && word.count > 1 {
      #expect(word == "--" || names.contains(word), "\(word)")
    }
  }

  @Test(arguments: subjects)
  func everyExampleIsACommandLine(_ command: Subcommand?) throws {
    let all = lines(command)
    let start = try #require(all.firstIndex(of: "Examples:"))
    let examples = all[(start + 1)...].prefix { $0.hasPrefix("  ") }
    #expect(!examples.isEmpty)
    for example in examples {
      let line = try #require(example.split(separator: "| ").last)
      let words = line.split(separator: " ").map(String.init)
      #expect(words.first == "uring-jail")
      #expect(CommandLines.complaint(Array(words.dropFirst())) == nil, "\(example)")
      if let command, command != .run { #expect(words.contains("\(command.name)"), "\(example)") }
    }
  }

  @Test func rootNamesEveryCommand() {
    let text = CommandHelp.text(for: nil)
    for command in Subcommand.allCases { #expect(text.contains("\n  \(command.name) "), "\(command)") }
  }

  @Test(arguments: Subcommand.allCases)
  func usageBeginsWithTheCommand(_ command: Subcommand) {
    for usage in command.page.usage { #expect(usage.hasPrefix(command == .run ? "[run] " : "\(command.name) ")) }
    if command != .help { #expect(CommandHelp.text(for: command).contains("\n\(command.page.usageText)\n")) }
  }

  // MARK: help

  private func complaint(_ words: String...) -> String? { CommandLines.complaint(words) }

  @Test func helpTakesOneCommand() {
    for command in Subcommand.allCases { #expect(complaint("help", "\(command.name)") == nil) }
    #expect(complaint("help") == nil)
    #expect(complaint("help", "--", "check") == nil)
    #expect(complaint("help", "chekc") == "there is no subcommand 'chekc'; did you mean 'check'?")
    #expect(complaint("help", "qqqqqq") == "there is no subcommand 'qqqqqq'")
    #expect(complaint("help", "check", "x") == "'help' takes one subcommand; what is 'x'?")
    #expect(complaint("help", "-x") == "unknown option '-x'")
    #expect(complaint("check", "help") == nil)
    #expect(CommandHelp.text(for: .help) == CommandHelp.text(for: nil))
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
