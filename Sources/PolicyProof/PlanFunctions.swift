import BPF
import FilterAnalysis
import FilterCompiler
import URingABI

/// What a kernel allows after everything in a plan is registered, as a function of the context that it shows.
struct PlanFunctions {
  typealias Function = BooleanFunctions.Function

  private let plan: RegistrationPlan

  init(_ plan: RegistrationPlan) {
    self.plan = plan
  }

  /// Requests of one operation that pass the restrictions and every filter.
  func allowed(
    _ context: ContextVariables, in functions: inout BooleanFunctions
  ) throws(AnalysisLimit) -> Function {
    var result = try allowedByRestrictions(context, in: &functions)
    for program in programs(for: context.operation) {
      // Restrictions look at the flags that the program set, filters at what the kernel has made of them.
      let execution = try SymbolicExecution(program, context.seenByFilters, in: &functions)
      result = try functions.and(result, try execution.allowed(in: &functions))
    }
    return isDeniedWithTheRest(context.operation) ? .never : result
  }

  /// The programs of the operation's filters.
  func programs(for operation: Operation) -> [Program] {
    plan.filters.filter { $0.operation == operation }.map(\.program)
  }

  /// A filter that denies the rest denies every operation that has none when it is registered.
  private func isDeniedWithTheRest(_ operation: Operation) -> Bool {
    plan.filters.indices.contains { index in
      plan.filters[index].deniesRest && !plan.filters[...index].contains { $0.operation == operation }
    }
  }

  /// As soon as one entry speaks of requests, those that are not listed are denied, and so are flags that are not
  /// (io_check_restriction(), io_uring/io_uring.c).
  private func allowedByRestrictions(
    _ context: ContextVariables, in functions: inout BooleanFunctions
  ) throws(AnalysisLimit) -> Function {
    var speaksOfRequests = false
    var isListed = false
    var (allowed, required): (SQEFlags, SQEFlags) = ([], [])
    for restriction in plan.restrictions {
      switch restriction {
      case .allow(let operation):
        speaksOfRequests = true
        isListed = isListed || operation == context.operation
      case .allowFlags(let flags):
        speaksOfRequests = true
        allowed.formUnion(flags)
      case .requireFlags(let flags):
        speaksOfRequests = true
        required.formUnion(flags)
      case .allowRegister: break
      }
    }
    guard speaksOfRequests else { return .always }
    guard isListed else { return .never }
    var parts: [Function] = []
    for bit in 0..<8 {
      let flag = SQEFlags(rawValue: 1 << UInt8(bit))
      let isSet = try context.bit(
        FilterContext.Header.sqeFlagsShift + bit, ofWordAt: FilterContext.Header.sqeFlags.offset, in: &functions)
      if required.contains(flag) { parts.append(isSet) }
      if !allowed.union(required).contains(flag) { parts.append(try functions.not(isSet)) }
    }
    return try functions.all(of: parts)
  }

  /// True if the register opcode can be called.
  func allows(_ operation: RegisterOperation) -> Bool {
    var isRestricted = false
    for case .allowRegister(let allowed) in plan.restrictions {
      if allowed == operation { return true }
      isRestricted = true
    }
    return !isRestricted
  }
}
