import Diagnostics
import Policy
import TOMLSyntax
import URingABI

/// `[operations]`, `[operation.NAME]` and `[register]`.
extension PolicyDecoder {
  mutating func decodeOperations(_ entry: TOMLTable.Entry?) -> OperationRules {
    guard let entry, let table = reader.table(entry.value, as: Language.operations) else { return OperationRules() }
    reportEmptyList(table["deny"])
    return OperationRules(
      byDefault: table["default"].flatMap { reader.choice($0.value, of: "default") } ?? .deny,
      allow: operationList(table["allow"]) ?? [], deny: operationList(table["deny"]) ?? [],
      flags: flagRules(table["flags"], SQEFlags.vocabulary, "[operations] flags"), span: entry.key.span)
  }

  private mutating func operationList(_ entry: TOMLTable.Entry?) -> [Located<Operation>]? {
    guard let entry, let elements = reader.array(entry.value) else { return nil }
    return nameList(elements) { decoder, element in decoder.operations(of: element) }
  }

  /// The operations that one element of a list stands for; empty after an error.
  mutating func operations(of element: TOMLValue) -> [Operation] {
    if case .string(let name) = element.kind, GroupTable.isGroupName(name) {
      if let members = groups.members(of: name) { return members }
      reader.report(
        PolicyDiagnostics.unknownName, "unknown group \(quoting: name)", at: element.span,
        help: NameAdvice.help(for: name, among: groups.names)
          ?? "'uring-jail operations' lists the groups; [groups] makes new ones")
      return []
    }
    let groups = groups
    let code = reader.nameOrNumber(
      element, kind: "operation", upTo: UInt32(UInt8.max),
      names: [AnySequence(Operation.known.lazy.map(\.name)), AnySequence(groups.names)].joined()
    ) { Operation(name: $0).map { UInt32($0.code) } }
    return code.map { [Operation(code: UInt8($0))] } ?? []
  }

  /// The members of a list of names and groups, each at the place of the name that stands for it, with a warning for
  /// what is named twice. Groups may overlap.
  private mutating func nameList<Member: Equatable & Sendable>(
    _ elements: [TOMLValue], members: (inout PolicyDecoder, TOMLValue) -> [Member]
  ) -> [Located<Member>] {
    var result: [Located<Member>] = []
    // There are at most 256 codes, so looking through what was found takes no longer for longer lists.
    var named: [Located<Member>] = []
    var grouped: [Located<Member>] = []
    var groupNames = NamePlaces()
    for element in elements {
      let found = members(&self, element)
      if case .string(let name) = element.kind, GroupTable.isGroupName(name) {
        let first = groupNames.update(name, to: element.span)
        reportDuplicate(first, "\(quoting: name)", at: element.span)
        // A group of a few letters can stand for every operation: a file that repeats it gets it spelled out once.
        if first?.source != element.span.source {
          for member in found { result.append(Located(member, at: element.span)) }
        }
        for member in found where !grouped.contains(where: { $0.value == member }) {
          grouped.append(Located(member, at: element.span))
        }
        continue
      }
      for member in found { result.append(Located(member, at: element.span)) }
      guard let member = found.first else { continue }
      if let index = named.firstIndex(where: { $0.value == member }) {
        reportDuplicate(named[index].span, "this", at: element.span)
        named.remove(at: index)
      }
      named.append(Located(member, at: element.span))
    }
    // A name is superfluous beside a group that has it.
    for element in named {
      guard let group = grouped.first(where: { $0.value == element.value }) else { continue }
      reportDuplicate(group.span, "this", at: element.span, by: "a group that has it")
    }
    return result
  }

  /// Warns if something stands in the list already. Lists of several files may overlap.
  mutating func reportDuplicate(
    _ first: SourceSpan?, _ what: @autoclosure () -> String, at span: SourceSpan, by other: String = "first named"
  ) {
    guard let first, first.source == span.source else { return }
    reader.warn(
      PolicyDiagnostics.duplicateName, "\(what()) is in the list already", at: span,
      notes: [Diagnostic.Note("\(other) here", at: first)], help: "remove one of the two")
  }

  // MARK: [operation.NAME]

