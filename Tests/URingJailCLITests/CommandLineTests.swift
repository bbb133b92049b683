import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import URingJailCLI

/// The one table of options, and the one reader of command lines.
struct CommandLineTests {
  // MARK: The table

  @Test(arguments: Subcommand.allCases)
  func everyNameOfACommandMeansOneOption(_ command: Subcommand) {
    let names = CommandOption.all(of: command).flatMap(\.names)
    #expect(Set(names).count == names.count)
    for name in names { #expect(name.wholeMatch(of: /--[a-z][a-z-]+[a-z]|-[a-z]/) != nil, "\(name)") }
  }

  @Test(arguments: CommandOption.allCases)
  func everyOptionBelongsToACommandAndIsExplained(_ option: CommandOption) {
    #expect(Subcommand.allCases.contains { CommandOption.all(of: $0).contains(option) })
    #expect(!option.definition.help.description.isEmpty)
    #expect(option.placeholder.map { $0 == $0.uppercased() } ?? true)
    // The help has the words by which formats are named.
    let help = option.definition.help.description.components(separatedBy: CharacterSet.letters.inverted)
    for word in option.words { #expect(help.contains(word), "\(word)") }
  }

  @Test func formatsAreThoseThatCommandsWrite() {
    #expect(CommandOption.findingFormat.words == DiagnosticFormat.allCases.map(\.rawValue))
    #expect(CommandOption.resultFormat.words == TestCommand.Format.allCases.map(\.rawValue))
    #expect(CommandOption.compiledFormat.words == CompileCommand.Format.allCases.map(\.rawValue))
    #expect(CommandOption.differenceFormat.words == DiffCommand.Format.allCases.map(\.rawValue))
    let others = CommandOption.allCases.filter { $0.name == "--format" }.count
    #expect(others == 4)
  }

  // MARK: The reader

  /// Words for the options of a command, for values and operands, and their neighbours.
  private static func alphabet(_ command: Subcommand) -> [String] {
    var alphabet = ["7", "-", "", "--", "-7", "=", "--unknown", "-x", "\(command.name)"]
    for option in CommandOption.all(of: command) {
      let name = option.name
      alphabet += option.names
      alphabet += ["\(name)=", "\(name)=\(option.words.first ?? "7")", "\(name)x"]
    }
    return alphabet
  }

  @Test(arguments: Subcommand.allCases)
  func everyShortLineIsTakenApartAsTheReferenceDoes(_ command: Subcommand) {
    for line in CommandLines.all(of: Self.alphabet(command), upTo: 2).map({ ["\(command.name)"] + $0 }) {
      #expect(CommandLines.parts(line) == ReferenceReading.parts(line), "\(line)")
    }
  }

  @Test(arguments: Subcommand.allCases)
  func drawnLinesAreTakenApartAsTheReferenceDoes(_ command: Subcommand) {
    var random = SplitMix64(seed: UInt64(command.rawValue))
    let alphabet = Self.alphabet(command)
    var wellFormed = 0
    for _ in 0..<2_000 {
      var line = ["\(command.name)"]
      for _ in 0..<Int.random(in: 0...6, using: &random) {
        line.append(alphabet[Int.random(in: alphabet.indices, using: &random)])
      }
      let parts = CommandLines.parts(line)
      if parts != nil { wellFormed += 1 }
      #expect(parts == ReferenceReading.parts(line), "\(line)")
    }
    #expect(wellFormed > 100)
  }

  @Test(arguments: Subcommand.allCases)
  func everyOptionIsTakenInEveryForm(_ command: Subcommand) throws {
    for option in CommandOption.all(of: command) where option != .help && option != .version {
      let value = option.words.first ?? "7"
      for name in option.names {
        let forms = option.placeholder == nil ? [[name]] : [[name, value], ["\(name)=\(value)"]]
        for form in forms {
          let parts = try #require(CommandLines.parts(["\(command.name)"] + form), "\(form)")
          #expect(parts.options == [option.name: [Array((option.placeholder == nil ? "" : value).utf8)]])
        }
      }
    }
  }

  @Test func whatIsGivenOnceIsNotGivenTwice() {
    for line in [
      ["check", "--format", "json", "--format=text"], ["compile", "-o", "x", "--output", "y"],
      ["prove", "--kernel", "7.1", "--kernel", "7.1"], ["--status-fd=8", "--status-fd", "8"],
    ] {
      #expect(CommandLines.complaintAboutForm(line)?.hasSuffix("' can be given only once") == true, "\(line)")
    }
    #expect(CommandLines.complaintAboutForm(["-v", "--verbose", "--policy=x", "--policy=x"]) == nil)
  }

  @Test func valuesAreRefusedWithWhatWasGiven() {
    let complaint = CommandLines.complaintAboutForm
    #expect(complaint(["check", "--json=1"]) == "'--json' takes no value, but '1' was given")
    #expect(complaint(["-v=", "--policy=x"]) == "'-v' takes no value, but '' was given")
    #expect(complaint(["--policy="]) == "The value of '--policy' is empty")
    #expect(complaint(["learn", "--base", ""]) == "The value of '--base' is empty")
    #expect(complaint(["compile", "-o", "--json"]) == "Missing value for '-o <file>'")
    #expect(
      complaint(["check", "--format", "jsn"])
        == "The value 'jsn' is invalid for '--format <format>'; did you mean 'json'?")
    #expect(
      complaint(["check", "--format", "xml"])
        == "The value 'xml' is invalid for '--format <format>'; write one of the following: text, json, github, sarif")
  }

  @Test func bytesThatAreNoTextAreKeptInOperands() {
    let line: [[UInt8]] = [
      Array("uring-jail".utf8), Array("check".utf8), [0x78, 0xFF], Array("--".utf8), [0x2D, 0xFE],
    ]
    Arguments(line).withVector { vector in
      #expect((try? ParsedLine(CommandLineReader(vector)))?.operands == [[0x78, 0xFF], [0x2D, 0xFE]])
    }
  }

  // MARK: Help and version

  @Test func questionIsFoundBeforeTheDashes() {
    #expect(CommandLines.question(["--help"]) == .help(nil))
    #expect(CommandLines.question(["run", "-h"]) == .help(.run))
    #expect(CommandLines.question(["--policy", "x", "--help"]) == .help(.run))
    #expect(CommandLines.question(["check", "x", "--help"]) == .help(.check))
    #expect(CommandLines.question(["check", "--format", "--polcy", "--version", "-h"]) == .help(.check))
    #expect(CommandLines.question(["check", "--version", "x"]) == .version)
    #expect(CommandLines.question(["--policy", "x", "--", "--help"]) == nil)
    #expect(CommandLines.question(["check", "--explain=--help", "--help=", "-hx"]) == nil)
    #expect(CommandLines.question([]) == nil)
  }
}
