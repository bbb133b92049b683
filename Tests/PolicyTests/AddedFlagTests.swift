import Diagnostics
import Policy
import PolicyAdvice
import PolicyLanguage
import TestSupport
import Testing
import URingABI

/// SQE flags that the kernel sets itself: filters see them, restrictions do not.
@Suite struct AddedFlagTests {
  private static let common = "[operations]\nallow = [\"fsync\", \"read\", \"openat2\", \"fadvise\"]\n"
  private static let forbidding = "flags = { forbid = [\"async\"] }\n"
  private static let never = "[kernel]\nrestrictions = \"never\"\n"

  private static let requests = [
    "fsync", "fsync sqe-flags=async", "read", "read sqe-flags=io_drain", "openat2 flags=rdonly",
    "openat2 flags=wronly,creat", "fadvise",
  ]

  /// Which of the requests are allowed.
  private func allowed(_ text: String, in circumstances: Circumstances = .usual) throws -> [Bool] {
    let policy = try #require(ReadPolicy(text).policy)
    return try Self.requests.map { request in
      ReferenceEvaluator.decide(try RequestText.parse(request), under: policy, in: circumstances).isAllowed
    }
  }

  @Test func restrictionsSeeTheFlagsThatTheProgramSet() throws {
    #expect(try allowed(Self.common + Self.forbidding) == [true, false, true, true, true, true, true])
    let seenByFilters = [false, false, true, false, true, false, true]
    #expect(try allowed(Self.common + Self.forbidding + Self.never) == seenByFilters)
    #expect(
      try allowed(Self.common + Self.forbidding, in: Circumstances(insideAnotherJail: true)) == seenByFilters)
  }

  @Test func flagsOfOneOperationAreAlwaysHeldByFilters() throws {
    #expect(
      try allowed(Self.common + "[operation.fsync]\n" + Self.forbidding)
        == [false, false, true, true, true, true, true])
    #expect(
      try allowed(Self.common + "[operation.read]\n" + Self.forbidding)
        == [true, true, true, false, true, true, true])
  }

  @Test func oneOfSeveralPoliciesIsEnoughForFilters() throws {
    let first = try #require(ReadPolicy(Self.common + Self.forbidding).policy)
    let second = try #require(ReadPolicy(Self.common + Self.never).policy)
    let request = try RequestText.parse("fsync")
    #expect(ReferenceEvaluator.decide(request, under: [first]).isAllowed)
    #expect(!ReferenceEvaluator.decide(request, under: [first, second]).isAllowed)
    #expect(!ReferenceEvaluator.decide(request, under: [second, first]).isAllowed)
  }

  @Test func denialSaysThatTheKernelSetsTheFlag() throws {
    let policy = try #require(ReadPolicy(Self.common + "[operation.read]\n" + Self.forbidding).policy)
    let drained = ReferenceEvaluator.decide(try RequestText.parse("read sqe-flags=io_drain"), under: policy)
    #expect(drained.reason.contains("the kernel sets 'async' itself"))
    let own = ReferenceEvaluator.decide(try RequestText.parse("read sqe-flags=async"), under: policy)
    #expect(!own.reason.contains("the kernel sets"))
  }

  @Test(
    arguments: [
      ("fsync", forbidding, ["inside-another-jail"]),
      ("read", forbidding, []),
      ("read", forbidding + never, ["behind-drain", "behind-drained-link"]),
      ("read", "[operation.read]\n" + forbidding, ["behind-drain", "behind-drained-link"]),
      ("read", "[operation.read]\nflags = { forbid = [\"io_drain\"] }\n", ["behind-drained-link"]),
      ("read", "[operation.read]\nflags = { allow = [\"async\"] }\n", ["behind-drained-link"]),
      ("read", "[operation.read]\nflags = { allow = [\"async\", \"io_drain\"] }\n", []),
      ("read", "flags = { allow = [\"async\", \"io_drain\"] }\n" + never, []),
    ] as [(String, String, [String])])
  func circumstancesOfADenialAreNamed(_ request: String, _ text: String, _ expected: [String]) throws {
    let policy = try #require(ReadPolicy(Self.common + text).policy)
    let found = AddedFlagDenial.all(of: try RequestText.parse(request), under: policy)
    #expect(found.map(\.circumstance.rawValue) == expected)
  }

  /// Beside a policy that wants no restrictions, filters hold the flags of the other one.
  @Test func circumstancesOfADenialAreNamedForEachOfSeveralPolicies() throws {
    let first = try #require(ReadPolicy(Self.common + Self.forbidding).policy)
    let second = try #require(ReadPolicy(Self.common + Self.never).policy)
    let request = try RequestText.parse("read")
    #expect(AddedFlagDenial.all(of: request, under: first).isEmpty)
    #expect(
      AddedFlagDenial.all(of: request, under: first, beside: [first, second]).map(\.circumstance)
        == [.behindDrain, .behindDrainedLink])
    #expect(AddedFlagDenial.all(of: request, under: second, beside: [first, second]).isEmpty)
  }

  /// For each word of flags: filters never let through what the policy denies of the request as it was made.
  @Test func conditionsThatAddedFlagsMeetAreFound() {
    let flags = (1...UInt64(255)).map { Located(Flag(number: $0), at: SourceSpan(0..<0, in: SourceID(0))) }
    var found = 0
    for (index, flag) in flags.enumerated() {
      let other = flags[(index * 7 + 3) % flags.count]
      let samples = [
        FlagRules(allow: [flag]), FlagRules(allow: [flag, other]), FlagRules(forbid: [flag, other]),
        FlagRules(require: [flag]), FlagRules(allow: [other], require: [flag]),
        FlagRules(forbid: [other], require: [flag]), FlagRules(allow: [flag], forbid: [other]),
      ]
      for rules in samples {
        let isMet = (0...UInt64(255)).contains { word in
          !ReferenceEvaluator.satisfies(rules, word)
            && (ReferenceEvaluator.satisfies(rules, word | 0x10) || ReferenceEvaluator.satisfies(rules, word | 0x12))
        }
        #expect(rules.areMetByAddedFlags == isMet, "\(rules)")
        found += isMet ? 1 : 0
      }
    }
    #expect(found > 100)
  }

  @Test(
    arguments: [
      ("[operation.read]\nflags = { require = [\"async\"] }", true),
      ("[operation.read]\nflags = { require = \"io_drain\" }", true),
      ("[operation.read]\nflags = { require = [0x11] }", true),
      ("[operation.read]\nflags = { allow = [0x12] }", true),
      ("[operation.read]\nflags = { require = [\"fixed_file\"] }", false),
      ("[operation.read]\nflags = { forbid = [\"async\"] }", false),
      ("[operations.flags]\nrequire = [\"async\"]", false),
      ("[operations.flags]\nrequire = [\"async\"]\n[kernel]\nrestrictions = \"never\"", true),
      ("[operations.flags]\nrequire = [\"async\"]\nforbid = [3]", true),
      ("[operations.flags]\nrequire = [\"io_link\"]\n[kernel]\nrestrictions = \"never\"", false),
    ])
  func filtersCannotRequireWhatTheKernelSets(_ text: String, isError: Bool) throws {
    let read = ReadPolicy("operations.allow = [\"read\"]\n" + text)
    let found = read.diagnostics.filter { $0.id == PolicyDiagnostics.flagOfTheKernel }
    #expect(found.count == (isError ? 1 : 0), "\(read.diagnostics)")
    #expect((read.policy == nil) == isError)
    #expect(found.allSatisfy { $0.help != nil })
  }
}
