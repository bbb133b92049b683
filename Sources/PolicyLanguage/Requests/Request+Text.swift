package import Policy
import URingABI

extension Request {
  /// The request in the small language that `RequestText` reads. Reading it again gives the same request, if a kernel
  /// can show such a one: O_LARGEFILE, which it adds by itself, is not written.
  package var text: String {
    switch self {
    case .registration(let operation): "register \(operation.name)"
    case .submission(let submission): submission.text
    }
  }
}

extension Submission {
  fileprivate var text: String {
    var words = [operation.name] + payload.words(of: operation)
    if flags != 0 { words.append("sqe-flags=\(SQEFlags.vocabulary.exactNames(UInt64(flags)))") }
    if userData != 0 { words.append("user_data=\(userData)") }
    return words.joined(separator: " ")
  }
}

extension Submission.Payload {
  fileprivate func words(of operation: Operation) -> [String] {
    switch self {
    case .none: return []
    case .open(let flags, let mode, let resolve):
      var words = ["flags=\(Self.openFlags(flags))"]
      if mode != 0 { words.append("mode=\(OpenConstants.mode.exactNames(mode))") }
      if resolve != 0 { words.append("resolve=\(OpenConstants.resolve.exactNames(resolve))") }
      return words
    case .socket(let family, let type, let number):
      var words = [
        "family=\(SocketConstants.name(of: family, in: SocketConstants.families))", "type=\(Self.socketType(type))",
      ]
      if number != 0 { words.append("protocol=\(SocketConstants.name(of: number, in: SocketConstants.protocols))") }
      return words
    case .connect(to: .v4(let address), let port): return ["to=\(IPAddress.v4(address)):\(port)"]
    case .connect(to: .v6(let address), let port): return ["to=[\(IPAddress.v6(address))]:\(port)"]
    case .connectElsewhere(let family):
      return ["family=\(SocketConstants.name(of: family, in: SocketConstants.families))"]
    }
  }

  private static func openFlags(_ flags: UInt64) -> String {
    let implied = flags & OpenConstants.path == 0 ? OpenConstants.largeFile : 0
    let rest = flags & ~OpenConstants.accessMask & ~implied
    let access: String? =
      switch flags & OpenConstants.accessMask {
      case OpenConstants.readOnly: rest & OpenConstants.path == 0 ? "rdonly" : nil
      case OpenConstants.writeOnly: "wronly"
      case OpenConstants.readWrite: "rdwr"
      default: Flag(number: OpenConstants.accessMask).name
      }
    let others = rest == 0 ? nil : OpenConstants.flags.exactNames(rest)
    return [access, others].compactMap { $0 }.joined(separator: ",")
  }

  private static func socketType(_ type: UInt32) -> String {
    let flags = [("cloexec", OpenConstants.closeOnExec), ("nonblock", OpenConstants.nonblock)]
    let set = flags.filter { UInt64(type) & $0.1 != 0 }
    let named = set.reduce(UInt64(type & 0xF)) { $0 | $1.1 }
    // Other bits have no name; the number says it all.
    if named != UInt64(type) { return String(type) }
    return ([SocketConstants.name(of: type & 0xF, in: SocketConstants.types)] + set.map(\.0)).joined(separator: ",")
  }
}

extension FlagVocabulary {
  /// Names whose bits are exactly those of the word, and a number for what is left.
  fileprivate func exactNames(_ word: UInt64) -> String {
    let carried = flags.filter { $0.isCarried(by: word) && $0.bits & ~word == 0 }
    let rest = carried.reduce(word) { $0 & ~$1.bits }
    return (carried.map(\.name) + (rest == 0 ? [] : [Flag(number: rest).name])).joined(separator: ",")
  }
}
