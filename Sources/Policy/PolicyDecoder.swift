package import Diagnostics
package import TOMLSyntax
import URingABI

/// Turns a TOML tree into a `Policy`, reporting everything that it cannot accept in one pass.
package struct PolicyDecoder {
  var reader = ValueReader()

  /// The policy, if there is no error.
  ///
  /// `source`: the text the document was parsed from, for findings about what is missing in it.
  package static func decode(_ document: TOMLDocument, source: SourceText) -> Result {
    var decoder = PolicyDecoder()
    let policy = decoder.decodePolicy(document.root, source: source)
    let diagnostics = decoder.reader.diagnostics
    return Result(policy: diagnostics.hasErrors ? nil : policy, diagnostics: diagnostics)
  }

  package struct Result: Sendable {
    package let policy: Policy?
    package let diagnostics: [Diagnostic]
  }

  private mutating func decodePolicy(_ root: TOMLTable, source: SourceText) -> Policy {
    reader.allowKeys(["policy", "description", "operations", "socket", "process"], in: root, of: "a policy")
    decodeVersion(root, source: source)
    let operations = decodeOperations(root)
    let socket = decodeSocket(root)
    checkConditionsHaveOperations(root, operations)
    return Policy(
      description: root["description"].flatMap { reader.string($0.value) },
      operations: operations, socket: socket, process: decodeProcess(root))
  }

  private mutating func decodeVersion(_ root: TOMLTable, source: SourceText) {
    guard let entry = root["policy"] else {
      reader.report(
        PolicyDiagnostics.missingVersion, "the policy does not say which version of the language it is written in",
        at: SourceSpan(0..<0, in: source.id), help: "begin the file with: policy = \(Policy.languageVersion)")
      return
    }
    guard let version = reader.integer(entry.value), version != Policy.languageVersion else { return }
    reader.report(
      PolicyDiagnostics.unsupportedVersion, "language version \(version) is not known to this uring-jail",
      at: entry.value.span, help: "this uring-jail reads version \(Policy.languageVersion)")
  }

  private mutating func decodeOperations(_ root: TOMLTable) -> OperationRules {
    guard let entry = root["operations"], let table = reader.table(entry.value) else { return OperationRules() }
    reader.allowKeys(["default", "allow", "deny"], in: table, of: "[operations]")
    return OperationRules(
      byDefault: table["default"].flatMap { reader.choice($0.value, of: "default") } ?? .deny,
      allow: table["allow"].map { operationList($0.value) } ?? [],
      deny: table["deny"].map { operationList($0.value) } ?? [])
  }

  private mutating func operationList(_ value: TOMLValue) -> [Located<Operation>] {
    guard let elements = reader.array(value) else { return [] }
    return elements.compactMap { element in
      let code = reader.nameOrNumber(
        element, kind: "operation", upTo: UInt32(UInt8.max), names: Operation.known.lazy.map(\.name)
      ) { Operation(name: $0).map { UInt32($0.code) } }
      return code.map { Located(Operation(code: UInt8($0)), at: element.span) }
    }
  }

  private mutating func decodeSocket(_ root: TOMLTable) -> SocketRules? {
    guard let entry = root["socket"], let table = reader.table(entry.value) else { return nil }
    reader.allowKeys(["allow"], in: table, of: "[socket]")
    guard let allow = table["allow"] else {
      reader.report(
        PolicyDiagnostics.missingKey, "[socket] says nothing about which sockets are allowed", at: entry.value.span,
        help: "add allow = [{ family = \"inet\", type = \"stream\" }], or leave [socket] out to allow every socket")
      return nil
    }
    guard
      let elements = reader.nonEmptyArray(
        allow.value, help: "to allow no sockets, deny the operation: [operations] deny = [\"socket\"]")
    else { return nil }
    return SocketRules(allow: elements.compactMap { decodeSocketEntry($0) })
  }

  private mutating func decodeSocketEntry(_ value: TOMLValue) -> SocketEntry? {
    guard let table = reader.table(value) else { return nil }
    reader.allowKeys(["family", "type", "protocol"], in: table, of: "a [socket] entry")
    if table.entries.isEmpty {
      reader.report(
        PolicyDiagnostics.emptyEntry, "an entry without conditions would allow every socket", at: value.span,
        help: "add a condition; to allow every socket, leave [socket] out")
    }
    return SocketEntry(
      families: constants(table["family"], "socket family", SocketConstants.families, upTo: .max),
      types: constants(table["type"], "socket type", SocketConstants.types, upTo: SocketConstants.largestType),
      protocols: constants(table["protocol"], "protocol", SocketConstants.protocols, upTo: .max),
      span: value.span)
  }

  /// One value or a list of values, each a name or a number.
  private mutating func constants(
    _ entry: TOMLTable.Entry?, _ kind: String, _ table: [SocketConstants.Constant], upTo largest: UInt32
  ) -> [UInt32]? {
    guard let entry, let elements = reader.oneOrMore(entry.value) else { return nil }
    return elements.compactMap { element in
      reader.nameOrNumber(element, kind: kind, upTo: largest, names: table.lazy.map(\.name)) { name in
        table.first { $0.name == name }?.value
      }
    }
  }

  private mutating func decodeProcess(_ root: TOMLTable) -> ProcessRules {
    guard let entry = root["process"], let table = reader.table(entry.value) else { return ProcessRules() }
    reader.allowKeys(["no-new-privileges"], in: table, of: "[process]")
    return ProcessRules(noNewPrivileges: table["no-new-privileges"].flatMap { reader.boolean($0.value) } ?? true)
  }

  /// Conditions allow nothing by themselves: a table for an operation that is denied anyway is a mistake.
  private mutating func checkConditionsHaveOperations(_ root: TOMLTable, _ operations: OperationRules) {
    guard let entry = root["socket"], !operations.permits(.socket) else { return }
    let denial = operations.deny.first { $0.value == .socket }
    reader.report(
      PolicyDiagnostics.conditionsWithoutOperation, "[socket] has no effect: the operation 'socket' is not allowed",
      at: entry.value.span, notes: denial.map { [Diagnostic.Note("denied here", at: $0.span)] } ?? [],
      help: denial == nil ? "add \"socket\" to [operations] allow, or remove [socket]" : nil)
  }
}
