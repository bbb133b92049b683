import BPF
import Diagnostics
import Policy
import PolicyAdvice
import PolicyLanguage
import TestSupport
import Testing
import URingABI

@testable import FilterCompiler
@testable import PolicyProof

/// What is told of two policies is true, and nothing is left out.
struct ComparisonTests {
  private static let operations: [Operation] = [.openat, .openat2, .socket, .connect]

  /// Each example is allowed by one and denied by the other, and if no difference is told, no sample shows one.
  @Test(arguments: Seeds.seeds(0..<60))
  func differencesAreThereAndAllOfThem(seed: UInt64) {
    var random = RandomPolicy(seed: seed)
    let operation = Self.operations[Int(seed % 4)]
    let (old, new) = (random.policy(for: operation), random.policy(for: operation))
    let comparison = Comparison(.policies([old]), .policies([new]))
    #expect(comparison.undecided.isEmpty)
    for difference in comparison.differences {
      let before = ReferenceEvaluator.decide(difference.example, under: old).isAllowed
      let after = ReferenceEvaluator.decide(difference.example, under: new).isAllowed
      #expect(after == (difference.direction == .looser), "\(difference)")
      #expect(before == (difference.direction == .stricter), "\(difference)")
    }
    for sample in BoundaryRequests(operation, under: [old, new], seed: seed, limit: 2_000).samples {
      let request = Request.submission(sample.submission)
      let before = ReferenceEvaluator.decide(request, under: old).isAllowed
      let after = ReferenceEvaluator.decide(request, under: new).isAllowed
      if before == after { continue }
      let direction = after ? Comparison.Direction.looser : .stricter
      #expect(
        comparison.differences.contains { $0.direction == direction && $0.operations.contains(operation) },
        "\(request.text): \(direction)")
    }
    #expect(Comparison(.policies([old]), .policies([old])).differences.isEmpty)
  }

  /// Every form of a policy means the same: its text, precompiled, and its bare filters.
  @Test(arguments: Seeds.seeds(0..<12))
  func formsOfAPolicyMeanTheSame(seed: UInt64) throws {
    var random = RandomPolicy(seed: seed)
    let operation = Self.operations[Int(seed % 4)]
    let policy = random.policy(for: operation)
    let compiled = CombinedPolicy(policy)
    let precompiled = try compiled.precompiled([SourceText(name: "random.toml", text: "")])
    let again = CombinedPolicy([], precompiled: [precompiled])
    let plan = try RegistrationPlan(
      again, for: .everyOperation, backend: .restrictionsAndFilters)
    let comparison = Comparison(.policies([policy]), .precompiled(precompiled, plan))
    #expect(comparison.differences.isEmpty && comparison.changes.isEmpty && comparison.undecided.isEmpty)
    let programs = try compiled.programs(for: operation, withCommonFlags: true)
    // Flags of every request are held by restrictions, which see other flags than a bare filter.
    if programs.count == 1, policy.operations.flags.isEmpty {
      let bare = Comparison(.policies([policy]), .program(programs[0]), operation: operation)
      #expect(bare.differences.isEmpty && bare.undecided.isEmpty)
    }
  }

  // MARK: Words

  private func differences(_ old: String, _ new: String) throws -> [String] {
    let (before, after) = (try policy(old), try policy(new))
    let comparison = Comparison(.policies([before]), .policies([after]))
    #expect(comparison.undecided.isEmpty && comparison.truncated.isEmpty)
    func sign(_ direction: Comparison.Direction) -> String { direction == .looser ? "+" : "-" }
    return comparison.differences.map { difference in
      "\(sign(difference.direction)) \(difference.operations.map(\.name).joined(separator: ", ")): \(difference.text)"
    } + comparison.changes.map { "\(sign($0.direction)) \($0.key): \($0.text)" }
  }

  private func policy(_ text: String) throws -> Policy {
    try #require(ReadPolicy(text).policy)
  }

  @Test(
    arguments: [
      // The same in other words.
      (
        "[operations]\nallow = [\"read\", \"write\"]",
        "[operations]\nallow = [\"write\", \"read\", \"nop\"]\ndeny = [\"nop\"]",
        []
      ),
      (
        "[operations]\nallow = [\"connect\"]\n[connect]\nallow = [{ to = \"10.0.0.0/8\" }]",
        "[operations]\nallow = [\"connect\"]\n[connect]\nallow = [{ to = [\"10.0.0.0/9\", \"10.128.0.0/9\"] }]", []
      ),
      // Operations.
      (
        "[operations]\nallow = [\"read\"]", "[operations]\nallow = [\"read\", \"readv\", \"write\"]",
        ["+ readv, write: everything that the new policy allows of it"]
      ),
      // Those that no kernel has yet.
      (
        "[operations]\nallow = [\"read\"]", "[operations]\nallow = [\"read\", 65, 200]",
        ["+ 65, 200: everything that the new policy allows of it"]
      ),
      (
        "[operations]\ndefault = \"allow\"", "[operations]\ndefault = \"allow\"\n[operation.129]\nuser_data = \"0-9\"",
        ["- 129: user_data 10-18446744073709551615"]
      ),
      // openat keeps nearly nothing beside O_PATH, so that these two never come together.
      (
        "[operations]\nallow = [\"openat\"]\n[open]\nflags = { forbid = 0x200040 }",
        "[operations]\nallow = [\"openat\"]", []
      ),
      // Flags.
      (
        "[operations]\nallow = [\"read\"]\nflags = { forbid = [\"async\"] }",
        "[operations]\nallow = [\"read\"]\nflags = { forbid = [\"io_drain\"] }",
        ["+ read: sqe-flags with async", "- read: sqe-flags with io_drain"]
      ),
      (
        "[operations]\nallow = [\"openat2\"]\n[open]\naccess = [\"read\"]",
        "[operations]\nallow = [\"openat2\"]\n[open]\naccess = [\"read\", \"write\"]",
        ["+ openat2: flags with wronly"]
      ),
      (
        "[operations]\nallow = [\"openat2\"]\n[open]\naccess = [\"read\"]\nresolve = { require = [\"beneath\"] }",
        "[operations]\nallow = [\"openat2\"]\n[open]\naccess = [\"read\"]\nresolve = { require = [\"beneath\", \"no_symlinks\"] }",
        ["- openat2: resolve without no_symlinks"]
      ),
      // Sockets.
      (
        "[operations]\nallow = [\"socket\"]\n[socket]\nallow = [{ family = \"inet\", type = \"stream\" }]",
        "[operations]\nallow = [\"socket\"]\n[socket]\nallow = [{ family = [\"inet\", \"unix\"], type = \"stream\" }]",
        ["+ socket: family unix, type stream"]
      ),
      (
        "[operations]\nallow = [\"socket\"]",
        "[operations]\nallow = [\"socket\"]\n[socket]\nallow = [{ family = [\"inet\", \"unix\"] }]",
        ["- socket: every family but unix, inet", "- socket: family inet, type packet"]
      ),
      // Peers.
      (
        "[operations]\nallow = [\"connect\"]\n[connect]\nallow = [{ to = \"10.0.0.0/8\", port = 443 }]",
        "[operations]\nallow = [\"connect\"]\n[connect]\nallow = [{ to = [\"10.0.0.0/8\", \"2001:db8::/32\"], port = [443, 8443] }]",
        ["+ connect: to 10.0.0.0/8, 2001:db8::/32, port 8443", "+ connect: to 2001:db8::/32, port 443"]
      ),
      (
        "[operations]\nallow = [\"connect\"]",
        "[operations]\nallow = [\"connect\"]\n[connect]\ndeny = [{ to = \"169.254.169.254\" }]",
        ["- connect: to any address, port 0", "- connect: to 0.0.0.0, 169.254.169.254, port 1-65535"]
      ),
      // What else a policy says.
      (
        "[operations]\nallow = [\"read\"]\n[register]\nallow = [\"buffers\"]\n[process]\nexec = \"deny\"",
        "[operations]\nallow = [\"read\"]\n[register]\nallow = [\"files\"]\n[kernel]\nunsupported = \"run-unconfined\"",
        [
          "+ [register]: files may be called", "- [register]: buffers may no longer be called",
          "+ [process] exec: the target may execute programs",
          "+ [kernel] unsupported: on a kernel without filters: run-unconfined instead of refuse",
        ]
      ),
    ] as [(String, String, [String])])
  func differencesAreToldInTheWordsOfPolicies(_ old: String, _ new: String, _ expected: [String]) throws {
    #expect(try differences(old, new) == expected)
  }
}
