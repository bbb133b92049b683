import BPF
import Diagnostics
import Policy
import PolicyAdvice
import TestSupport
import Testing
import URingABI

@testable import FilterCompiler

/// What a file says in two places is the same in both, or the file is refused: each field is changed by itself, with a
/// checksum that is right.
struct PrecompiledContradictionTests {
  private static let text = """
    policy = 1
    [operations]
    allow = ["nop", "read", "openat", "openat2", "socket", "connect"]
    [open]
    access = ["read"]
    [socket]
    allow = [{ family = "unix" }]
    [connect]
    allow = [{ port = [443] }]
    [operation.read]
    user_data = [7]
    [register]
    allow = ["buffers"]
    [process]
    keep-fds = [9, 3]
    capabilities = { drop = ["sys_ptrace", "net_admin"] }

    """

  private static func policy(_ text: String) throws -> PrecompiledPolicy {
    let policy = try #require(ReadPolicy(whole: text).policy)
    return try CombinedPolicy([policy]).precompiled(
      [SourceText(name: "policy.toml", text: text)], policies: ["policy.toml"])
  }

  /// A policy whose parts can be changed one by one.
  private struct Parts {
    var permitted: CodeSet
    var registrations: CodeSet
    var registrationPlace: PrecompiledPolicy.Place?
    var flags: PrecompiledPolicy.FlagCube?
    var entries: [PrecompiledPolicy.Entry]
    var process: ProcessRules
    var kernel: KernelRules

    init(_ policy: PrecompiledPolicy) {
      (permitted, registrations) = (policy.permitted, policy.permittedRegistrations)
      (registrationPlace, flags) = (policy.registrationPlace, policy.commonFlags)
      (entries, process, kernel) = (policy.entries, policy.process, policy.kernel)
    }

    var policy: PrecompiledPolicy {
      PrecompiledPolicy(
        policies: ["policy.toml"], permitted: permitted, permittedRegistrations: registrations,
        registrationPlace: registrationPlace, commonFlags: flags, entries: entries, process: process, kernel: kernel)
    }

    /// Changes the entry of an operation, or takes it away.
    mutating func change(_ operation: Operation, _ change: (PrecompiledPolicy.Entry) -> PrecompiledPolicy.Entry?) {
      entries = entries.compactMap { $0.operation == operation ? change($0) : $0 }
    }

    mutating func permit(_ operation: Operation, _ isPermitted: Bool) {
      let before = permitted
      permitted = CodeSet { $0 == operation.code ? isPermitted : before.contains($0) }
    }
  }

  private static func entry(
    _ entry: PrecompiledPolicy.Entry, operation: Operation? = nil, place: PrecompiledPolicy.Place?? = .none,
    mayDeny: Bool? = nil, programs: [Program]? = nil
  ) -> PrecompiledPolicy.Entry {
    PrecompiledPolicy.Entry(
      operation: operation ?? entry.operation, argumentPlace: place ?? entry.argumentPlace,
      mayDenyOperation: mayDeny ?? entry.mayDenyOperation, programs: programs ?? entry.programs)
  }

  private static func program(loading offset: UInt32) -> Program {
    let instructions = [
      Instruction(code: Opcode.loadWord, k: offset), Instruction(code: Opcode.returnAccumulator, k: 0),
    ]
    guard let program = Program(checking: instructions) else { preconditionFailure("it is a program") }
    return program
  }

  private static func refusal(_ parts: Parts) -> String? {
    do throws(PrecompiledPolicy.Refusal) {
      _ = try PrecompiledPolicy(fileBytes: parts.policy.fileBytes)
      return nil
    } catch {
      guard case .malformed(let reason) = error else { return "\(error)" }
      return reason
    }
  }

  private static let read = Operation(code: 22)
  private static let argumentOperations: [Operation] = [.openat, .openat2, .socket, .connect]

