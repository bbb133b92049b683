import Diagnostics
package import Policy
package import URingABI

/// The small language of requests: an operation and its arguments, as in
/// `openat2 flags=rdonly,cloexec resolve=beneath`, `connect to=[2001:db8::1]:443` or `register ring_fds`.
///
/// Values are names, or numbers where there is no name. What is left out is 0, but for arguments without which a
/// request means nothing.
package struct RequestText {
  package struct Failure: Error {
    package let message: String
    package let help: String?
  }

  /// The few arguments that are given, in the order of the text, and their values.
  private var keys: [String] = []
  private var values: [String] = []
  private let operation: Operation

  /// The request as the kernel sees it when it decides.
  package static func parse(_ text: String) throws(Failure) -> Request {
    switch try written(text) {
    case .registration(let operation): .registration(operation)
    case .submission(let submission): .submission(submission.prepared)
    }
  }

  /// The request as a program makes it, before the kernel's own preparation.
  package static func written(_ text: String) throws(Failure) -> Request {
    let words = parts(of: text) { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    guard let name = words.first else {
      throw Failure(
        message: "a request begins with the name of an operation", help: "such as \"openat2 flags=rdonly\"")
    }
    if name == "register" { return .registration(try registerOperation(words)) }
    guard let operation = Operation(name: name) ?? number(name, most: 255).map({ Operation(code: UInt8($0)) }) else {
      throw Failure(
        message: "unknown operation \(quoting: name)",
        help: NameAdvice.help(for: name, among: Operation.known.map(\.name) + ["register"]))
    }
    let request = try RequestText(operation, words.dropFirst())
    return .submission(try request.submission())
  }

  private static func registerOperation(_ words: [String]) throws(Failure) -> RegisterOperation {
    guard words.count == 2 else {
      throw Failure(message: "'register' takes the name of one register opcode", help: "such as \"register buffers\"")
    }
    if let operation = RegisterOperation(name: words[1]) { return operation }
    if let number = number(words[1], most: 127) { return RegisterOperation(code: UInt8(number)) }
    throw Failure(
      message: "unknown register opcode \(quoting: words[1])",
      help: NameAdvice.help(for: words[1], among: RegisterOperation.known.map(\.name)))
  }

  private init(_ operation: Operation, _ words: ArraySlice<String>) throws(Failure) {
    self.operation = operation
    let known = Self.keys(of: operation)
    for word in words {
      guard let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")) else {
        throw Failure(message: "\(quoting: word) is not of the form KEY=VALUE", help: Self.keyList(operation))
      }
      let key = String(Substring(word.utf8[..<equals]))
      guard known.contains(key) else {
        let help =
          operation == .openat && key == "resolve"
          ? "openat has no resolve flags; openat2 has"
          : NameAdvice.help(for: key, among: known) ?? Self.keyList(operation)
        throw Failure(message: "'\(operation.name)' has no argument \(quoting: key)", help: help)
      }
      if argument(key) != nil { throw Failure(message: "'\(key)' is given twice", help: nil) }
      keys.append(key)
      values.append(String(Substring(word.utf8[word.utf8.index(after: equals)...])))
    }
  }

  /// The arguments that a request of the operation can have.
  package static func keys(of operation: Operation) -> [String] {
    let common = ["sqe-flags", "user_data"]
    return switch operation.arguments {
    case .none: common
    case .openat: ["flags", "mode"] + common
    case .openat2: ["flags", "mode", "resolve"] + common
    case .socket: ["family", "type", "protocol"] + common
    case .connect: ["to", "family"] + common
    }
  }

  private static func keyList(_ operation: Operation) -> String {
    "arguments of '\(operation.name)': \(keys(of: operation).joined(separator: ", "))"
  }

  // MARK: Arguments

  private func argument(_ key: String) -> String? { keys.firstIndex(of: key).map { values[$0] } }

  /// What stands between commas.
  private static func elements(of text: String) -> [String] {
    parts(of: text) { $0 == UInt8(ascii: ",") }
  }

  /// What stands between separators, without what is empty.
  private static func parts(of text: String, isSeparator: (UInt8) -> Bool) -> [String] {
    text.utf8.split(whereSeparator: isSeparator).map { String(Substring($0)) }
  }

  private func submission() throws(Failure) -> Submission {
    Submission(
      operation, try payload(), flags: UInt8(try flags("sqe-flags", SQEFlags.vocabulary)),
      userData: try argument("user_data", most: .max) ?? 0)
  }

  private func payload() throws(Failure) -> Submission.Payload {
    switch operation.arguments {
    case .none:
      return .none
    case .openat, .openat2:
      let arguments = (flags: try openFlags(), mode: try flags("mode", OpenConstants.mode))
      if operation == .openat {
        try requireEntryField("flags", arguments.flags)
        try requireEntryField("mode", arguments.mode)
      }
      return .open(
        flags: arguments.flags, mode: arguments.mode, resolve: try flags("resolve", OpenConstants.resolve))
    case .socket:
      return .socket(
        family: try required("family", SocketConstants.families), type: try socketType(),
        protocol: try constant("protocol", SocketConstants.protocols) ?? 0)
    case .connect:
      return try peer()
    }
  }

  /// `sqe->open_flags` and `sqe->len`, which have the arguments of openat, are 32 bits wide.
  private func requireEntryField(_ key: String, _ value: UInt64) throws(Failure) {
    guard value > UInt64(UInt32.max) else { return }
    throw Failure(
      message: "'openat' has only 32 bits for \(key)",
      help: "openat2 takes 64 bits")
  }

  private func peer() throws(Failure) -> Submission.Payload {
    guard let text = argument("to") else {
      let family = try required("family", SocketConstants.families)
      guard family <= SocketConstants.largestPeerFamily else {
        throw Failure(message: "an address has a family from 0 to 65535", help: "such as family=unix")
      }
      if family == SocketConstants.inet || family == SocketConstants.inet6 {
        throw Failure(message: "'connect' over IPv4 or IPv6 needs a peer", help: "such as to=192.0.2.1:443")
      }
      return .connectElsewhere(family: family)
    }
    if argument("family") != nil {
      throw Failure(message: "'to' already determines the family", help: "leave out 'family'")
    }
    let bytes = text.utf8
    let isBracketed = bytes.first == UInt8(ascii: "[")
    guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")),
      let port = Self.number(String(Substring(bytes[bytes.index(after: colon)...])), most: 65_535),
      isBracketed == (bytes[..<colon].last == UInt8(ascii: "]")),
      let address = IPText.address(
        String(Substring(isBracketed ? bytes[..<colon].dropFirst().dropLast() : bytes[..<colon]))),
      isBracketed == address.isV6
    else {
      throw Failure(
        message: "\(quoting: text) is not a peer", help: "write to=ADDRESS:PORT, or to=[ADDRESS]:PORT for IPv6")
    }
    return .connect(to: address, port: UInt16(port))
  }

  private func openFlags() throws(Failure) -> UInt64 {
    guard let text = argument("flags") else { return OpenConstants.readOnly }
    var access: UInt64?
    var others: [String] = []
    for name in Self.elements(of: text) {
      guard let mode = Self.accessMode(name) else {
        others.append(name)
        continue
      }
      if access != nil {
        throw Failure(message: "a file is opened with one of rdonly, wronly and rdwr", help: nil)
      }
      access = mode
    }
    return try bits("flags", others, OpenConstants.flags, alternatives: ["rdonly", "rdwr", "wronly"])
      | (access ?? OpenConstants.readOnly)
  }

  private static func accessMode(_ name: String) -> UInt64? {
    switch name {
    case "rdonly": OpenConstants.readOnly
    case "rdwr": OpenConstants.readWrite
    case "wronly": OpenConstants.writeOnly
    default: nil
    }
  }

  private func socketType() throws(Failure) -> UInt32 {
    guard let text = argument("type") else { throw missing("type") }
    var value: UInt32 = 0
    var kinds = 0
    for name in Self.elements(of: text) {
      switch name {
      case "cloexec": value |= UInt32(OpenConstants.closeOnExec)
      case "nonblock": value |= UInt32(OpenConstants.nonblock)
      default:
        value |= try Self.constant("type", name, SocketConstants.types)
        kinds += 1
      }
    }
    guard kinds == 1 else { throw Failure(message: "a socket has exactly one type", help: "such as type=stream") }
    let flags = UInt32(OpenConstants.closeOnExec | OpenConstants.nonblock)
    guard value & ~(SocketConstants.largestType | flags) == 0 else {
      throw Failure(
        message: "no request of 'socket' can have this type: the kernel refuses it before filters run",
        help: "types go from 0 to 15; cloexec and nonblock may be added to one")
    }
    return value
  }

  private func flags(_ key: String, _ vocabulary: @autoclosure () -> FlagVocabulary) throws(Failure) -> UInt64 {
    guard let text = argument(key) else { return 0 }
    return try bits(key, Self.elements(of: text), vocabulary())
  }

  /// The vocabulary is not made for flags that are not there.
  private func bits(
    _ key: String, _ names: [String], _ vocabulary: @autoclosure () -> FlagVocabulary, alternatives: [String] = []
  ) throws(Failure) -> UInt64 {
    if names.isEmpty { return 0 }
    let vocabulary = vocabulary()
    let largest = vocabulary.width == 64 ? UInt64.max : 1 << UInt64(vocabulary.width) - 1
    var bits: UInt64 = 0
    for name in names {
      guard let value = vocabulary.flag(named: name)?.bits ?? Self.number(name, most: largest) else {
        let known = vocabulary.flags.map(\.name) + alternatives
        throw Failure(
          message: "unknown \(vocabulary.kind) \(quoting: name)",
          help: NameAdvice.help(for: name, among: known))
      }
      bits |= value
    }
    return bits
  }

  private func required(_ key: String, _ table: [SocketConstants.Constant]) throws(Failure) -> UInt32 {
    guard let value = try constant(key, table) else { throw missing(key) }
    return value
  }

  private func missing(_ key: String) -> Failure {
    Failure(message: "'\(operation.name)' needs '\(key)'", help: Self.keyList(operation))
  }

  private func constant(_ key: String, _ table: [SocketConstants.Constant]) throws(Failure) -> UInt32? {
    guard let text = argument(key) else { return nil }
    return try Self.constant(key, text, table)
  }

  private static func constant(
    _ key: String, _ text: String, _ table: [SocketConstants.Constant]
  ) throws(Failure) -> UInt32 {
    if let constant = table.first(where: { $0.name == text }) { return constant.value }
    if let number = number(text, most: UInt64(UInt32.max)) { return UInt32(number) }
    throw Failure(
      message: "unknown \(key) \(quoting: text)",
      help: NameAdvice.help(for: text, among: table.map(\.name)))
  }

  private func argument(_ key: String, most: UInt64) throws(Failure) -> UInt64? {
    guard let text = argument(key) else { return nil }
    guard let number = Self.number(text, most: most) else {
      throw Failure(message: "\(quoting: text) is not a valid number for '\(key)'", help: nil)
    }
    return number
  }

  private static func number(_ text: String, most: UInt64) -> UInt64? {
    UnsignedText.number(text).flatMap { $0 <= most ? $0 : nil }
  }
}

extension IPAddress {
  fileprivate var isV6: Bool { if case .v6 = self { true } else { false } }
}
