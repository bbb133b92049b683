package import Diagnostics
package import Policy
package import TOMLSyntax
import URingABI

/// Turns a TOML tree into a `Policy`, reporting everything that it cannot accept in one pass.
package struct PolicyDecoder {
  var reader = ValueReader()
  var groups = GroupTable()
  /// The text that includes the others.
  let rootSource: SourceID

  private init(rootSource: SourceID) {
    self.rootSource = rootSource
  }

  /// The policy, if there is no error.
  ///
  /// `source`: the text the document was parsed from, for findings about what is missing in it.
  package static func decode(_ document: TOMLDocument, source: SourceText) -> Result {
    var decoder = PolicyDecoder(rootSource: source.id)
    decoder.decodeVersion(document.root, source: source)
    return decoder.finish(document.root)
  }

  /// The policy that several files make together; the version of each was checked by `checkVersion`.
  static func decodeMerged(_ root: TOMLTable, rootSource: SourceID) -> Result {
    var decoder = PolicyDecoder(rootSource: rootSource)
    return decoder.finish(root)
  }

  /// What is wrong with the version that one file names.
  static func checkVersion(_ document: TOMLDocument, source: SourceText) -> [Diagnostic] {
    var decoder = PolicyDecoder(rootSource: source.id)
    decoder.decodeVersion(document.root, source: source)
    return decoder.reader.diagnostics
  }

  /// The warnings that one file accepts, and what is wrong with how it says so.
  static func acceptances(in root: TOMLTable, rootSource: SourceID) -> (accepted: [Acceptance], findings: [Diagnostic])
  {
    var decoder = PolicyDecoder(rootSource: rootSource)
    return (decoder.decodeAcceptances(root["accept"]), decoder.reader.diagnostics)
  }

  package struct Result: Sendable {
    package let policy: Policy?
    package let diagnostics: [Diagnostic]
  }

  private mutating func finish(_ root: TOMLTable) -> Result {
    let policy = decodePolicy(root)
    return Result(policy: reader.diagnostics.hasErrors ? nil : policy, diagnostics: reader.diagnostics)
  }

  private mutating func decodePolicy(_ root: TOMLTable) -> Policy {
    reader.checkKeys(of: root, Language.root)
    let findings = reader.diagnostics.count { $0.severity == .error }
    groups = decodeGroups(root["groups"])
    let operations = decodeOperations(root["operations"])
    // A mistyped name may be the very operation that conditions need, or the very group that nobody uses.
    let operationsAreKnown = reader.diagnostics.count { $0.severity == .error } == findings
    let policy = Policy(
      description: root["description"].flatMap { reader.string($0.value) }, operations: operations,
      open: decodeOpen(root["open"]), socket: decodeSocket(root["socket"]), connect: decodeConnect(root["connect"]),
      conditions: decodeConditions(root["operation"]), register: decodeRegister(root["register"]),
      process: decodeProcess(root["process"]), kernel: decodeKernel(root["kernel"]),
      tests: decodeTests(root["test"]))
    if operationsAreKnown {
      reportUnusedGroups()
      checkConditionsHaveOperations(policy)
    }
    checkFlagsAgree(policy)
    return policy
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
      PolicyDiagnostics.unsupportedVersion, "this uring-jail does not know language version \(version)",
      at: entry.value.span, help: "this uring-jail reads version \(Policy.languageVersion)")
  }

  private mutating func decodeKernel(_ entry: TOMLTable.Entry?) -> KernelRules {
    guard let entry, let table = reader.table(entry.value, as: Language.kernel) else { return KernelRules() }
    return KernelRules(
      unsupported: reader.located(table["unsupported"]), unfilterable: reader.located(table["unfilterable"]),
      holes: reader.located(table["holes"]), restrictions: reader.located(table["restrictions"]))
  }

  private mutating func decodeAcceptances(_ entry: TOMLTable.Entry?) -> [Acceptance] {
    guard let entry, let table = reader.table(entry.value) else { return [] }
    return table.entries.compactMap { entry in
      let name = entry.key.name
      guard let warning = Acceptance.acceptable.first(where: { $0.id.name.hasSameBytes(as: name) }) else {
        reader.report(
          PolicyDiagnostics.unknownKey, "\(quoting: name) is not a warning that a policy can accept",
          at: entry.key.span, help: Self.help(notAcceptable: name))
        return nil
      }
      guard let reason = reader.string(entry.value) else { return nil }
      guard reason.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
        reader.report(
          PolicyDiagnostics.emptyEntry, "the reason is empty", at: entry.value.span,
          help: "say why the warning is acceptable in this policy")
        return nil
      }
      return Acceptance(warning.id, reason: reason, at: entry.key.span)
    }
  }

  private static func help(notAcceptable name: String) -> String {
    switch PolicyExplanations.all.first(where: { $0.id.name == name }) {
    case let explanation? where explanation.severity == .error: "this is an error; correct it"
    case let explanation? where explanation.id == PolicyDiagnostics.untrustedFile:
      "whoever starts the program accepts it, with --accept-untrusted-policy"
    case _?: "remove it"
    case nil:
      NameAdvice.help(for: name, among: Acceptance.acceptable.map(\.id.name))
        ?? "write the name that 'uring-jail check' shows in brackets; 'uring-jail check --explain all' lists them"
    }
  }

  private mutating func decodeTests(_ entry: TOMLTable.Entry?) -> [PolicyTest] {
    guard let entry, let elements = reader.array(entry.value, header: "test") else { return [] }
    return elements.compactMap { decodeTest($0) }
  }

  private mutating func decodeTest(_ value: TOMLValue) -> PolicyTest? {
    guard let table = reader.table(value, as: Language.test) else { return nil }
    let expectation: PolicyTest.Expectation? = table["expect"].flatMap { reader.choice($0.value, of: "expect") }
    guard let entry = table["request"], let text = reader.string(entry.value) else { return nil }
    do throws(RequestText.Failure) {
      let request = try RequestText.parse(text)
      guard let expectation, let expect = table["expect"] else { return nil }
      return PolicyTest(
        text: text, request: request, expectation: expectation, requestSpan: entry.value.span,
        span: expect.value.span)
    } catch {
      reader.report(PolicyDiagnostics.invalidRequest, error.message, at: entry.value.span, help: error.help)
      return nil
    }
  }
}
