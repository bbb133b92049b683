package import Policy
package import URingABI

/// Writes the parts of a policy that are about arguments as a policy file: numbers only, and the groups of values on
/// long lines. For tests that give random policies to the program itself.
package enum WrittenPolicy {
  /// `operations`: what the policy allows.
  package static func text(_ policy: Policy, allowing operations: [Operation]) -> String {
    var text = "policy = 1\n[operations]\nallow = \(list(operations.map { quoted($0.name) }))\n"
    if let open = policy.open { text += "[open]\n" + lines(open) }
    if let socket = policy.socket {
      text += "[socket]\n" + entries("allow", socket.allow, entry) + entries("deny", socket.deny, entry)
    }
    if let connect = policy.connect {
      text += "[connect]\n" + entries("allow", connect.allow, entry) + entries("deny", connect.deny, entry)
    }
    return text
  }

  private static func lines(_ rules: OpenRules) -> String {
    var text = ""
    if let access = rules.access { text += "access = \(list(access.map { quoted($0.value.rawValue) }))\n" }
    for (key, flags) in [("flags", rules.flags), ("mode", rules.mode), ("resolve", rules.resolve)] {
      let parts = [("allow", flags.allow), ("forbid", flags.forbid), ("require", flags.require)].compactMap {
        name, list in
        list.flatMap { list in list.isEmpty ? nil : "\(name) = \(self.list(list.map { "\($0.value.bits)" }))" }
      }
      if !parts.isEmpty { text += "\(key) = { \(parts.joined(separator: ", ")) }\n" }
    }
    return text
  }

  private static func entries<Entry>(_ key: String, _ entries: [Entry]?, _ form: (Entry) -> [String]) -> String {
    guard let entries, !entries.isEmpty else { return "" }
    return "\(key) = \(list(entries.map { "{ \(form($0).joined(separator: ", ")) }" }))\n"
  }

  private static func entry(_ entry: SocketEntry) -> [String] {
    [("family", entry.families), ("type", entry.types), ("protocol", entry.protocols)].compactMap { name, values in
      values.map { "\(name) = \(list($0.map { "\($0)" }))" }
    }
  }

  private static func entry(_ entry: ConnectEntry) -> [String] {
    [
      entry.networks.map { "to = \(list($0.map { quoted(prefix($0.value)) }))" },
      entry.ports.map { "port = \(list($0.map { quoted("\($0.value.lowerBound)-\($0.value.upperBound)") }))" },
      entry.families.map { "family = \(list($0.map { "\($0)" }))" },
    ].compactMap(\.self)
  }

  private static func prefix(_ prefix: IPPrefix) -> String {
    switch prefix {
    case .v4(let base, let length): "\(text(v4: base))/\(length)"
    case .v6(let base, let length): "\(text(v6: base))/\(length)"
    }
  }

  package static func text(v4 address: UInt32) -> String {
    [24, 16, 8, 0].map { "\(address >> $0 & 0xFF)" }.joined(separator: ".")
  }

  package static func text(v6 address: UInt128) -> String {
    stride(from: 112, through: 0, by: -16).map { String(address >> UInt128($0) & 0xFFFF, radix: 16) }
      .joined(separator: ":")
  }

  private static func quoted(_ text: String) -> String { "\"\(text)\"" }
  private static func list(_ values: [String]) -> String { "[\(values.joined(separator: ", "))]" }
}
