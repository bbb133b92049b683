@testable import URingJailCLI

/// A command line taken apart: options by their long names, each with its values; a flag has an empty one each time.
struct LineParts: Hashable {
  var command: Subcommand
  var options: [String: [[UInt8]]] = [:]
  var operands: [[UInt8]] = []
  var target: [[UInt8]] = []
}

/// Command lines read once more, as the manual describes them: slowly, and what is behind `--` first. Of the program it
/// takes only what is in the table of options.
enum ReferenceReading {
  /// `nil` for every mistake in the form, and where help or version is asked for.
  static func parts(_ arguments: [String]) -> LineParts? {
    var words = arguments
    let named = Subcommand.allCases.first { $0.name.description == words.first }
    if named != nil { words.removeFirst() }
    var parts = LineParts(command: named ?? .run)
    let options = CommandOption.all(of: parts.command)
    let dashes = words.firstIndex { Array($0.utf8) == Array("--".utf8) }
    let behind = dashes.map { words[($0 + 1)...].map { Array($0.utf8) } } ?? []
    var before = Array(words[..<(dashes ?? words.endIndex)])
    while !before.isEmpty {
      let word = before.removeFirst()
      if !isOption(word) {
        parts.operands.append(Array(word.utf8))
        continue
      }
      let pieces = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard let option = options.first(where: { $0.names.contains(pieces[0]) }) else { return nil }
      if option == .help || option == .version { return nil }
      var value = pieces.count == 2 ? pieces[1] : nil
      if option.placeholder != nil, value == nil {
        guard let next = before.first, !isOption(next) else { return nil }
        value = before.removeFirst()
      }
      // A flag has no value, and the value of an option is not empty.
      guard (option.placeholder == nil) == (value == nil), value != "" else { return nil }
      if let value, !option.words.isEmpty, !option.words.contains(value) { return nil }
      parts.options[option.name, default: []].append(Array((value ?? "").utf8))
    }
    for option in options where parts.options[option.name, default: []].count > 1 {
      switch option.definition.value {
      case .once, .word: return nil
      case .none, .repeatedly: break
      }
    }
    switch parts.command.operands {
    case .target: parts.target = behind
    case .words: parts.operands += behind
    case .none: parts.operands += behind
    }
    if case .words = parts.command.operands { return parts }
    return parts.operands.isEmpty ? parts : nil
  }

  /// More than a dash, which stands for standard input.
  private static func isOption(_ word: String) -> Bool {
    word.utf8.first == UInt8(ascii: "-") && word.utf8.count > 1
  }

  /// What a line asks `run` to do; `nil` for any mistake.
  static func request(_ arguments: [String]) -> Asked? {
    guard let parts = parts(arguments), parts.command == .run, !parts.target.isEmpty,
      let policies = parts.options["--policy"], policies.count(where: { $0 == Array("-".utf8) }) < 2
    else { return nil }
    var options = RunOptions()
    options.acceptsUntrustedPolicy = parts.options["--accept-untrusted-policy"] != nil
    options.isVerbose = parts.options["--verbose"] != nil
    options.isDryRun = parts.options["--dry-run"] != nil
    options.isJSON = parts.options["--json"] != nil
    if options.isJSON, !options.isDryRun { return nil }
    for value in parts.options["--keep-fd"] ?? [] {
      let text = String(decoding: value, as: UTF8.self)
      let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { number(String($0)) }
      if text == "all" {
        options.keptRanges.append(3...Int32.max)
      } else if ends.count == 1, let only = ends[0] {
        options.keptDescriptors.append(only)
      } else if ends.count == 2, let first = ends[0], let last = ends[1], first <= last {
        options.keptRanges.append(first...last)
      } else {
        return nil
      }
    }
    for value in parts.options["--status-fd"] ?? [] {
      guard let descriptor = number(String(decoding: value, as: UTF8.self)) else { return nil }
      if options.keptDescriptors.contains(descriptor) { return nil }
      options.statusDescriptor = descriptor
    }
    return Asked(policies, options: options, command: parts.target)
  }

  /// A number above 2, written as numbers are printed.
  private static func number(_ text: String) -> Int32? {
    guard let number = Int32(text), number > 2, "\(number)" == text else { return nil }
    return number
  }
}
