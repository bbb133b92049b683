package import BPF
package import FilterAnalysis
package import FilterCompiler
package import Policy
package import URingABI

/// Decides whether what would be registered with a kernel says the same as the policies, for every request that there
/// can be.
///
/// Both become functions of all the bits that the kernel shows, by ways that share nothing with each other or with the
/// compiler: the programs by running them for every input at once, the policies rule by rule. Two functions are the
/// same or there is an input that tells them apart.
package struct Proof: Sendable {
  /// One operation's part.
  package struct Part: Sendable {
    package let operation: Operation
    /// The filters that were looked at.
    package let programs: [Program]
    package let outcome: Outcome
  }

  package enum Outcome: Sendable {
    /// Policy and plan agree on every request.
    case agreed
    case differs(Counterexample)
    /// Too large to decide within the bound.
    case undecided(AnalysisLimit)
  }

  /// A request about which policy and plan disagree.
  package struct Counterexample: Sendable {
    package let request: Request
    /// The words that the kernel would show; empty for a registration.
    package let context: [UInt32]
    /// What the reference evaluator says.
    package let decision: Decision
    /// What the kernel would do.
    package let isAllowedByKernel: Bool
  }

  /// How many different functions one operation may need; about 100 MB.
  package static let mostFunctions = 4 << 20

  package let parts: [Part]
  /// Register opcodes on which policy and plan disagree.
  package let registrations: [Counterexample]

  /// - Parameters:
  ///   - policies: all of them must allow.
  ///   - plan: what would be registered.
  ///   - abilities: of the kernel that it would be registered with; operations that it does not have fail anyway.
  ///   - denied: operations that are denied whole, whatever the policies say, because the kernel shows too little.
  ///   - includingRegistration: hold register opcodes against the plan, too.
  ///   - insideAnotherJail: the plan is one for a launcher that is already in a jail.
  ///   - settled: operations that need not be looked at, because what is known of them decides.
  ///   - mostFunctions: where to give up on an operation.
  package init(
    of policies: [Policy], _ plan: RegistrationPlan, for abilities: KernelAbilities,
    denying denied: Set<Operation> = [], includingRegistration: Bool = true, insideAnotherJail: Bool = false,
    settled: Set<Operation> = [], mostFunctions: Int = Proof.mostFunctions
  ) {
    let functions = PlanFunctions(plan)
    parts = abilities.operations.filter { !settled.contains($0) }.map { operation in
      Part(
        operation: operation, programs: functions.programs(for: operation),
        outcome: Self.compare(
          operation, policies, functions, isDenied: denied.contains(operation), insideAnotherJail: insideAnotherJail,
          mostFunctions: mostFunctions))
    }
    registrations = includingRegistration ? Self.registrations(policies, functions, abilities) : []
  }

  /// True if everything was decided, and nothing differs.
  package var isComplete: Bool {
    registrations.isEmpty
      && parts.allSatisfy { if case .agreed = $0.outcome { true } else { false } }
  }

  /// Every request that tells policy and plan apart, one for each operation that has one.
  package var counterexamples: [Counterexample] {
    parts.compactMap { if case .differs(let example) = $0.outcome { example } else { nil } } + registrations
  }

  /// The operations about which nothing is known.
  package var undecided: [Operation] {
    parts.compactMap { if case .undecided = $0.outcome { $0.operation } else { nil } }
  }

  private static func compare(
    _ operation: Operation, _ policies: [Policy], _ plan: PlanFunctions, isDenied: Bool, insideAnotherJail: Bool,
    mostFunctions: Int
  ) -> Outcome {
    do throws(AnalysisLimit) {
      var rules = RuleFunctions(operation, mostFunctions: mostFunctions)
      let wanted = isDenied ? .never : try rules.allowed(by: policies, insideAnotherJail: insideAnotherJail)
      let registered = try plan.allowed(rules.context, in: &rules.functions)
      let difference = try rules.functions.exclusiveOr(wanted, registered)
      let possible = try rules.possible()
      let disagreement = try rules.functions.and(difference, possible)
      guard let example = rules.functions.example(of: disagreement) else {
        return .agreed
      }
      let context = rules.context.context(setting: example)
      let request = Request.submission(Submission(operation, context: context))
      return .differs(
        Counterexample(
          request: request, context: context,
          decision: ReferenceEvaluator.decide(
            request, under: policies, in: Circumstances(insideAnotherJail: insideAnotherJail)),
          isAllowedByKernel: rules.context.value(of: registered, for: context, in: rules.functions)))
    } catch {
      return .undecided(error)
    }
  }

  private static func registrations(
    _ policies: [Policy], _ plan: PlanFunctions, _ abilities: KernelAbilities
  ) -> [Counterexample] {
    abilities.registerOperations.compactMap { operation in
      let request = Request.registration(operation)
      let decision = ReferenceEvaluator.decide(request, under: policies)
      let isAllowed = plan.allows(operation)
      // What is registered with it can only tighten, and the launcher itself needs it.
      if decision.isAllowed == isAllowed || (operation == .bpfFilter && isAllowed) { return nil }
      return Counterexample(request: request, context: [], decision: decision, isAllowedByKernel: isAllowed)
    }
  }

  /// Operations that are proven, here and so under another plan as well: it has the same programs for them, and neither
  /// plan leaves anything about flags to restrictions.
  package func settled(under plan: RegistrationPlan, and other: RegistrationPlan) -> Set<Operation> {
    guard !plan.restrictsFlags, !other.restrictsFlags else { return [] }
    let functions = PlanFunctions(other)
    return Set(
      parts.filter { part in
        guard case .agreed = part.outcome, !part.programs.isEmpty else { return false }
        return functions.programs(for: part.operation) == part.programs
      }.map(\.operation))
  }
}

extension RegistrationPlan {
  /// True if restrictions forbid or require a flag.
  fileprivate var restrictsFlags: Bool {
    restrictions.contains { restriction in
      switch restriction {
      case .allowFlags(let flags): flags != .everyBit
      case .requireFlags(let flags): !flags.isEmpty
      case .allow, .allowRegister: false
      }
    }
  }
}
