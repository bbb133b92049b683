import BPF
import Diagnostics
import Policy
import TestSupport
import Testing
import URingABI

@testable import FilterCompiler

/// A precompiled policy means what its source means, or is refused.
struct PrecompiledPolicyTests {
  private static let source = SourceText(name: "policy.toml", text: "[operations]\n[open]\n")
  private static let operations: [Operation] = [.openat, .openat2, .socket, .connect, Operation(code: 22)]
  private static let releases = (0...3).map { KernelRelease(7, $0) }

  private static func bytes(_ policies: [Policy], _ source: SourceText = source) throws -> [UInt8] {
    try CombinedPolicy(policies).precompiled([source], policies: ["policy.toml"]).fileBytes
  }

  private static func bytes(_ text: String) throws -> [UInt8] {
    let text = "policy = 1\n" + text
    return try bytes(
      [try #require(ReadPolicy(whole: text).policy)], SourceText(name: "policy.toml", text: text))
  }

  private static let everyPart = """
    [operations]
    allow = ["nop", "connect", "openat2", "socket", "read"]
    flags = { forbid = ["io_drain"] }
    [open]
    access = ["read"]
    [connect]
    allow = [{ to = ["10.0.0.0/8"], port = [443] }]
    [operation.read]
    user_data = [1, 7]
    [register]
    allow = ["buffers"]
    [process]
    exec = "deny"
    keep-fds = [3, 9]
    capabilities = { drop = ["net_admin", "sys_ptrace"] }
    [kernel]
    unsupported = "block-io-uring"
    unfilterable = "deny-operation"
    holes = "accept"
    restrictions = "never"
    """

  // MARK: What is registered

  /// What a plan, or the refusal to make one, consists of.
  private struct Registered: Equatable {
    let restrictions: [Restriction]
    let filters: [String]
    let mistake: String?

    init(_ policy: CombinedPolicy, _ release: KernelRelease, _ backend: RegistrationPlan.Backend) throws {
      let abilities = KernelAbilities(release: release)
      do throws(CompilationFailure) {
        let plan = try RegistrationPlan(try policy.adapted(to: abilities), for: abilities, backend: backend)
        restrictions = plan.restrictions
        filters = plan.filters.map {
          "\($0.operation.code) \($0.payloadSize) \($0.deniesRest) \($0.program.instructions)"
        }
        mistake = nil
      } catch {
        (restrictions, filters) = ([], [])
        mistake = "\(error.diagnostic.id) \(error.diagnostic.message)"
      }
    }
  }

  /// The flags of every request are said once in a file, and are then checked in front of the other conditions: other
  /// programs than from the text, which allow the same.
  private static func expectSameVerdicts(_ again: CombinedPolicy, _ compiled: CombinedPolicy) throws {
    var random = SplitMix64(seed: 1)
    for operation in operations + [Operation(code: 0)] where compiled.permits(operation) {
      let mine = try again.programs(for: operation, withCommonFlags: true)
      let expected = try compiled.programs(for: operation, withCommonFlags: true)
      #expect(!mine.isEmpty && !expected.isEmpty)
      let constants = (mine + expected).flatMap { $0.instructions.map(\.k) } + [0, 1, .max]
      for flags in UInt8.min...UInt8.max {
        for _ in 0..<4 {
          var words = (0..<10).map { _ in constants[Int.random(in: constants.indices, using: &random)] }
          words[2] = UInt32(operation.code) | UInt32(flags) << UInt32(FilterContext.Header.sqeFlagsShift)
          #expect(try allows(mine, words) == allows(expected, words), "\(operation.name) \(words)")
        }
      }
    }
  }

  private static func allows(_ programs: [Program], _ words: [UInt32]) throws -> Bool {
    try programs.allSatisfy { try Simulator.run($0, context: words).result != 0 }
  }

  private static func expectSame(_ policies: [Policy], _ source: SourceText, _ comment: Comment) throws {
    let compiled = CombinedPolicy(policies)
    let file = try compiled.precompiled([source]).fileBytes
    let read = try PrecompiledPolicy(fileBytes: file)
    #expect(read.fileBytes == file, comment)
    let again = CombinedPolicy([], precompiled: [read])
    for release in releases {
      for backend in [RegistrationPlan.Backend.restrictionsAndFilters, .filtersOnly] {
        let isChecked = backend == .filtersOnly && compiled.commonFlags != nil && compiled.restrictsFlags
        let (mine, expected) = (
          try Registered(again, release, backend), try Registered(compiled, release, backend)
        )
        #expect(isChecked || mine == expected, "\(release) \(backend)")
        #expect(mine.mistake == expected.mistake)
      }
    }
    if compiled.restrictsFlags { try expectSameVerdicts(again, compiled) }
    #expect(again.avoidsRestrictions == compiled.avoidsRestrictions)
    #expect(again.restrictsRegistration == compiled.restrictsRegistration)
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func randomPoliciesRegisterTheSameFromAFile(seed: UInt64) throws {
    let operation = Self.operations[Int(seed % 5)]
    var random = RandomPolicy(seed: seed &* 7)
    let policies = (0..<(1 + seed % 3)).map { _ in random.policy(for: operation) }
    try Self.expectSame(policies, Self.source, "seed \(seed)")
  }

  @Test(arguments: [
    "", "[operations]\ndefault = \"allow\"\n", everyPart, "[operations]\nallow = [\"nop\"]\n[register]\nallow = []\n",
    "[operations]\nallow = [\"connect\"]\n[connect]\nallow = [{ port = [443] }]\n",
    "[operations]\nallow = [\"nop\"]\nflags = { require = [\"fixed_file\"], forbid = [\"async\"] }\n",
  ])
  func writtenPoliciesRegisterTheSameFromAFile(text: String) throws {
    let whole = "policy = 1\n" + text
    let policy = try #require(ReadPolicy(whole: whole).policy)
    try Self.expectSame([policy], SourceText(name: "policy.toml", text: whole), "\(text)")
  }

  @Test func fileBesideATextRegistersWhatBothWant() throws {
    let first = try #require(ReadPolicy("[operations]\nallow = [\"nop\", \"socket\", \"read\"]\n").policy)
    let text = "[operations]\nallow = [\"nop\", \"socket\"]\n[socket]\nallow = [{ family = \"unix\" }]\n"
    let file = try PrecompiledPolicy(fileBytes: try Self.bytes(text))
    let together = CombinedPolicy([first, try #require(ReadPolicy(text).policy)])
    let mixed = CombinedPolicy([first], precompiled: [file])
    for backend in [RegistrationPlan.Backend.restrictionsAndFilters, .filtersOnly] {
      #expect(
        try Registered(mixed, KernelRelease(7, 2), backend) == Registered(together, KernelRelease(7, 2), backend))
    }
  }

  @Test func processAndKernelAreWhatTheyWere() throws {
    let policy = try PrecompiledPolicy(fileBytes: try Self.bytes(Self.everyPart))
    #expect(policy.process.noNewPrivileges)
    #expect(policy.process.exec?.value == .deny)
    #expect(policy.process.keepDescriptors.map(\.value) == [3, 9])
    #expect(policy.process.droppedCapabilities?.value == .some([12, 19]))
    #expect(policy.kernel.unsupported?.value == .blockIOURing)
    #expect(policy.kernel.unfilterable?.value == .denyOperation)
    #expect(policy.kernel.holes?.value == .accept)
    #expect(policy.kernel.restrictions?.value == .never)

    let silent = try PrecompiledPolicy(
      fileBytes: try Self.bytes("[process]\nno-new-privileges = false\ncapabilities = { drop = [\"all\"] }\n"))
    #expect(!silent.process.noNewPrivileges && silent.process.exec == nil && silent.process.keepDescriptors.isEmpty)
    #expect(silent.process.droppedCapabilities?.value == .all)
    #expect(silent.kernel.unsupported == nil && silent.kernel.restrictions == nil)
  }

  @Test func messagesPointToTheLineOfThePolicy() throws {
    let text = "# é\n[operations]\nallow = [\"connect\"]\n[connect]\nallow = [{ port = [443] }]\n"
    let file = try PrecompiledPolicy(fileBytes: try Self.bytes(text), firstSource: 5)
    let compiled = CombinedPolicy([], precompiled: [file])
    let failure = #expect(throws: CompilationFailure.self) {
      try compiled.hiddenOperations(from: KernelAbilities(release: KernelRelease(7, 0)))
    }
    let span = try #require(failure?.diagnostic.span)
    let source = try #require(file.sources.first { $0.id == span.source })
    #expect(source.id == SourceID(5))
    #expect(source.name == "policy.toml" && source.position(of: span.start).line == 5)
    #expect(source.position(of: span.start).column == 2)
    #expect(String(decoding: source.bytes[span.range], as: UTF8.self) == "connect")
  }

  // MARK: Damage

  private static func refusal(_ bytes: [UInt8]) -> PrecompiledPolicy.Refusal? {
    do throws(PrecompiledPolicy.Refusal) {
      _ = try PrecompiledPolicy(fileBytes: bytes)
      return nil
    } catch {
      return error
    }
  }

  private static let noFile = PrecompiledPolicy.Refusal.malformed("it does not begin as a precompiled policy does")

  @Test func everyChangeOfOneByteIsRefused() throws {
    let file = try Self.bytes("[register]\nallow = []\n")
    for index in file.indices {
      var changed = file
      for difference in 1...UInt8.max {
        changed[index] = file[index] ^ difference
        let refusal = Self.refusal(changed)
        let isExpected =
          switch index {
          case ..<12: refusal == Self.noFile
          case ..<16: if case .version = refusal { true } else { false }
          case ..<20: if case .compiler = refusal { true } else { false }
          case ..<24: refusal == .size
          default: refusal == .checksum
          }
        #expect(isExpected, "byte \(index) ^ \(difference): \(String(describing: refusal))")
      }
    }
  }

  @Test func everyChangeOfOneBitInALongFileIsRefused() throws {
    let file = try Self.bytes(Self.everyPart)
    for index in PrecompiledFormat.headerSize..<file.count {
      var changed = file
      changed[index] ^= 1 << UInt8(index % 8)
      #expect(Self.refusal(changed) == .checksum)
    }
  }

  @Test func everyTruncationAndAdditionIsRefused() throws {
    let file = try Self.bytes(Self.everyPart)
    for count in 0..<file.count {
      #expect(Self.refusal(Array(file[..<count])) == (count < 12 ? Self.noFile : .size))
    }
    #expect(Self.refusal(file + [0]) == .size)
  }

  /// A whole file around a body.
  private static func file(_ body: [UInt8]) -> [UInt8] {
    func little(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    return PrecompiledFormat.magic + little(PrecompiledFormat.version) + little(CompilerVersion.current)
      + little(UInt32(body.count))
      + little(Checksum.crc32(body[...])) + body
  }

  /// Where the checksum is right, the contents are all there is to go by.
  @Test(arguments: 0..<6 as Range<UInt64>)
  func changesUnderARightChecksumNeverGetAProgramPastTheCheck(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let body = try Self.bytes(Self.everyPart)[PrecompiledFormat.headerSize...]
    var (read, refused) = (0, 0)
    for _ in 0..<150 {
      var changed = Array(body)
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let index = Int.random(in: changed.indices, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: changed.remove(at: index)
        case 1: changed.insert(UInt8(truncatingIfNeeded: random.next()), at: index)
        case 2: changed[index] = [0, 1, 0x7F, 0x80, 0xFF][Int.random(in: 0..<5, using: &random)]
        default: changed[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        }
      }
      do throws(PrecompiledPolicy.Refusal) {
        let policy = try PrecompiledPolicy(fileBytes: Self.file(changed))
        read += 1
        for program in policy.entries.flatMap(\.programs) {
          #expect(Program(checking: program.instructions) != nil)
        }
        #expect(try PrecompiledPolicy(fileBytes: policy.fileBytes).fileBytes == policy.fileBytes)
        let abilities = KernelAbilities(release: KernelRelease(7, 2))
        _ = try? RegistrationPlan(CombinedPolicy([], precompiled: [policy]), for: abilities, backend: .filtersOnly)
      } catch {
        refused += 1
        #expect(error != .checksum && error != .size)
      }
    }
    #expect(read > 10 && refused > 10, "\(read) read, \(refused) refused")
  }

  @Test func numbersOutOfRangeAreRefused() throws {
    let body = Array(try Self.bytes("")[PrecompiledFormat.headerSize...])
    #expect(Self.refusal(Self.file(body)) == nil)
    // Machine, the policy's name, codes, place, flags, process, kernel, entries: the body of an empty policy.
    let start = 4 + 2 + 4 + "policy.toml".utf8.count + 64
    try #require(body.count == start + 1 + 3 + 7 + 4 + 2)
    let mistakes: [(index: Int, value: UInt8, reason: String)] = [
      (0, 2, "it has 2 where only 0 and 1 are valid"), (1, 2, "it has 2 where only 0 and 1 are valid"),
      (3, 0xFF, "it restricts flags to values outside of their mask"),
      (4, 2, "it has 2 where only 0 and 1 are valid"), (5, 3, "it has 3 where there are 2 words"),
      (6, 1, "the descriptors that it keeps are not ascending numbers above 2"),
      (10, 3, "it has 3 where capabilities are given up"), (11, 4, "it has 4 where there are 3 words"),
      (12, 3, "it has 3 where there are 2 words"), (13, 4, "it has 4 where there are 3 words"),
      (14, 3, "it has 3 where there are 2 words"), (15, 1, "it ends too early"),
    ]
    for (index, value, reason) in mistakes {
      var changed = body
      changed[start + index] = value
      #expect(Self.refusal(Self.file(changed)) == .malformed(reason), "byte \(index)")
    }
  }

  @Test func otherVersionsSayWhichTheyAre() throws {
    var file = try Self.bytes("")
    for version in [0, 1, 3, 255] as [UInt8] {
      file[12] = version
      #expect(Self.refusal(file) == .version(UInt32(version)))
      // Whatever else has changed since.
      #expect(Self.refusal(file + [1, 2, 3]) == .version(UInt32(version)))
    }
  }

  @Test func filesOfOtherCompilersSayWhichTheyAre() throws {
    let file = try Self.bytes("")
    for difference in [1, 2, 4, 255] as [UInt8] {
      var changed = file
      changed[16] ^= difference
      let number = CompilerVersion.current ^ UInt32(difference)
      #expect(Self.refusal(changed) == .compiler(number))
      #expect(Self.refusal(changed + [1]) == .compiler(number))
      #expect(PrecompiledPolicy.policyNames(in: changed) == ["policy.toml"])
    }
  }

  @Test func namesAreToldOfEveryFileThatIsWhole() throws {
    let names = ["web.toml", "", "-", "é b"]
    let compiled = CombinedPolicy([try #require(ReadPolicy("[operations]\n").policy)])
    let file = try compiled.precompiled([], policies: names).fileBytes
    #expect(try PrecompiledPolicy(fileBytes: file).policies == names)
    #expect(PrecompiledPolicy.policyNames(in: file) == names)
    #expect(PrecompiledPolicy.policyNames(in: []) == [])
    for count in 0..<file.count { #expect(PrecompiledPolicy.policyNames(in: Array(file[..<count])) == []) }
    for index in PrecompiledFormat.headerSize..<file.count {
      var changed = file
      changed[index] ^= 1
      #expect(PrecompiledPolicy.policyNames(in: changed) == [])
    }
  }

  @Test func filesOfOtherMachinesAreRefused() throws {
    var body = Array(try Self.bytes("")[PrecompiledFormat.headerSize...])
    let other = Machine.native == .x86 ? Machine.arm : .x86
    for index in 0..<4 { body[index] = UInt8(truncatingIfNeeded: other.rawValue >> UInt32(8 * index)) }
    #expect(Self.refusal(Self.file(body)) == .machine(other))
  }

  @Test func textIsNotTakenForAFile() {
    #expect(!PrecompiledPolicy.begins(Array("policy = 1\n".utf8)))
    #expect(!PrecompiledPolicy.begins([]))
    #expect(!PrecompiledPolicy.begins(Array(PrecompiledFormat.magic.dropLast())))
    #expect(PrecompiledPolicy.begins(PrecompiledFormat.magic))
  }

  // MARK: Parts

  @Test(
    arguments: [
      ("", 0), ("a", 0xE8B7_BE43), ("123456789", 0xCBF4_3926),
      ("The quick brown fox jumps over the lazy dog", 0x414F_A339),
    ] as [(String, UInt32)])
  func checksumIsTheOneOfZlib(text: String, value: UInt32) {
    #expect(Checksum.crc32(Array(text.utf8)[...]) == value)
  }

  @Test func samePolicyGivesTheSameBytes() throws {
    #expect(try Self.bytes(Self.everyPart) == Self.bytes(Self.everyPart))
  }
}
