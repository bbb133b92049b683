import ArgumentParser
import Kernel
import TestSupport
import URingJailCLI

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

/// Both ways to read a command line, without the program's name.
enum CommandLines {
  static func byFastPath(_ arguments: [[UInt8]]) -> Asked? {
    Arguments([Array("uring-jail".utf8)] + arguments).withVector { RunRequest.recognise($0).map(Asked.init) }
  }

  static func byParser(_ arguments: [[UInt8]]) -> Asked? {
    Arguments([Array("uring-jail".utf8)] + arguments).withVector { vector in
      let command = try? RootCommand.parseAsRoot(Array(vector.strings.dropFirst()))
      return (try? (command as? RunCommand)?.request(from: vector)).map(Asked.init)
    }
  }

  static func byFastPath(_ arguments: [String]) -> Asked? { byFastPath(arguments.map { Array($0.utf8) }) }

  static func byParser(_ arguments: [String]) -> Asked? { byParser(arguments.map { Array($0.utf8) }) }

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
