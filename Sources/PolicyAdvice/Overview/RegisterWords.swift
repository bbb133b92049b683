import Policy
import URingABI

/// `[register]` in plain words.
enum RegisterWords {
  typealias Statement = PolicyOverview.Statement

  static func statements(_ rules: RegisterRules?) -> [Statement] {
    guard let rules else {
      return [Statement("every opcode, including those of newer kernels: there is no [register]")]
    }
    let allowed = RegisterOperation.known.filter(rules.permits)
    let unnamed = (rules.allow ?? []).map(\.value).filter { $0.since == nil && rules.permits($0) }
    var statements: [Statement] = []
    // In the order of the table of groups; each opcode is in one of them at least.
    var told: [RegisterOperation] = []
    for group in RegisterGroup.all {
      let members = group.members.filter { allowed.contains($0) && !told.contains($0) }
      if members.isEmpty { continue }
      told += members
      let places = members.compactMap { member in rules.allow?.first { $0.value == member }?.span }
      let names = members.map(\.name).joined(separator: ", ")
      statements.append(Statement("\(group.summary): \(names)", at: rules.allow == nil ? [rules.span] : unique(places)))
    }
    if !unnamed.isEmpty {
      statements.append(Statement("by number: \(unnamed.map(\.name).joined(separator: ", "))", at: [rules.span]))
    }
    if rules.allow == nil {
      statements.append(Statement("every opcode that newer kernels add", at: [rules.span]))
    }
    return statements.isEmpty ? [Statement("nothing is allowed", at: [rules.span])] : statements
  }

  static func denied(_ policy: Policy) -> [String] {
    guard let rules = policy.register else { return [] }
    return RegisterOperation.known.filter { !rules.permits($0) }.map(\.name)
  }

  private static func unique<Element: Equatable>(_ elements: [Element]) -> [Element] {
    elements.reduce(into: []) { unique, element in if !unique.contains(element) { unique.append(element) } }
  }
}
