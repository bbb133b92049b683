import Diagnostics
import Discovery
import Policy
import PolicyAdvice
import PolicyLanguage
import TestSupport
import Testing
import URingABI

/// What is written allows what was observed, nothing beside it, and can be read again.
struct LearningTests {
  /// Requests as programs make them, with values that have names and such that have none.
  private struct Program {
    var random: SplitMix64

    mutating func request() -> ObservedRequest {
      if chance(6) {
        return ObservedRequest(.registration(pick(RegisterOperation.known)), .allowed)
      }
      let operation = chance(2) ? pick([.openat, .openat2, .socket, .connect]) : pick(URingABI.Operation.known)
      let flags: UInt8 = chance(3) ? UInt8.random(in: 0..<0x80, using: &random) & 0x15 : 0
      return ObservedRequest(
        .submission(Submission(operation, payload(operation), flags: flags, userData: random.next())), .allowed)
    }

    private mutating func payload(_ operation: URingABI.Operation) -> Submission.Payload {
      switch operation {
      case .openat, .openat2:
        let flags = pick([0, 1, 2, 0o101, 0o1102, 0o2000000, OpenConstants.path, 0o20200001, 1 << 40])
        return Submission.opening(
          operation, flags: flags, mode: pick([0, 0o644, 0o4755]), resolve: pick([0, 8, 0x18]))
      case .socket:
        return .socket(
          family: pick([1, 2, 10, 16, 99]), type: pick([1, 2, 3, 0o2000001]), protocol: pick([0, 6, 15, 262]))
      case .connect:
        let port = pick([80, 443, 40_000, 50_000])
        return switch Int.random(in: 0..<4, using: &random) {
        case 0: .connect(to: .v4(pick([0x7F00_0001, 0x0A00_0001, 0])), port: UInt16(port))
        case 1: .connect(to: .v6(pick([1, 0x2001_0DB8 << 96 | 7, 0xFFFF_0A00_0002])), port: UInt16(port))
        default: .connectElsewhere(family: pick([1, 16, 0]))
        }
      default: return .none
      }
    }

