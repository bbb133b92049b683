import Diagnostics
import URingABI

/// What can be listed: operations of submission queue entries, or opcodes of io_uring_register(2).
struct OperationList {
  struct Row {
    let code: UInt8
    let name: String
    let since: KernelRelease?
    let groups: [String]
    /// The table of the language that narrows it, and what can be said there.
    let conditions: String?
  }

  struct Group {
    let name: String
    let summary: String
    let members: [String]
  }

  /// What one of them is called in a message.
  let kind: String
  /// The JSON member that holds them.
  let key: String
  let rows: [Row]
  let groups: [Group]

  static let requests = OperationList(
    kind: "operation", key: "operations",
    rows: Operation.known.map { operation in
      Row(
        code: operation.code, name: operation.name, since: operation.since,
        groups: OperationGroup.containing(operation).map(\.name), conditions: conditions(on: operation))
    },
    groups: OperationGroup.all.map { Group(name: $0.name, summary: $0.summary, members: $0.members.map(\.name)) })

  static let register = OperationList(
    kind: "register opcode", key: "register_opcodes",
    rows: RegisterOperation.known.map { operation in
      Row(
        code: operation.code, name: operation.name, since: operation.since,
        groups: RegisterGroup.containing(operation).map(\.name), conditions: nil)
    },
    groups: RegisterGroup.all.map { Group(name: $0.name, summary: $0.summary, members: $0.members.map(\.name)) })

  private static func conditions(on operation: Operation) -> String? {
    switch operation.arguments {
    case .none: nil
    case .openat: "[open]: access, flags, mode"
    case .openat2: "[open]: access, flags, mode, resolve"
    case .socket: "[socket]: family, type, protocol"
    case .connect: "[connect]: to, port, family (Linux 7.2)"
    }
  }

  var names: [String] { rows.map(\.name) + groups.map(\.name) }

  /// The rows that a name stands for; a name may also be a number.
  func members(of name: String) -> [Row]? {
    if let group = groups.first(where: { $0.name == name }) {
      return rows.filter { group.members.contains($0.name) }
    }
    let found = rows.filter { $0.name == name || String($0.code) == name }
    return found.isEmpty ? nil : found
  }

  /// Each once, by number; all if no name is given.
  func rows(named names: [String]) -> [Row] {
    if names.isEmpty { return rows }
    let wanted = Set(names.flatMap { members(of: $0) ?? [] }.map(\.code))
    return rows.filter { wanted.contains($0.code) }
  }
}

/// Lists of operations as text and as JSON.
enum OperationReport {
  static func table(_ rows: [OperationList.Row], _ groups: [OperationList.Group]) -> String {
    let lines = rows.map { row in
      [
        String(row.code), row.name, row.since.map(String.init(describing:)) ?? "?", row.groups.joined(separator: " "),
        row.conditions ?? "",
      ]
    }
    let header = ["NR", "NAME", "SINCE", "GROUPS", "CONDITIONS"]
    let hasConditions = lines.contains { !$0[4].isEmpty }
    var text = columns([hasConditions ? header : header.dropLast()] + lines.map { hasConditions ? $0 : $0.dropLast() })
    if !groups.isEmpty {
      text += "\n" + columns([["GROUP", "MEANING"]] + groups.map { [$0.name, $0.summary] })
    }
    return text
  }

  static func json(_ rows: [OperationList.Row], _ groups: [OperationList.Group], key: String) -> String {
    let members = [
      JSON.Member("version", .integer(1)),
      JSON.Member(
        key,
        .array(
          rows.map { row in
            .object([
              "number": .integer(Int64(row.code)), "name": .string(row.name),
              "since": row.since.map { .string(String(describing: $0)) } ?? .null,
              "groups": .array(row.groups.map(JSON.string)), "conditions": row.conditions.map(JSON.string) ?? .null,
            ])
          })),
      JSON.Member(
        "groups",
        .array(
          groups.map { group in
            .object([
              "name": .string(group.name), "summary": .string(group.summary),
              "members": .array(group.members.map(JSON.string)),
            ])
          })),
    ]
    return JSON.object(members).pretty
  }

  /// Left-aligned columns, two spaces apart.
  private static func columns(_ rows: [[String]]) -> String {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        line += cell
        let isLast = row[(column + 1)...].allSatisfy(\.isEmpty)
        if isLast { break }
        line += String(repeating: " ", count: widths[column] - cell.count + 2)
      }
      return line + "\n"
    }.joined()
  }
}
