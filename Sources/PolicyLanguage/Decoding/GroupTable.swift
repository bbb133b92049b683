import Diagnostics
import Policy
import TOMLSyntax
import URingABI

/// The groups that lists may name: those built in, and those of the policy.
struct GroupTable {
  /// Members by name with the leading `@`.
  private var custom: [String: [Operation]] = [:]
  private(set) var definitions: [Located<String>] = []
  private var used: Set<String> = []

  /// True for what can only be the name of a group.
  static func isGroupName(_ text: String) -> Bool { text.utf8.first == UInt8(ascii: "@") }

  /// Every name, with the leading `@`; made one by one, as a policy may have a great many.
  var names: some Sequence<String> {
    let builtIn = OperationGroup.all
    return (0..<builtIn.count + definitions.count).lazy.map { [definitions] index in
      index < builtIn.count ? builtIn[index].name : definitions[index - builtIn.count].value
    }
  }

  /// The members of a group, which counts as used from now on.
  mutating func members(of name: String) -> [Operation]? {
    // Names are ASCII, and outside it there is a text that Swift holds equal to one inside: KELVIN SIGN is K.
    guard name.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
    if let builtIn = OperationGroup.named(name) { return builtIn.members }
    guard let members = custom[name] else { return nil }
    used.insert(name)
    return members
  }

  /// True for a group of the policy whose members are known.
  func isDefined(_ name: String) -> Bool { custom[name] != nil }

  mutating func define(_ name: Located<String>, members: [Operation]) {
    definitions.append(name)
    custom[name.value] = members
  }

  var unused: [Located<String>] { definitions.filter { !used.contains($0.value) } }
}

/// `[groups]`
extension PolicyDecoder {
  /// Groups that name groups that name groups…
  private static var deepestNesting: Int { 32 }

  mutating func decodeGroups(_ entry: TOMLTable.Entry?) -> GroupTable {
    guard let entry, let table = reader.table(entry.value) else { return GroupTable() }
    var definitions: [String: TOMLTable.Entry] = [:]
    for entry in table.entries {
      let name = "@" + entry.key.name
      let quotation = Quotation.shortened(entry.key.name)
      if GroupTable.isGroupName(entry.key.name) {
        reader.report(
          PolicyDiagnostics.unknownName, "group names are written without '@' here", at: entry.key.span,
          help: "write \(quotation.drop { $0 == "@" }) = [...], and use it as \"\(quotation)\"")
      } else if !entry.key.name.utf8.allSatisfy(Self.isNameByte) || entry.key.name.isEmpty {
        reader.report(
          PolicyDiagnostics.unknownName, "a group name has only letters, digits, '.', '_' and '-'", at: entry.key.span,
          help: "choose another name")
      } else if OperationGroup.named(name) != nil {
        reader.report(
          PolicyDiagnostics.groupRedefined, "'\(name)' is a built-in group and cannot mean something else",
          at: entry.key.span, help: "choose another name")
      } else {
        definitions[name] = entry
      }
    }
    for entry in table.entries {
      var path: [String] = []
      resolve("@" + entry.key.name, definitions, &path)
    }
    return groups
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// Defines a group after those that it names.
  private mutating func resolve(_ name: String, _ definitions: [String: TOMLTable.Entry], _ path: inout [String]) {
    guard let entry = definitions[name], !groups.isDefined(name) else { return }
    if path.contains(name) || path.count >= Self.deepestNesting {
      reader.report(
        PolicyDiagnostics.groupCycle,
        path.contains(name)
          ? "the group \(quoting: name) contains itself: \((path + [name]).map { Quotation.shortened($0) }.joined(separator: " → "))"
          : "groups are nested more than \(Self.deepestNesting) deep",
        at: entry.key.span, help: "write the operations themselves into one of the groups")
      groups.define(Located(name, at: entry.key.span), members: [])
      return
    }
    path.append(name)
    defer { path.removeLast() }
    guard let elements = reader.nonEmptyArray(entry.value, help: "name operations or groups, or remove the group")
    else {
      groups.define(Located(name, at: entry.key.span), members: [])
      return
    }
    for case .string(let inner) in elements.map(\.kind) where GroupTable.isGroupName(inner) {
      resolve(inner, definitions, &path)
    }
    // A cycle has defined this group by now.
    if groups.isDefined(name) { return }
    let members = elements.flatMap { operations(of: $0) }
    groups.define(Located(name, at: entry.key.span), members: Array(Set(members)).sorted())
  }

  /// A group of an included file may be there for others.
  mutating func reportUnusedGroups() {
    for group in groups.unused where group.span.source == rootSource {
      reader.warn(
        PolicyDiagnostics.unusedGroup, "the group \(quoting: group.value) is not used", at: group.span,
        help: "use it as \"\(Quotation.shortened(group.value))\" in [operations], or remove it")
    }
  }
}
