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
    /// For a task that already lives under restrictions or filters: every denied operation gets a program. Register
    /// opcodes cannot be restricted this way.
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

  init(restrictions: [Restriction], filters: [Filter]) {
    self.restrictions = restrictions
    self.filters = filters
  }

  package init(
    _ policy: CombinedPolicy, for abilities: KernelAbilities, backend: Backend
  ) throws(CompilationFailure) {
    let operations = abilities.operations
    let permitted = operations.filter(policy.permits)
    // Flags that every request must satisfy are left to the restrictions where these can say it.
    let flags = backend == .restrictionsAndFilters ? policy.commonFlags : nil
    if flags == nil { try policy.requireFlagsToBeSeen() }
    let candidates = backend == .restrictionsAndFilters ? permitted : operations
    filters = try Self.filters(for: candidates, policy, permitted, withCommonFlags: flags == nil)
    restrictions =
      backend == .restrictionsAndFilters
      ? Self.restrictions(policy, abilities, permitted, flags) : []
  }

  /// The same with the filters of one operation only; for looking at it.
  package func filters(of operation: Operation) -> RegistrationPlan {
    RegistrationPlan(restrictions: restrictions, filters: filters.filter { $0.operation == operation })
  }

  private static func restrictions(
    _ policy: CombinedPolicy, _ abilities: KernelAbilities, _ permitted: [Operation],
    _ flags: (allowed: SQEFlags, required: SQEFlags)?
  ) -> [Restriction] {
    var restrictions: [Restriction] = []
    let flags = flags ?? (allowed: .everyBit, required: [])
    // An entry on operations or flags denies all operations and flags that are not listed, so it is both or none.
    if permitted.count < abilities.operationCount || flags.allowed != .everyBit || !flags.required.isEmpty {
      restrictions = permitted.map(Restriction.allow) + [.allowFlags(flags.allowed)]
      if !flags.required.isEmpty { restrictions.append(.requireFlags(flags.required)) }
    }
    if policy.restrictsRegistration {
      // Filters are registered after this and may need their opcode; what the target adds with it only tightens. At
      // least one entry is needed, or every opcode would be allowed.
      restrictions += abilities.registerOperations.filter { policy.permits($0) || $0 == .bpfFilter }
        .map(Restriction.allowRegister)
    }
    return restrictions
  }

  /// Filters for those of the operations that need one. A denial is never left to `deniesRest` alone: an outer jail may
  /// already have a filter on the operation, and then the kernel leaves it as it is.
  private static func filters(
    for operations: [Operation], _ policy: CombinedPolicy, _ permitted: [Operation], withCommonFlags: Bool
  ) throws(CompilationFailure) -> [Filter] {
    var programs: [(operation: Operation, program: Program)] = []
    var unconditional = 0
    for operation in operations {
      if !policy.permits(operation) {
        programs.append((operation, .always(.deny)))
        continue
      }
      let own = try policy.programs(for: operation, withCommonFlags: withCommonFlags)
      if own.isEmpty { unconditional += 1 }
      programs += own.map { (operation, $0) }
    }
    return programs.enumerated().map { index, registration in
      let reads =
        policy.permits(registration.operation) && policy.readsArguments(of: registration.operation)
      return Filter(
        operation: registration.operation, program: registration.program,
        payloadSize: reads ? registration.operation.arguments.size : 0,
        deniesRest: index == programs.count - 1 && unconditional == 0)
    }
  }
}
