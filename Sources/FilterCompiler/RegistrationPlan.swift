package import BPF
package import URingABI

/// What is registered with the kernel, in this order: restrictions first, because the kernel accepts them only from a
/// task that has no restriction and no filter yet.
package struct RegistrationPlan: Sendable {
  /// The two ways to say the same policy.
  package enum Backend: Sendable {
    /// Denied operations are left out of the restrictions, which stop them before any of their code runs and cost one
    /// bit test; only operations with conditions get a program.
    case restrictionsAndFilters
    /// For a task that already lives under restrictions or filters: every denied operation gets a program.
    case filtersOnly
  }

  package struct Filter: Sendable {
    package let operation: Operation
    package let program: Program
    /// Bytes of operation data that the program reads, `pdu_size`.
    package let payloadSize: UInt8
    /// Also deny, for good, every operation that has no filter when this one is registered. Only on the last filter,
    /// and only if no operation is allowed without a filter.
    package let deniesRest: Bool
  }

  /// Empty if there is nothing to restrict.
  package let restrictions: [Restriction]
  package let filters: [Filter]

  package init(_ policy: CompiledPolicy, for abilities: KernelAbilities, backend: Backend) {
    let operations = abilities.operations
    let permitted = operations.filter(policy.permits)
    switch backend {
    case .restrictionsAndFilters:
      // A policy that denies nothing as a whole needs no restriction; an empty list would deny everything.
      restrictions =
        permitted.count == operations.count
        ? [] : permitted.map(Restriction.allow) + [.allowFlags(.everyBit)]
      filters = Self.registrations(of: permitted, policy, permitted)
    case .filtersOnly:
      restrictions = []
      filters = Self.registrations(of: operations, policy, permitted)
    }
  }

  /// Filters for those of the operations that need one. A denial is never left to `deniesRest` alone: an outer jail may
  /// already have a filter on the operation, and then the kernel leaves it as it is.
  private static func registrations(
    of operations: [Operation], _ policy: CompiledPolicy, _ permitted: [Operation]
  ) -> [Filter] {
    let programs: [(Operation, Program)] = operations.flatMap { operation in
      if !policy.permits(operation) { return [(operation, Program.always(.deny))] }
      return (policy.filters[operation] ?? []).map { (operation, $0) }
    }
    let everyPermittedHasFilter = permitted.allSatisfy { policy.filters[$0] != nil }
    return programs.enumerated().map { index, registration in
      let (operation, program) = registration
      let readsPayload = policy.permits(operation)
      return Filter(
        operation: operation, program: program,
        payloadSize: readsPayload ? FilterContext.payload(of: operation)?.size ?? 0 : 0,
        deniesRest: index == programs.count - 1 && everyPermittedHasFilter)
    }
  }
}