  @Test func whatCompileWritesContradictsNothing() throws {
    #expect(Self.refusal(Parts(try Self.policy(Self.text))) == nil)
    for more in [
      "", "[operations]\ndefault = \"allow\"\n", "[operations]\nallow = []\n",
      "[operations]\nallow = [\"openat\"]\n[open]\naccess = \"path\"\n",
      "[operations]\nallow = [\"socket\"]\n[socket]\nallow = [{ family = 1 }]\n",
      "[operations]\nallow = [\"nop\"]\nflags = { allow = [\"fixed_file\", \"io_link\"], require = [\"fixed_file\"] }\n",
      "[operations]\nflags = { allow = [1, 2, 4, 8, 16, 32, 64, 128] }\n", "[register]\nallow = []\n",
      "[process]\nkeep-fds = [5, 5, 3]\n",
      "[operations]\nallow = [\"socket\"]\n[kernel]\nunfilterable = \"deny-operation\"\n[socket]\nallow = [{ type = 1 }]\n",
    ] {
      #expect(Self.refusal(Parts(try Self.policy("policy = 1\n" + more))) == nil, "\(more)")
    }
  }

  /// Several policies, of which each may have another part, and files among them.
  @Test(arguments: Seeds.seeds(0..<60))
  func randomPoliciesContradictNothing(seed: UInt64) throws {
    var random = RandomPolicy(seed: seed)
    let operations = Self.argumentOperations + [Self.read]
    let policies = (0..<(1 + seed % 3)).map { random.policy(for: operations[Int((seed + UInt64($0)) % 5)]) }
    let source = SourceText(name: "policy.toml", text: "[operations]\n[open]\n")
    let first = try CombinedPolicy(policies).precompiled([source])
    let again = try PrecompiledPolicy(fileBytes: first.fileBytes)
    // A file that is made from a file and a text.
    let text = try #require(ReadPolicy(whole: Self.text).policy)
    let both = try CombinedPolicy([text], precompiled: [again]).precompiled(
      [SourceText(name: "policy.toml", text: Self.text, id: SourceID(0))] + again.sources)
    #expect(throws: Never.self) { try PrecompiledPolicy(fileBytes: both.fileBytes) }
  }

  // MARK: Flags that the kernel sets

