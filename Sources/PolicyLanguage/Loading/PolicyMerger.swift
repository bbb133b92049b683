import Diagnostics
import TOMLSyntax

/// Puts the trees of several files together: tables unite, lists follow each other, and a key with a single value
/// must have the same one everywhere.
struct PolicyMerger {
  private(set) var result = TOMLTable(entries: [])
  private(set) var diagnostics: [Diagnostic] = []

  /// Keys with one value, by the tables that lead to them. Every other value is a list, or a list of one.
  private static let single: [[String]] = [
    ["policy"], ["operations", "default"], ["process", "no-new-privileges"], ["process", "exec"],
    ["kernel", "unsupported"], ["kernel", "unfilterable"], ["kernel", "holes"], ["kernel", "restrictions"],
  ]

  /// `isIncluding`: the tree is that of the file which includes the others; its description is that of the whole.
  mutating func add(_ table: TOMLTable, isIncluding: Bool = false) {
    var incoming = table
    if isIncluding, table["description"] != nil {
      result = TOMLTable(entries: result.entries.filter { $0.key.name != "description" })
    } else if result["description"] != nil {
      incoming = TOMLTable(entries: table.entries.filter { $0.key.name != "description" })
    }
    result = merge(result, incoming, path: [])
  }

  private mutating func merge(_ first: TOMLTable, _ second: TOMLTable, path: [String]) -> TOMLTable {
    if first.entries.isEmpty { return second }
    var places = NameIndex()
    var entries = first.entries
    for entry in entries { places.add(entry.key.name) }
    for entry in second.entries {
      if let place = places[entry.key.name] {
        let value = merge(entries[place].value, entry.value, path: path + [entry.key.name])
        entries[place] = TOMLTable.Entry(key: entries[place].key, value: value)
      } else {
        entries.append(entry)
      }
    }
    return TOMLTable(entries: entries)
  }

  private mutating func merge(_ first: TOMLValue, _ second: TOMLValue, path: [String]) -> TOMLValue {
    if case .table(let a) = first.kind, case .table(let b) = second.kind {
      return TOMLValue(kind: .table(merge(a, b, path: path)), span: first.span)
    }
    if Self.single.contains(path) {
      if !isSame(first, second) {
        diagnostics.append(
          Diagnostic(
            PolicyDiagnostics.conflictingValues, "'\(path.joined(separator: "."))' has another value elsewhere",
            at: second.span, notes: [Diagnostic.Note("the other value is here", at: first.span)],
            help: "remove one of the two"))
      }
      return first
    }
    return TOMLValue(kind: .array(elements(first) + elements(second)), span: first.span)
  }

  private func elements(_ value: TOMLValue) -> [TOMLValue] {
    if case .array(let elements) = value.kind { return elements }
    return [value]
  }

  /// True for equal values of the kinds that single keys have; anything else is a mistake that the decoder reports.
  private func isSame(_ first: TOMLValue, _ second: TOMLValue) -> Bool {
    switch (first.kind, second.kind) {
    case (.string(let a), .string(let b)): a.hasSameBytes(as: b)
    case (.integer(let a), .integer(let b)): a == b
    case (.boolean(let a), .boolean(let b)): a == b
    default: false
    }
  }
}
