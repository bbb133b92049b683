import Diagnostics
import Policy
import URingABI

/// `[open]` in plain words.
enum OpenWords {
  typealias Statement = PolicyOverview.Statement

  /// `operations`: those of the two that are allowed.
  static func statements(_ rules: OpenRules?, _ operations: [Operation]) -> [Statement] {
    guard let rules else { return [Statement("any file, in any way: there is no [open]")] }
    var statements = [access(rules)].compactMap(\.self)
    statements += FlagWords.statements(rules.flags, .openFlags)
    if !rules.mode.isEmpty { statements += mode(rules.mode) }
    statements += FlagWords.statements(rules.resolve, .openResolve)
    if operations.contains(.openat), let required = rules.resolve.require.first {
      statements.append(
        Statement(
          "openat is always denied: it has no resolve flags, and '\(required.value.name)' is required", [.openat],
          at: [required.span]))
    }
    return statements
  }

  private static func access(_ rules: OpenRules) -> Statement? {
    let effects = effects(rules)
    let consequence =
      effects.isEmpty ? "opening creates and truncates nothing" : "which can \(Words.all(effects))"
    guard let access = rules.access else { return Statement("for reading or writing, \(consequence)") }
    let ways = access.map { way(of: $0.value) }
    return Statement("\(Words.alternatives(ways)); \(consequence)", at: access.map(\.span))
  }

  private static func way(of access: OpenRules.Access) -> String {
    switch access {
    case .read: "for reading"
    case .write: "for writing"
    case .readWrite: "for reading and writing"
    case .path: "as a name only (O_PATH)"
    }
  }

  /// What opening can do to the file system.
  static func effects(_ rules: OpenRules?) -> [String] {
    let candidates = [
      ("creat", "create files"), ("tmpfile", "create files without a name"), ("trunc", "truncate files"),
    ]
    return candidates.filter { canOpen(with: $0.0, rules) }.map(\.1)
  }

  /// True if some request with this flag is allowed, as far as access and flags are concerned.
  private static func canOpen(with name: String, _ rules: OpenRules?) -> Bool {
    guard let rules else { return true }
    if let access = rules.access, !access.contains(where: { [.write, .readWrite].contains($0.value) }) { return false }
    if rules.flags.forbid.contains(where: { $0.value.name == name }) { return false }
    return rules.flags.allow?.contains { $0.value.name == name } ?? true
  }

  /// True if some request that opens for writing is allowed.
  static func canWrite(_ rules: OpenRules?) -> Bool {
    rules?.access?.contains { [.write, .readWrite].contains($0.value) } ?? true
  }

  private static func mode(_ rules: FlagRules) -> [Statement] {
    guard let allow = rules.allow else { return FlagWords.statements(rules, .openMode).map(aboutNewFiles) }
    let bits = allow.reduce(0) { $0 | $1.value.bits }
    let rest = FlagRules(forbid: rules.forbid, require: rules.require, span: rules.span)
    return [Statement("new files get permissions of 0\(String(bits, radix: 8)) and no others", at: [rules.span])]
      + FlagWords.statements(rest, .openMode).map(aboutNewFiles)
  }

  private static func aboutNewFiles(_ statement: Statement) -> Statement {
    Statement("new files \(statement.text)", at: statement.places)
  }
}