  mutating func decodeConditions(_ entry: TOMLTable.Entry?) -> [OperationConditions] {
    guard let entry, let table = reader.table(entry.value) else { return [] }
    var seen: [Located<Operation>] = []
    return table.entries.compactMap { entry in
      guard let operation = operationKey(entry.key) else { return nil }
      guard let table = reader.table(entry.value, as: Language.operation) else { return nil }
      if let first = seen.first(where: { $0.value == operation }) {
        reader.report(
          PolicyDiagnostics.conflictingValues, "'\(operation.name)' has conditions already", at: entry.key.span,
          notes: [Diagnostic.Note("first here", at: first.span)], help: "write them into one table")
        return nil
      }
      seen.append(Located(operation, at: entry.key.span))
      if table.entries.isEmpty { reportEmptyTable("[operation.\(operation.name)]", at: entry.key.span) }
      return OperationConditions(
        Located(operation, at: entry.key.span),
        flags: flagRules(table["flags"], SQEFlags.vocabulary, "[operation.\(operation.name)] flags"),
        userData: userData(table["user_data"]), span: entry.key.span)
    }
  }

  /// An operation as a key, by name or, as keys are text, by number in digits.
  private mutating func operationKey(_ key: TOMLKey) -> Operation? {
    if let operation = Operation(name: key.name) { return operation }
    if let number = UnsignedText.number(key.name) {
      if let code = UInt8(exactly: number) { return Operation(code: code) }
      reader.report(
        PolicyDiagnostics.outOfRange, "operation \(Quotation.shortened(key.name)) is out of range", at: key.span,
        help: "numbers from 0 to \(UInt8.max) are possible")
      return nil
    }
    reader.report(
      PolicyDiagnostics.unknownName, "unknown operation \(quoting: key.name)", at: key.span,
      help: NameAdvice.help(for: key.name, among: Operation.known.lazy.map(\.name))
        ?? operationKeyAdvice(key.name))
    return nil
  }

  private func operationKeyAdvice(_ name: String) -> String? {
    if Language.operations.names.contains(name) { return "'\(name)' belongs in [operations], with an s" }
    return GroupTable.isGroupName(name) ? "conditions are set for single operations, not for groups" : nil
  }

  private mutating func userData(_ entry: TOMLTable.Entry?) -> [Located<ClosedRange<UInt64>>]? {
    guard let entry, let elements = reader.oneOrMore(entry.value) else { return nil }
    return elements.compactMap { element -> Located<ClosedRange<UInt64>>? in
      switch element.kind {
      case .integer(let number):
        if let number = UInt64(exactly: number) { return Located(number...number, at: element.span) }
      case .string(let text):
        if let range = UnsignedText.range(text) { return Located(range, at: element.span) }
      default:
        return reader.mismatch(element, expected: "a number, or a range such as \"16-31\"")
      }
      reader.report(
        PolicyDiagnostics.outOfRange, "this is not a value of user_data", at: element.span,
        help:
          "write a number from 0 to 2^64-1, or a range such as \"16-31\" or \"0x8000000000000000-0xffffffffffffffff\"")
      return nil
    }
  }

  // MARK: [register]

  mutating func decodeRegister(_ entry: TOMLTable.Entry?) -> RegisterRules? {
    guard let entry, let table = reader.table(entry.value, as: Language.register) else { return nil }
    if table["allow"] == nil, table["deny"] == nil {
      reader.report(
        PolicyDiagnostics.missingKey, "[register] says nothing about which opcodes are allowed", at: entry.key.span,
        help: "add allow = [\"@buffers\", \"@files\"], or leave [register] out to allow every opcode")
    }
    reportEmptyList(table["deny"])
    return RegisterRules(
      allow: registerList(table["allow"]), deny: registerList(table["deny"]) ?? [], span: entry.key.span)
  }

  private mutating func registerList(_ entry: TOMLTable.Entry?) -> [Located<RegisterOperation>]? {
    guard let entry, let elements = reader.array(entry.value) else { return nil }
    return nameList(elements) { decoder, element in decoder.registerOperations(of: element) }
  }

  private mutating func registerOperations(of element: TOMLValue) -> [RegisterOperation] {
    var groupNames: [String] { RegisterGroup.all.map(\.name) }
    if case .string(let name) = element.kind, GroupTable.isGroupName(name) {
      if let group = RegisterGroup.named(name) { return group.members }
      let isOfOperations = groups.members(of: name) != nil
      reader.report(
        PolicyDiagnostics.unknownName, "unknown group \(quoting: name) of register opcodes", at: element.span,
        help: isOfOperations
          ? "\(quoting: name) is a group of operations; groups here: \(groupNames.joined(separator: ", "))"
          : NameAdvice.help(for: name, among: groupNames)
            ?? "groups here: \(groupNames.joined(separator: ", "))")
      return []
    }
    let code = reader.nameOrNumber(
      element, kind: "register opcode", upTo: 127,
      names: [RegisterOperation.known.map(\.name), groupNames].joined()
    ) { RegisterOperation(name: $0).map { UInt32($0.code) } }
    return code.map { [RegisterOperation(code: UInt8($0))] } ?? []
  }
}