    private mutating func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &random) == 0 }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
      values[Int.random(in: 0..<values.count, using: &random)]
    }
  }

  private func requests(seed: UInt64) -> [ObservedRequest] {
    var program = Program(random: SplitMix64(seed: seed))
    return (0..<Int(seed % 60 + 1)).map { _ in program.request() }
  }

  private func observations(_ requests: [ObservedRequest], grain: Peer.Grain = .address) -> Observations {
    var observations = Observations(grain: grain)
    for (index, request) in requests.enumerated() { observations.add(request, 1_700_000_000 + UInt64(index)) }
    return observations
  }

  private func policy(_ text: String) throws -> Policy {
    let read = ReadPolicy(text)
    #expect(!read.diagnostics.hasErrors, "\(read.diagnostics)\n\(text)")
    return try #require(read.policy, "\(text)")
  }

  @Test(arguments: Seeds.seeds(0..<300))
  func everythingObservedIsAllowed(seed: UInt64) throws {
    let requests = requests(seed: seed)
    for grain in [Peer.Grain.address, .network, .anything] {
      let text = PolicyWriter(observations(requests, grain: grain)).tables
      let policy = try policy(text)
      for observed in requests {
        let decision = ReferenceEvaluator.decide(observed.request, under: policy)
        #expect(decision.isAllowed, "\(observed.request.text): \(decision.reason)\n\(text)")
      }
    }
  }

  @Test(arguments: Seeds.seeds(0..<100))
  func whatWasNotObservedIsDenied(seed: UInt64) throws {
    let requests = requests(seed: seed)
    let policy = try policy(PolicyWriter(observations(requests)).tables)
    var operations: Set<URingABI.Operation> = []
    var registrations: Set<RegisterOperation> = []
    var sockets: Set<[UInt32]> = []
    for observed in requests {
      switch observed.request {
      case .registration(let operation): registrations.insert(operation)
      case .submission(let submission):
        operations.insert(submission.operation)
        if case .socket(let family, let type, let number) = submission.payload {
          sockets.insert([family, type & 0xF, number])
        }
      }
    }
    for operation in URingABI.Operation.known where !operations.contains(operation) {
      #expect(!policy.operations.permits(operation))
    }
    for operation in RegisterOperation.known {
      #expect(policy.register?.permits(operation) == registrations.contains(operation))
    }
    if operations.contains(.socket) {
      for family in [1, 2, 10, 16] as [UInt32] {
        for type in [1, 2, 3] as [UInt32] {
          for number in [0, 6, 15] as [UInt32] {
            let request = Request.submission(
              Submission(.socket, .socket(family: family, type: type, protocol: number)))
            let isAllowed = ReferenceEvaluator.decide(request, under: policy).isAllowed
            let made = EffectiveSocket(family: family, type: type, protocol: number)
            let wasObserved = sockets.contains { seen in
              let other = EffectiveSocket(family: seen[0], type: seen[1], protocol: seen[2])
              // Protocol 0 is learned as the default, which is not each of the protocols that it may be.
              let isSame =
                seen[2] == 0 ? number == 0 || made.protocolNumber == 0 : made.protocolNumber == other.protocolNumber
              return made.family == other.family && made.type == other.type && isSame
            }
            #expect(isAllowed == wasObserved)
          }
        }
      }
    }
  }

  @Test(arguments: Seeds.seeds(0..<100))
  func readingItAgainAndAddingNothingChangesNoRule(seed: UInt64) throws {
    let text = "policy = 1\n" + PolicyWriter(observations(requests(seed: seed))).tables
    let earlier = try earlier(text)
    let again = "policy = 1\n" + PolicyWriter(earlier.observations, earlier.extents).tables
    #expect(again == text)
  }

  private func earlier(_ text: String) throws -> EarlierRuns {
    let read = ReadPolicy(whole: text)
    let policy = try #require(read.policy, "\(read.diagnostics)\n\(text)")
    return try EarlierRuns(policy, SourceText(name: "p.toml", text: text), ephemeral: 32_768...60_999)
  }

  @Test(arguments: Seeds.seeds(0..<100))
  func twoRunsTogetherAllowWhatBothDid(seed: UInt64) throws {
    let (first, second) = (requests(seed: seed), requests(seed: seed + 1000))
    let earlier = try earlier("policy = 1\n" + PolicyWriter(observations(first)).tables)
    var both = observations(second)
    both.merge(earlier.observations)
    let text = PolicyWriter(both, earlier.extents).tables
    let policy = try policy(text)
    for observed in first + second {
      let decision = ReferenceEvaluator.decide(observed.request, under: policy)
      #expect(decision.isAllowed, "\(observed.request.text): \(decision.reason)\n\(text)")
    }
  }

  @Test(arguments: Seeds.seeds(0..<200))
  func basePlusWhatIsMissingAllowsEverything(seed: UInt64) throws {
    let (first, second) = (requests(seed: seed), requests(seed: seed + 1000))
    let base = try policy(PolicyWriter(observations(first)).tables)
    let missing = Missing(in: base, observations(second))
    // What only one resolve flag more or less would allow cannot be added; nothing else can stand in the way.
    let obstacles = missing.conflicts.filter { !$0.message.contains("resolve flag") && !$0.message.contains("port 0") }
    #expect(obstacles.allSatisfy { $0.message.contains("'access'") }, "\(obstacles)")
    if !missing.conflicts.isEmpty { return }
    let additions = PolicyWriter(missing.observations, missing.extents).tables
    let whole = try merged(PolicyWriter(observations(first)).tables, additions)
    for observed in first + second {
      let decision = ReferenceEvaluator.decide(observed.request, under: whole)
      #expect(decision.isAllowed, "\(observed.request.text): \(decision.reason)\n\(additions)")
    }
    let rest = Missing(in: whole, observations(second))
    #expect(rest.isEmpty, "nothing is missing twice")
  }

  private func merged(_ base: String, _ additions: String) throws -> Policy {
    struct Base: PolicyFiles {
      let text: String
      func read(_ path: [UInt8]) throws(PolicyFileFailure) -> PolicyText {
        PolicyText(name: "base.toml", bytes: Array(text.utf8), folder: nil, identity: nil)
      }
    }
    let text = "policy = 1\ninclude = [\"/base.toml\"]\n" + additions
    let loaded = PolicyLoader.load(
      PolicyText(name: "p.toml", bytes: Array(text.utf8), folder: nil, identity: nil),
      files: Base(text: "policy = 1\n" + base))
    return try #require(loaded.policy, "\(loaded.diagnostics)\n\(text)")
  }

  // MARK: Forms

  @Test func groupsStandWhereTheyFitWholly() {
    let names = ["timeout", "timeout_remove", "link_timeout", "read", "fsync", "sync_file_range", "madvise"]
    let seen = observations(
      names.compactMap { URingABI.Operation(name: $0) }.map { ObservedRequest(.submission(Submission($0)), .allowed) })
    let text = PolicyWriter(seen).tables
    for word in ["\"@timer\",", "\"@sync\",", "\"read\",", "\"madvise\","] { #expect(text.contains(word), "\(text)") }
    #expect(!text.contains("\"timeout\"") && !text.contains("\"fsync\","))
    #expect(text.contains("# 3 times, first 2023-11-14T22:13:20Z: timeout"))
  }

  @Test func ephemeralPortsAreNotListed() throws {
    let peers = [40_000, 40_001, 443].map { Submission.Payload.connect(to: .v4(0x0A00_0001), port: $0) }
    let seen = observations(peers.map { ObservedRequest(.submission(Submission(.connect, $0)), .allowed) })
    #expect(PolicyWriter(seen).tables.contains("{ to = \"10.0.0.1\", port = [443, \"32768-60999\"] },"))
  }

  @Test func unseenArgumentsAreNotNarrowed() {
    let request = ObservedRequest(.submission(Submission(.connect)), argumentsAreKnown: false, .allowed)
    let text = PolicyWriter(observations([request])).tables
    #expect(!text.contains("\n[connect]"))
    #expect(text.contains("# There is no [connect]: the arguments of some requests were not visible: 1 of connect"))
  }

  @Test func memoryIsBounded() throws {
    var seen = Observations()
    for index in 0..<20_000 as Range<UInt32> {
      let peer = Submission.Payload.connect(to: .v4((index + 1) &* 2_654_435_761), port: UInt16(index % 30_000 + 1))
      seen.add(ObservedRequest(.submission(Submission(.connect, peer)), .allowed), 0)
      let socket = Submission.Payload.socket(family: 16, type: 3, protocol: index)
      seen.add(ObservedRequest(.submission(Submission(.socket, socket)), .allowed), 0)
    }
    #expect(seen.peers.count <= Observations.most && seen.sockets.count <= Observations.most)
    let text = PolicyWriter(seen).tables
    #expect(text.contains("# generalised to everything: there were too many peers and ports"))
    #expect(text.contains("protocols are not restricted"))
    _ = try policy(text)
  }

  @Test func policyOfAPersonIsNotOverwritten() {
    let others = [
      "[operations]\ndeny = [\"nop\"]", "[process]\nexec = \"deny\"",
      "[operations]\nallow = [\"nop\"]\nflags.forbid = [\"async\"]",
      "[operations]\ndefault = \"allow\"", "[groups]\nx = [\"nop\"]\n[operations]\nallow = [\"@x\"]",
      "[operations]\nallow = [\"nop\"]\n[operation.nop]\nuser_data = 1",
    ]
    for text in others { #expect(throws: (any Error).self, "\(text)") { try earlier("policy = 1\n" + text) } }
  }

  @Test func deniedRulesOfTheBaseAreConflicts() throws {
    let base = try policy(
      """
      [operations]
      allow = ["socket", "connect", "openat2"]
      deny = ["nop"]
      flags.forbid = ["io_link"]
      [socket]
      allow = [{ family = "inet" }]
      deny = [{ type = "raw" }]
      """)
    let requests: [Submission] = [
      Submission(Operation(code: 0), flags: 4),
      Submission(.socket, .socket(family: 2, type: 3, protocol: 0)),
    ]
    let missing = Missing(in: base, observations(requests.map { ObservedRequest(.submission($0), .allowed) }))
    #expect(
      missing.conflicts.map(\.message) == [
        "'nop' is denied", "the SQE flag 'io_link' is forbidden",
        "'socket family=inet type=raw' is denied",
      ])
    #expect(missing.isEmpty)
  }

  @Test func timesAreWrittenAndRead() {
    for (seconds, text) in [
      (0, "1970-01-01T00:00:00Z"), (951_827_696, "2000-02-29T12:34:56Z"), (1_700_000_000, "2023-11-14T22:13:20Z"),
      (4_102_444_799, "2099-12-31T23:59:59Z"),
    ] as [(UInt64, String)] {
      #expect(CalendarTime.text(seconds: seconds) == text)
      #expect(CalendarTime.seconds(text) == seconds)
    }
    var random = SplitMix64(seed: 1)
    for _ in 0..<1000 {
      let seconds = random.next() % 200_000_000_000
      #expect(CalendarTime.seconds(CalendarTime.text(seconds: seconds)) == seconds)
    }
    #expect(CalendarTime.seconds("2023-13-14T22:13:20Z") == nil && CalendarTime.seconds("yesterday") == nil)
  }
}
