import Kernel
import TestSupport

@testable import URingJailCLI

/// Testing has an `ExitStatus` of its own.
typealias Status = URingJailCLI.ExitStatus

/// What a command line asks for, as comparable bytes.
struct Asked: Hashable {
  let policies: [PolicyReference]
  let options: RunOptions
  let command: [[UInt8]]

  init(_ policies: [[UInt8]], options: RunOptions = RunOptions(), command: [[UInt8]]) {
    self.policies = policies.map { PolicyReference(option: $0) }
    self.options = options
    self.command = command
  }

  init(_ request: RunRequest) {
    policies = request.policies
    options = request.options
    command = request.command.allBytes
  }
}

/// Command lines without the program's name, as the program reads them.
enum CommandLines {
  /// What is to be launched; `nil` for a mistake, and for everything but `run`.
  static func request(_ arguments: [[UInt8]]) -> Asked? {
    read(arguments) { reader in
      guard case .run = reader.command else { return nil }
      return (try? RunRequest(reader)).map(Asked.init)
    }
  }

  static func request(_ arguments: [String]) -> Asked? { request(arguments.map { Array($0.utf8) }) }

  /// The line taken apart, for any command; `nil` for a mistake in its form.
  static func parts(_ arguments: [String]) -> LineParts? {
    read(arguments.map { Array($0.utf8) }) { reader in
      guard let line = try? ParsedLine(reader) else { return nil }
      var parts = LineParts(command: reader.command, operands: line.operands, target: line.target.allBytes)
      for option in CommandOption.all(of: reader.command) where line.has(option) {
        parts.options[option.name] = line.values(option)
      }
      return parts
    }
  }

  /// What is said about a line that cannot be followed; `nil` if it can be.
  static func complaint(_ arguments: [String]) -> String? {
    read(arguments.map { Array($0.utf8) }) { reader in
      do throws(Mistake) {
        guard let command = reader.command.action else {
          _ = try RunRequest(reader)
          return nil
        }
        _ = try command.init(ParsedLine(reader))
        return nil
      } catch {
        return reader.message(error)
      }
    }
  }

  /// What is said about the form of a line alone.
  static func complaintAboutForm(_ arguments: [String]) -> String? {
    read(arguments.map { Array($0.utf8) }) { reader in
      do throws(Mistake) {
        _ = try ParsedLine(reader)
        return nil
      } catch {
        return reader.message(error)
      }
    }
  }

  static func question(_ arguments: [String]) -> CommandLineReader.Question? {
    read(arguments.map { Array($0.utf8) }) { $0.question }
  }

  private static func read<Result>(_ arguments: [[UInt8]], _ body: (CommandLineReader) -> Result) -> Result {
    Arguments([Array("uring-jail".utf8)] + arguments).withVector { body(CommandLineReader($0)) }
  }

  /// Every sequence of up to `length` tokens.
  static func all(of alphabet: [String], upTo length: Int) -> [[String]] {
    var layer: [[String]] = [[]]
    var all = layer
    for _ in 0..<length {
      layer = layer.flatMap { start in alphabet.map { start + [$0] } }
      all += layer
    }
    return all
  }
}
