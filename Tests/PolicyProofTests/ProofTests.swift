import BPF
import FilterAnalysis
import FilterCompiler
import Policy
import PolicyAdvice
import PolicyLanguage
import TestSupport
import Testing
import URingABI

@testable import PolicyProof

/// Proofs hold for what the compiler makes, and fail for anything that says something else.
struct ProofTests {
  private static let operations: [Operation] = [.openat, .openat2, .socket, .connect, Operation(code: 22)]
  private static let newest = KernelAbilities(release: KernelRelease(7, 3))

  private static func proof(
    _ policies: [Policy], _ backend: RegistrationPlan.Backend, changing: (RegistrationPlan) -> RegistrationPlan = { $0 }
  ) throws -> Proof {
    let plan = try RegistrationPlan(CombinedPolicy(policies), for: newest, backend: backend)
    return Proof(of: policies, changing(plan), for: newest, insideAnotherJail: backend == .filtersOnly)
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func compiledPoliciesAreProven(seed: UInt64) throws {
    for operation in Self.operations {
      var random = RandomPolicy(seed: seed &* 31 &+ UInt64(operation.code))
      let policies = (0..<(1 + seed % 2)).map { _ in random.policy(for: operation) }
      for backend in [RegistrationPlan.Backend.restrictionsAndFilters, .filtersOnly] {
        let proof = try Self.proof(policies, backend)
        let examples = proof.counterexamples.map { "\($0.request.text): \($0.decision.reason)" }
        #expect(examples.isEmpty && proof.undecided.isEmpty, "seed \(seed), \(operation.name), \(backend)")
      }
    }
  }

  @Test(arguments: [
    "policy = 1\n[operations]\nallow = [\"@basic\"]\ndeny = [\"read\"]\nflags = { forbid = [\"io_drain\"] }\n",
    "policy = 1\n[operations]\ndefault = \"allow\"\n[register]\nallow = [\"@buffers\"]\n",
    "policy = 1\n[operations]\nallow = [\"send_zc\"]\n[operation.send_zc]\nflags = { require = [\"fixed_file\"] }\n"
      + "user_data = [7, \"100-200\"]\n",
    "policy = 1\n[operations]\nallow = [\"openat\", \"openat2\"]\n[open]\naccess = [\"read\"]\n"
      + "resolve = { require = [\"beneath\"] }\n",
    "policy = 1\n",
  ])
  func writtenPoliciesAreProven(text: String) throws {
    let policy = try #require(ReadPolicy(whole: text).policy)
    for backend in [RegistrationPlan.Backend.restrictionsAndFilters, .filtersOnly] {
      let plan = try RegistrationPlan(CombinedPolicy(policy), for: Self.newest, backend: backend)
      let includesRegistration = backend == .restrictionsAndFilters
      let proof = Proof(
        of: [policy], plan, for: Self.newest, includingRegistration: includesRegistration,
        insideAnotherJail: !includesRegistration)
      #expect(proof.isComplete)
    }
  }

  /// Restrictions see the flags that the program set, so they can require what the kernel sets itself; filters cannot.
  @Test func flagsOfTheKernelAreRequiredByRestrictionsOnly() throws {
    for flag in ["async", "io_drain"] {
      let policy = try #require(
        ReadPolicy("[operations]\nallow = [\"fsync\", \"nop\"]\nflags = { require = [\"\(flag)\"] }").policy)
      #expect(try Self.proof([policy], .restrictionsAndFilters).isComplete)
      #expect(throws: CompilationFailure.self) { try Self.proof([policy], .filtersOnly) }
      let other = try #require(
        ReadPolicy("[operations]\nallow = [\"fsync\", \"nop\"]\n[kernel]\nrestrictions = \"never\"").policy)
      let both = CombinedPolicy([policy, other])
      #expect(both.avoidsRestrictions)
      #expect(throws: CompilationFailure.self) {
        try RegistrationPlan(both, for: Self.newest, backend: .filtersOnly)
      }
    }
  }

  /// What the kernel makes of io_drain is part of what is proven.
  @Test func drainedRequestsAreDeniedWhereAsyncIs() throws {
    let policy = try #require(
      ReadPolicy("[operations]\nallow = [\"nop\"]\n[operation.nop]\nflags = { allow = [\"io_drain\"] }").policy)
    let request = try RequestText.parse("nop sqe-flags=io_drain")
    #expect(!ReferenceEvaluator.decide(request, under: policy).isAllowed)
    #expect(try Self.proof([policy], .restrictionsAndFilters).isComplete)
  }
}
