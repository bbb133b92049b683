package import Kernel

/// Reads a command line word by word, for every command.
///
/// Most often a launch follows. Bytes are compared with `CommandOption`, only values are copied, and no text is made:
/// that is left to those who report a mistake.
package struct CommandLineReader: Sendable {
  /// With the program's own name at index 0.
  package let arguments: ArgumentVector
  /// `run`, if none is named.
  package let command: Subcommand
  private var index = 1
  private var isBehindDashes = false
  /// A bit for each option that can be given once, and was.
  private var given: UInt64 = 0

  package enum Item: Sendable {
    /// An option and its value, which is not empty if the option takes one.
    case option(CommandOption, [UInt8])
    /// The index of a word that is none.
    case operand(Int)
    case mistake(Mistake)
  }

  package init(_ arguments: ArgumentVector) {
    self.arguments = arguments
    if arguments.count > 1, let named = Self.command(named: 1, in: arguments) {
      command = named
      index = 2
    } else {
      command = .run
    }
  }

  private static func command(named index: Int, in arguments: ArgumentVector) -> Subcommand? {
    if beginsWithDash(index, arguments) { return nil }
    var number: UInt8 = 0
    while let command = Subcommand(rawValue: number) {
      if arguments.argument(index, is: command.name) { return command }
      number += 1
    }
    return nil
  }

  /// `nil` at the end, or where the command to start begins.
  package mutating func next() -> Item? {
    guard index < arguments.count else { return nil }
    let word = index
    index += 1
    if isBehindDashes || !Self.beginsWithDash(word, arguments) { return .operand(word) }
    guard arguments.argument(word, is: "--") else { return option(word) }
    if case .target = command.operands { return nil }
    isBehindDashes = true
    return next()
  }

  /// The command to start, once there is no item left.
  package var target: ArgumentVector { arguments.dropFirst(index) }

  /// True for more than the dash alone, which stands for standard input.
  private static func beginsWithDash(_ index: Int, _ arguments: ArgumentVector) -> Bool {
    switch arguments.likeness(of: index, to: "-") {
    case .other, .same: false
    case .joined, .longer: true
    }
  }

  private mutating func option(_ word: Int) -> Item {
    var number: UInt8 = 0
    while let option = CommandOption(rawValue: number) {
      number += 1
      let definition = option.definition
      guard definition.belongs(to: command) else { continue }
      var likeness = arguments.likeness(of: word, to: definition.name)
      if case .other = likeness, let short = definition.short { likeness = arguments.likeness(of: word, to: short) }
      switch likeness {
      case .other, .longer: continue
      case .same: return take(option, definition.value, joined: nil, word)
      case .joined(let start):
        return take(option, definition.value, joined: arguments.bytes(at: word, from: start), word)
      }
    }
    return .mistake(.unknownOption(word))
  }

  /// `joined`: the value behind an equals sign.
  private mutating func take(
    _ option: CommandOption, _ value: CommandOption.Value, joined: [UInt8]?, _ word: Int
  ) -> Item {
    switch value {
    case .none:
      if joined != nil { return .mistake(.needlessValue(word)) }
      return option.isQuestion ? .mistake(.question) : .option(option, [])
    case .once, .word:
      let bit: UInt64 = 1 << UInt64(option.rawValue)
      if given & bit != 0 { return .mistake(.repeated(option)) }
      given |= bit
    case .repeatedly: break
    }
    let bytes: [UInt8]
    if let joined {
      bytes = joined
    } else {
      // A forgotten value is not filled by the next option.
      guard index < arguments.count, !Self.beginsWithDash(index, arguments) else {
        return .mistake(.missingValue(option, word))
      }
      bytes = arguments.bytes(at: index)
      index += 1
    }
    return bytes.isEmpty ? .mistake(.emptyValue(option)) : .option(option, bytes)
  }

  /// What a line asks about, mistakes or not.
  enum Question: Hashable {
    /// `nil` for the whole program.
    case help(Subcommand?)
    case version
  }

  var question: Question? {
    var words: [String] = []
    for index in 1..<max(1, arguments.count) where !words.contains("--") { words.append(arguments[index]) }
    if words.contains(where: CommandOption.help.names.contains) { return .help(arguments.count == 2 ? nil : command) }
    return words.contains(where: CommandOption.version.names.contains) ? .version : nil
  }
}

extension CommandOption {
  fileprivate var isQuestion: Bool { self == .help || self == .version }
}
