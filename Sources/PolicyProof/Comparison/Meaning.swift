package import BPF
import FilterAnalysis
package import FilterCompiler
package import Policy
import URingABI

/// What can be compared with its like: whatever decides requests.
package enum Meaning: Sendable {
  /// Policies that must all allow.
  case policies([Policy])
  /// A policy that was compiled ahead, and all that would be registered for it with a kernel that has every operation.
  case precompiled(PrecompiledPolicy, RegistrationPlan)
  /// A bare filter of one operation.
  case program(Program)

  /// Where it allows requests of one operation.
  func allowed(_ rules: inout RuleFunctions) throws(AnalysisLimit) -> BooleanFunctions.Function {
    switch self {
    case .policies(let policies): return try rules.allowed(by: policies)
    case .precompiled(_, let plan): return try PlanFunctions(plan).allowed(rules.context, in: &rules.functions)
    case .program(let program):
      let execution = try SymbolicExecution(program, rules.context.seenByFilters, in: &rules.functions)
      return try execution.allowed(in: &rules.functions)
    }
  }

  /// True if the register opcode can be called.
  func allows(_ operation: RegisterOperation) -> Bool {
    switch self {
    case .policies(let policies): policies.allSatisfy { $0.register?.permits(operation) ?? true }
    case .precompiled(let policy, _): policy.permittedRegistrations.contains(operation.code)
    case .program: true
    }
  }

  var process: ProcessRules? {
    switch self {
    case .policies(let policies): ProcessRules.intersection(of: policies.map(\.process))
    case .precompiled(let policy, _): policy.process
    case .program: nil
    }
  }

  var kernel: KernelRules? {
    switch self {
    case .policies(let policies): KernelRules.intersection(of: policies.map(\.kernel))
    case .precompiled(let policy, _): policy.kernel
    case .program: nil
    }
  }

  /// What decides a request and why, where that is known.
  package func decision(_ request: Request) -> Decision? {
    guard case .policies(let policies) = self else { return nil }
    return ReferenceEvaluator.decide(request, under: policies)
  }
}
