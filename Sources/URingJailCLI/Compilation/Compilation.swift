import BPF
import Diagnostics
import FilterCompiler
import Policy
import URingABI

/// What would be registered with one kernel. Its forms are in files of their own.
struct Compilation {
  let set: PolicySet
  /// Of the policies, as the user wrote them.
  let policyNames: [String]
  let kernelName: String
  let plan: RegistrationPlan
  /// Operations that are denied whole because the kernel shows too little of them.
  let hidden: [Operation]
  let backend: RegistrationPlan.Backend
  /// What a filter for system calls (seccomp) holds beside these.
  let systemCalls: [String]

  /// `only`: the filters of one operation; restrictions stay.
  init(
    _ set: PolicySet, named policyNames: [String], _ compiled: CombinedPolicy, for kernel: KernelOption.Target,
    filtersOnly: Bool = false, only: Operation? = nil
  ) throws(CompilationFailure) {
    self.set = set
    self.policyNames = policyNames
    kernelName = kernel.name
    hidden = try compiled.hiddenOperations(from: kernel.abilities)
    backend = filtersOnly || compiled.avoidsRestrictions ? .filtersOnly : .restrictionsAndFilters
    systemCalls = [
      compiled.restrictsRegistration ? "restricts io_uring_register(2) to the opcodes of [register]" : nil,
      compiled.process.exec?.value == .deny ? "denies execve(2) and execveat(2) to the target" : nil,
    ].compactMap { $0 }
    let plan = try RegistrationPlan(compiled.denying(hidden), for: kernel.abilities, backend: backend)
    self.plan = only.map(plan.filters(of:)) ?? plan
  }

  /// The policies' names, on one line.
  var names: String { Report.printable(policyNames.joined(separator: ", ")) }

  /// The only program there is.
  var rawInstructions: [UInt8]? {
    guard plan.filters.count == 1, let filter = plan.filters.first else { return nil }
    return filter.program.instructions.flatMap(\.bytes)
  }

  /// `openat2`, or `connect_2` for the second of several on the same operation.
  var filterNames: [String] {
    plan.filters.indices.map { index in
      let operation = plan.filters[index].operation
      let same = plan.filters.indices.filter { plan.filters[$0].operation == operation }
      let name = operation.name.first?.isNumber == true ? "operation_\(operation.name)" : operation.name
      return same.count == 1 ? name : "\(name)_\((same.firstIndex(of: index) ?? 0) + 1)"
    }
  }
}
