import Kernel

/// A command line without mistakes in its form. Only launches do without: they read it themselves.
package struct ParsedLine {
  let command: Subcommand
  private var options: [(option: CommandOption, value: [UInt8])] = []
  private(set) var operands: [[UInt8]] = []
  let target: ArgumentVector

  package init(_ reader: CommandLineReader) throws(Mistake) {
    var reader = reader
    command = reader.command
    while let item = reader.next() {
      switch item {
      case .option(let option, let value):
        if !option.words.isEmpty, !option.words.contains(String(decoding: value, as: UTF8.self)) {
          throw .noSuchWord(option, value)
        }
        options.append((option, value))
      case .operand(let index):
        guard case .words = command.operands else { throw .unexpected(index) }
        operands.append(reader.arguments.bytes(at: index))
      case .mistake(let mistake): throw mistake
      }
    }
    target = reader.target
  }

  func has(_ option: CommandOption) -> Bool { options.contains { $0.option == option } }

  /// Those of an option that can be given several times.
  func values(_ option: CommandOption) -> [[UInt8]] { options.filter { $0.option == option }.map(\.value) }

  /// The value of an option, as text.
  func value(_ option: CommandOption) -> String? { values(option).last.map { String(decoding: $0, as: UTF8.self) } }

  /// The operands, as text.
  var words: [String] { operands.map { String(decoding: $0, as: UTF8.self) } }
}

// MARK: What several commands take

extension ParsedLine {
  /// The format that is asked for, by `--format` or `--json`.
  func format<Format: RawRepresentable<String>>(_ option: CommandOption) throws(Mistake) -> Format? {
    guard let word = value(option) else { return has(.formatJSON) ? Format(rawValue: "json") : nil }
    if has(.formatJSON), word != "json" { throw .says("'--json' and '--format \(word)' exclude each other") }
    return Format(rawValue: word)
  }

  /// The policies among the operands.
  ///
  /// `missing`: what the command does with them, such as "check"; `nil` if it can do without.
  func policies(missing: String?) throws(Mistake) -> [PolicyReference] {
    if operands.contains([]) { throw .says("The path of a policy is empty") }
    let policies = operands.map { PolicyReference(argument: $0) }
    if policies.count(where: { $0 == .standardInput }) > 1 {
      throw .says("Standard input can be read only once, but '-' is given twice")
    }
    if let missing, policies.isEmpty { throw .says("Missing the policies to \(missing)") }
    return policies
  }

  func processID(_ option: CommandOption) throws(Mistake) -> Int32? {
    guard let text = value(option) else { return nil }
    guard let number = Int32(text), number > 0 else { throw .says("'\(text)' is not a process ID") }
    return number
  }
}
