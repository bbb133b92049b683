import Diagnostics
import Policy
import PolicyLanguage
import URingABI

/// `[socket]` in plain words.
enum SocketWords {
  static func statements(_ rules: SocketRules?) -> [PolicyOverview.Statement] {
    guard let rules else { return [.init("of any family and type, raw ones included: there is no [socket]")] }
    var statements = (rules.allow ?? []).map { PolicyOverview.Statement(words($0), at: [$0.span]) }
    if rules.allow == nil { statements.append(.init("of any family and type", at: [rules.span])) }
    return statements + rules.deny.map { .init("but not \(words($0))", at: [$0.span]) }
  }

  private static func words(_ entry: SocketEntry) -> String {
    let protocols = SocketConstants.protocols.filter { entry.isInternet || $0.value == 0 }
    let parts = [
      entry.families.map { "family \(Words.alternatives(Words.families($0)))" } ?? "any family",
      entry.types.map { "type \(Words.alternatives(Words.constants($0, SocketConstants.types)))" },
      entry.protocols.map { "protocol \(Words.alternatives(Words.constants($0, protocols)))" },
    ]
    return parts.compactMap(\.self).joined(separator: ", ")
  }
}
