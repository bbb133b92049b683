package import Diagnostics
package import Policy
import PolicyLanguage
package import URingABI

/// One change to a policy that makes it allow more: something to add to a list, or to take out of one.
package struct PolicyChange: Sendable {
  /// The lists that flags are taken out of.
  package enum FlagList: String, Sendable {
    case forbid
    case require
  }

  package enum Edit: Sendable {
    case allow(Operation)
    case keepFromDenying(Operation)
    case allowRegister(RegisterOperation)
    case keepFromDenyingRegister(RegisterOperation)
    /// To the allow list of the word, which is made if it is not there.
    case addFlags(FlagWord, [Flag])
    /// Out of `forbid` or `require`.
    case removeFlag(FlagWord, FlagList, Flag)
    /// Without conditions on the word.
    case freeFlags(FlagWord)
    case addUserData(Operation, UInt64)
    case addAccess(OpenRules.Access)
    case freeAccess
    case addSocket(SocketEntry)
    case removeSocketDenial(SocketEntry)
    case addPeer(ConnectEntry)
    case removePeerDenial(ConnectEntry)
    case freePeers
  }

  package let edit: Edit
  /// Where: of something to add the list or the table, of something to remove each place that has it.
  package let places: [SourceSpan]

  package init(_ edit: Edit, at places: [SourceSpan]) {
    self.edit = edit
    self.places = places
  }

  // MARK: In the words of the policy

  package var isAddition: Bool {
    switch edit {
    case .allow, .allowRegister, .addFlags, .addUserData, .addAccess, .addSocket, .addPeer: true
    case .keepFromDenying, .keepFromDenyingRegister, .removeFlag, .freeFlags, .freeAccess, .removeSocketDenial,
      .removePeerDenial, .freePeers:
      false
    }
  }

  /// The header of the table, without brackets.
  package var table: String {
    switch edit {
    case .allow, .keepFromDenying: "operations"
    case .allowRegister, .keepFromDenyingRegister: "register"
    case .addFlags(let word, _), .removeFlag(let word, _, _), .freeFlags(let word): word.table
    case .addUserData(let operation, _): "operation.\(operation.name)"
    case .addAccess, .freeAccess: "open"
    case .addSocket, .removeSocketDenial: "socket"
    case .addPeer, .removePeerDenial, .freePeers: "connect"
    }
  }

  /// The key in the table; `nil` if it is about the table as a whole.
  package var key: String? {
    switch edit {
    case .allow, .allowRegister, .addSocket, .addPeer: "allow"
    case .keepFromDenying, .keepFromDenyingRegister, .removeSocketDenial, .removePeerDenial: "deny"
    case .addFlags(let word, _): "\(word.key).allow"
    case .removeFlag(let word, let list, _): "\(word.key).\(list.rawValue)"
    case .freeFlags(let word): word.key
    case .addUserData: "user_data"
    case .addAccess, .freeAccess: "access"
    case .freePeers: nil
    }
  }

  /// What is added or removed, as the language writes it; empty if it is the key or table itself.
  package var values: [String] {
    switch edit {
    case .allow(let operation), .keepFromDenying(let operation):
      [operation.since == nil ? operation.name : Self.quoted(operation.name)]
    case .allowRegister(let operation), .keepFromDenyingRegister(let operation):
      [operation.since == nil ? operation.name : Self.quoted(operation.name)]
    case .addFlags(let word, let flags): flags.map { Self.text($0, word.vocabulary) }
    case .removeFlag(let word, _, let flag): [Self.text(flag, word.vocabulary)]
    case .freeFlags, .freeAccess, .freePeers: []
    case .addUserData(_, let value): [value > UInt64(Int64.max) ? Self.quoted(String(value)) : String(value)]
    case .addAccess(let access): [Self.quoted(access.rawValue)]
    case .addSocket(let entry), .removeSocketDenial(let entry): [entry.text]
    case .addPeer(let entry), .removePeerDenial(let entry): [entry.text]
    }
  }

  /// What to do, on one line.
  package var text: String {
    let header = "[\(table)]"
    guard let key else { return "remove \(header)" }
    if values.isEmpty { return "remove '\(key)' from \(header)" }
    let values = values.joined(separator: ", ")
    return isAddition ? "add \(values) to '\(key)' of \(header)" : "remove \(values) from '\(key)' of \(header)"
  }

  /// For something to add, the line that would be written if nothing of it were there.
  package var line: String? {
    guard isAddition, let key else { return nil }
    return "\(key) = [\(values.joined(separator: ", "))]"
  }

  private static func quoted(_ name: String) -> String { "\"\(name)\"" }

  private static func text(_ flag: Flag, _ vocabulary: FlagVocabulary) -> String {
    vocabulary.flags.contains(flag) ? quoted(flag.name) : flag.name
  }
}
