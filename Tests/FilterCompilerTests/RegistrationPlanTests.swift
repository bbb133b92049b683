import BPF
import Diagnostics
import FilterCompiler
import Policy
import Testing
import URingABI

struct RegistrationPlanTests {
  private static let span = SourceSpan(0..<0, in: SourceID(0))
  private let kernel = KernelAbilities(operationCount: 65)

  private func policy(
    _ byDefault: OperationRules.Default = .deny, allow: [Operation] = [], deny: [Operation] = [], socket: Bool = false
  ) throws -> CombinedPolicy {
    let entry = SocketEntry(families: [1], types: nil, protocols: nil, span: Self.span)
    return CombinedPolicy(
      Policy(
        operations: OperationRules(
          byDefault: byDefault, allow: allow.map { Located($0, at: Self.span) },
          deny: deny.map { Located($0, at: Self.span) }),
        socket: socket ? SocketRules(allow: [entry], span: Self.span) : nil))
  }

  private let nop = Operation(code: 0)

  @Test func restrictionsListWhatIsAllowedAndEveryFlag() throws {
    let plan = try RegistrationPlan(
      try policy(allow: [.openat, nop]), for: kernel, backend: .restrictionsAndFilters)
    #expect(plan.restrictions == [.allow(nop), .allow(.openat), .allowFlags(.everyBit)])
    #expect(plan.filters.isEmpty)
  }

  @Test func denyEverythingIsNotAnEmptyList() throws {
    // Zero entries would be valid too, but one that speaks of flags says what is meant.
    let plan = try RegistrationPlan(try policy(), for: kernel, backend: .restrictionsAndFilters)
    #expect(plan.restrictions == [.allowFlags(.everyBit)])
  }

  @Test func allowEverythingNeedsNoRestriction() throws {
    let plan = try RegistrationPlan(try policy(.allow), for: kernel, backend: .restrictionsAndFilters)
    #expect(plan.restrictions.isEmpty && plan.filters.isEmpty)
  }

  @Test func denyListNamesEveryOtherOperationOfTheKernelKnownOrNot() throws {
    let newer = KernelAbilities(operationCount: 70)
    let plan = try RegistrationPlan(try policy(.allow, deny: [.socket]), for: newer, backend: .restrictionsAndFilters)
    #expect(plan.restrictions.count == 69 + 1)
    #expect(plan.restrictions.contains(.allow(Operation(code: 69))))
    #expect(!plan.restrictions.contains(.allow(.socket)))
  }

  @Test func operationsThatTheKernelLacksAreLeftOut() throws {
    let plan = try RegistrationPlan(
      try policy(allow: [nop, Operation(code: 200)]), for: kernel, backend: .restrictionsAndFilters)
    #expect(plan.restrictions == [.allow(nop), .allowFlags(.everyBit)])
  }

  @Test func conditionsBecomeAFilterThatClaimsItsPayload() throws {
    let plan = try RegistrationPlan(
      try policy(allow: [nop, .socket], socket: true), for: kernel, backend: .restrictionsAndFilters)
    #expect(plan.filters.map(\.operation) == [.socket])
    #expect(plan.filters[0].payloadSize == 12)
    // nop is allowed without a filter, and DENY_REST would deny it.
    #expect(!plan.filters[0].deniesRest)
  }

  @Test func restIsDeniedWhereEveryAllowedOperationHasAFilter() throws {
    let plan = try RegistrationPlan(
      try policy(allow: [.socket], socket: true), for: kernel, backend: .restrictionsAndFilters)
    #expect(plan.filters.map(\.deniesRest) == [true])
  }

  @Test func filtersAloneDenyEveryOtherOperationByName() throws {
    let plan = try RegistrationPlan(
      try policy(allow: [nop, .socket], socket: true), for: kernel, backend: .filtersOnly)
    #expect(plan.restrictions.isEmpty)
    #expect(plan.filters.map(\.operation) == Operation.known.filter { $0 != nop })
    for filter in plan.filters where filter.operation != .socket {
      #expect(filter.program == .always(.deny))
      #expect(filter.payloadSize == 0)
      #expect(!filter.deniesRest)
    }
  }

  @Test func restIsDeniedOnlyByTheLastFilter() throws {
    let plan = try RegistrationPlan(try policy(allow: [.socket], socket: true), for: kernel, backend: .filtersOnly)
    #expect(plan.filters.count == 65)
    #expect(plan.filters.dropLast().allSatisfy { !$0.deniesRest })
    #expect(plan.filters.last?.deniesRest == true)
  }
}