  /// Programs that require such a flag would let requests pass that were made without it, and no launch looks into them.
  @Test func policiesThatFiltersCannotHoldTogetherAreNotCompiled() throws {
    let requiring = ["async", "io_drain"].map { "flags = { require = [\"\($0)\"] }" }
    let unfit = [
      "flags = { forbid = [9] }", "flags = { allow = [5, 2, 8, 16, 32, 64, 128] }",
      "[kernel]\nrestrictions = \"never\"",
    ]
    func policy(_ text: String) throws -> Policy {
      try #require(
        ReadPolicy(whole: "policy = 1\n[operations]\nallow = [\"nop\", \"read\"]\n\(text)\n").policy, "\(text)")
    }
    for first in requiring {
      let alone = try CombinedPolicy([try policy(first)]).precompiled([])
      for second in unfit {
        let other = try policy(second)
        let both = [try policy(first), other]
        for policies in [both, both.reversed()] {
          #expect(throws: CompilationFailure.self, "\(first) \(second)") {
            try CombinedPolicy(policies).precompiled([])
          }
        }
        // And a file beside a text.
        let mixed = CombinedPolicy([other], precompiled: [alone])
        #expect(throws: CompilationFailure.self, "\(first) \(second)") { try mixed.precompiled([]) }
        #expect(throws: CompilationFailure.self, "\(first) \(second)") {
          try RegistrationPlan(
            mixed, for: .everyOperation,
            backend: mixed.avoidsRestrictions ? .filtersOnly : .restrictionsAndFilters)
        }
      }
    }
  }

  // MARK: Operations and their entries

  @Test func entryOfADeniedOperationIsRefused() throws {
    for operation in Self.argumentOperations + [Self.read] {
      var parts = Parts(try Self.policy(Self.text))
      parts.permit(operation, false)
      #expect(Self.refusal(parts) == "it has conditions on '\(operation.name)', which it denies")
    }
  }

  @Test func entryThatSaysNothingIsRefused() throws {
    var parts = Parts(try Self.policy(Self.text))
    parts.change(Self.read) { Self.entry($0, programs: []) }
    #expect(Self.refusal(parts) == "it has an empty entry for 'read'")
    parts.change(Self.read) { Self.entry($0, mayDeny: true, programs: [.always(.deny)]) }
    #expect(Self.refusal(parts) == "it may give up conditions on 'read' that it does not have")
  }

  @Test func conditionsWithoutAProgramAreRefused() throws {
    for operation in Self.argumentOperations {
      var parts = Parts(try Self.policy(Self.text))
      parts.change(operation) { Self.entry($0, programs: []) }
      #expect(
        Self.refusal(parts)
          == "it has conditions on the arguments of '\(operation.name)', but no program that enforces them")
    }
  }

  @Test func programsThatLookWhereThereIsNoConditionAreRefused() throws {
    for operation in Self.argumentOperations {
      var parts = Parts(try Self.policy(Self.text))
      parts.change(operation) { Self.entry($0, place: .some(nil)) }
      let name = operation.name
      #expect(Self.refusal(parts) == "its programs read arguments of '\(name)', but it has no conditions on them")
    }
    for operation in [Self.read, Operation(code: 0)] {
      for offset in stride(from: 0, to: 40, by: 4) {
        var parts = Parts(try Self.policy(Self.text))
        parts.entries = parts.entries.filter { $0.operation != operation }
        parts.entries.append(
          PrecompiledPolicy.Entry(
            operation: operation, argumentPlace: nil, mayDenyOperation: false,
            programs: [.always(.allow), Self.program(loading: UInt32(offset))]))
        parts.entries.sort { $0.operation < $1.operation }
        #expect((Self.refusal(parts) == nil) == (offset < 16), "\(operation.name) @\(offset)")
      }
    }
  }

  /// Words that the operation does not fill.
  @Test func programsThatLookTooFarAreRefused() throws {
    for operation in Self.argumentOperations {
      let size = 16 + Int(operation.arguments.size)
      for offset in stride(from: 0, to: 40, by: 4) {
        var parts = Parts(try Self.policy(Self.text))
        parts.change(operation) { Self.entry($0, programs: $0.programs + [Self.program(loading: UInt32(offset))]) }
        let reason = "its programs read more arguments of '\(operation.name)' than there are"
        #expect(Self.refusal(parts) == (offset < size ? nil : reason), "@\(offset)")
      }
    }
  }

  @Test func conditionsOnArgumentsThatNobodyShowsAreRefused() throws {
    var parts = Parts(try Self.policy(Self.text))
    let place = parts.entries.compactMap(\.argumentPlace).first
    parts.change(Self.read) { Self.entry($0, place: .some(place)) }
    #expect(Self.refusal(parts) == "it has conditions on arguments of 'read', which no kernel shows")
  }

  @Test func conditionsOnOneWayToOpenAndNotOnTheOtherAreRefused() throws {
    let reason = "it has conditions on one of 'openat' and 'openat2', and not on the other"
    for operation in [Operation.openat, .openat2] {
      var parts = Parts(try Self.policy(Self.text))
      parts.change(operation) { _ in nil }
      #expect(Self.refusal(parts) == reason)
      parts.permit(operation, false)
      #expect(Self.refusal(parts) == nil, "then there is only one")
      parts = Parts(try Self.policy(Self.text))
      parts.change(operation) { Self.entry($0, mayDeny: true) }
      #expect(Self.refusal(parts) == reason)
    }
  }

  @Test func entriesThatComeTwiceOrInAnotherOrderAreRefused() throws {
    var parts = Parts(try Self.policy(Self.text))
    parts.entries.append(parts.entries[parts.entries.count - 1])
    let name = parts.entries[parts.entries.count - 1].operation.name
    #expect(Self.refusal(parts) == "it lists '\(name)' twice, or in the wrong order")
    parts = Parts(try Self.policy(Self.text))
    parts.entries.swapAt(0, 1)
    #expect(Self.refusal(parts)?.hasSuffix("twice, or in the wrong order") == true)
  }

  // MARK: What holds for all

  @Test func registerOpcodesThatAreDeniedNowhereAreRefused() throws {
    var parts = Parts(try Self.policy(Self.text))
    parts.registrationPlace = nil
    #expect(Self.refusal(parts) == "it denies register opcodes without a place in the policy")
    parts.registrations = CodeSet { _ in true }
    #expect(Self.refusal(parts) == nil)
    for code in [0, 37, 128, 255] as [UInt8] {
      parts.registrations = CodeSet { $0 != code }
      #expect(Self.refusal(parts) == "it denies register opcodes without a place in the policy")
    }
  }

  @Test func flagsThatNoProgramHoldsAreRefused() throws {
    var parts = Parts(try Self.policy(Self.text))
    parts.flags = nil
    let reason = "it leaves the flags of every request to programs, but not every operation has one"
    #expect(Self.refusal(parts) == reason)
    // What compile writes for such flags has programs everywhere; without any one of them, it is refused.
    let file = Parts(try Self.policyWithFlagsInPrograms())
    #expect(file.flags == nil && Self.refusal(file) == nil)
    for entry in file.entries {
      var changed = file
      changed.change(entry.operation) { _ in nil }
      #expect(Self.refusal(changed) != nil, "\(entry.operation.name)")
    }
  }

  /// Flags that no mask and value say: one of two must be there.
  private static func policyWithFlagsInPrograms() throws -> PrecompiledPolicy {
    let text = """
      policy = 1
      [operations]
      allow = ["nop", "read", "socket"]
      flags = { require = ["async"], forbid = ["async"] }
      [socket]
      allow = [{ family = "unix" }]
      """
    let first = text.replacing(", forbid = [\"async\"]", with: "")
    let second = text.replacing("require = [\"async\"], ", with: "")
    let policies = try [first, second].map { try #require(ReadPolicy(whole: $0).policy) }
    // No request can have and lack a flag: a region that is empty is no cube either.
    return try CombinedPolicy(policies).precompiled([SourceText(name: "policy.toml", text: text)])
  }

  @Test func keptDescriptorsAndCapabilitiesComeOnceAndInOrder() throws {
    let policy = try Self.policy(Self.text)
    #expect(policy.process.keepDescriptors.map(\.value) == [3, 9])
    let nowhere = SourceSpan(0..<0, in: SourceID(-1))
    func changed(_ kept: [Int32], _ dropped: [UInt8]) -> String? {
      var parts = Parts(policy)
      parts.process = ProcessRules(
        keepDescriptors: kept.map { Located($0, at: nowhere) },
        droppedCapabilities: Located(.some(dropped), at: nowhere))
      return Self.refusal(parts)
    }
    #expect(changed([3, 9, .max], [0, 12, 63]) == nil)
    for kept in [[9, 3], [3, 3], [2, 3], [0], [-1], [3, 4, 4]] as [[Int32]] {
      #expect(changed(kept, [1]) == "the descriptors that it keeps are not ascending numbers above 2", "\(kept)")
    }
    for dropped in [[], [1, 1], [2, 1], [64], [0, 255]] as [[UInt8]] {
      #expect(
        changed([3], dropped) == "the capabilities that it gives up are not ascending numbers up to 63", "\(dropped)")
    }
  }

  @Test func conditionsThatAreGivenUpAgreeWithTheRuleForKernels() throws {
    let text = Self.text + "[kernel]\nunfilterable = \"deny-operation\"\n"
    let policy = try Self.policy(text)
    #expect(Self.refusal(Parts(policy)) == nil)
    for operation in [Operation.socket, .connect] {
      var parts = Parts(policy)
      parts.change(operation) { Self.entry($0, mayDeny: false) }
      #expect(Self.refusal(parts) == "it says 'deny-operation' for every operation, but not for '\(operation.name)'")
    }
  }

  // MARK: Lines

  @Test func linesThatDisagreeAreRefused() throws {
    let policy = try Self.policy(Self.text)
    let place = try #require(policy.entries.compactMap(\.argumentPlace).first)
    func changed(name: String? = nil, column: UInt32? = nil, length: UInt32? = nil, text: String? = nil) -> String? {
      var parts = Parts(policy)
      parts.change(.socket) {
        Self.entry(
          $0,
          place: PrecompiledPolicy.Place(
            name: name ?? place.name, line: place.line, column: column ?? place.column, length: length ?? place.length,
            text: text ?? place.text, id: place.id))
      }
      return Self.refusal(parts)
    }
    #expect(changed() == nil, "two places may be on one line")
    #expect(changed(column: 0, length: 1) == nil)
    #expect(changed(text: place.text + " ") == "it has two texts for line \(place.line) of 'policy.toml'")
    #expect(changed(name: "other.toml", column: 2, length: 3, text: "é[x]") == nil)
    for (column, length) in [(1, 1), (0, 1), (1, 2)] as [(UInt32, UInt32)] {
      #expect(
        changed(name: "other.toml", column: column, length: length, text: "é[x]")
          == "it points into the middle of a character of line \(place.line) of 'other.toml'")
    }
    #expect(changed(column: 100) == "it points to a place that its line does not have")
    #expect(changed(text: "[open]\n") == "it points to a place that its line does not have")
  }
}
