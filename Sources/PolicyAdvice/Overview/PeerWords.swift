import Diagnostics
import Policy
import PolicyLanguage
import URingABI

/// `[connect]` in plain words.
enum PeerWords {
  static func statements(_ rules: ConnectRules?) -> [PolicyOverview.Statement] {
    guard let rules else { return [.init("to any address and port: there is no [connect]")] }
    var statements = (rules.allow ?? []).map { PolicyOverview.Statement(words($0), at: [$0.span]) }
    if rules.allow == nil { statements.append(.init("to any address and port", at: [rules.span])) }
    statements += rules.deny.map { .init("but not \(words($0))", at: [$0.span]) }
    if rules.limitsPeers {
      statements.append(.init("but not to port 0, where nothing can be reached", at: [rules.span]))
    }
    if rules.limitsAddresses {
      statements.append(
        .init("but not to 0.0.0.0, which reaches the address that the socket is bound to", at: [rules.span]))
    }
    return statements
  }

  private static func words(_ entry: ConnectEntry) -> String {
    let parts = [
      entry.networks.map { "to \(Words.alternatives(networks($0)))" },
      entry.ports.map { ports in
        "port \(Words.alternatives(ports.map { $0.value.count == 1 ? "\($0.value.lowerBound)" : "\($0.value.lowerBound)-\($0.value.upperBound)" }))"
      },
      entry.families.map { families in
        // An entry without either is about nothing else.
        let names = Words.alternatives(Words.families(families))
        return entry.networks == nil && entry.ports == nil ? "to any peer of family \(names)" : "family \(names)"
      },
    ]
    return parts.compactMap(\.self).joined(separator: ", ")
  }

  /// Prefixes; those that a name of the language stands for, by the name.
  static func networks(_ networks: [Located<IPPrefix>]) -> [String] {
    var texts: [String] = []
    var rest = networks[...]
    while let first = rest.first {
      let named = NamedNetwork.allCases.first { name in
        let prefixes = name.prefixes
        return rest.prefix(prefixes.count).map(\.value) == prefixes
          && rest.prefix(prefixes.count).allSatisfy { $0.span == first.span }
      }
      texts.append(named.map { "\($0.rawValue) addresses" } ?? first.value.text)
      rest = rest.dropFirst(named?.prefixes.count ?? 1)
    }
    return texts
  }
}
