import Diagnostics
package import FilterCompiler
package import Kernel
package import Policy
import URingABI

/// Puts this process in a jail and turns it into the target: preflight, plan, install, execute.
///
/// Every step either does exactly what the policy says or throws, and nothing after a throw runs: the caller ends the
/// process. The target therefore starts with the whole jail or not at all.
package struct Launcher<Calls: SystemCalls> {
  private let calls: Calls

  package init(_ calls: Calls) {
    self.calls = calls
  }

  /// Starts the target; returns only to throw.
  ///
  /// - Parameters:
  ///   - policy: the compiled policy.
  ///   - process: what the policy says of the process itself.
  ///   - command: the target and its arguments.
  ///   - searchPath: the value of `PATH`, where commands without a slash are looked for.
  /// - Throws: why the target was not started.
  package func launch(
    _ policy: CompiledPolicy, _ process: ProcessRules, command: ArgumentVector, searchPath: [UInt8]?
  ) throws(LaunchFailure) -> Never {
    let preflight = Preflight(calls)
    try preflight.refuseInheritedRings()
    try preflight.obtainPrivilege(settingNoNewPrivileges: process.noNewPrivileges)
    let abilities = try preflight.requireFilters()
    let enforceable = try preflight.requireArguments(of: policy, abilities)
    // Registration is the last step before execve, so that nothing in between can undo or escape it.
    try install(enforceable, abilities)
    try execute(command, searchPath: searchPath)
  }

  /// Restrictions first: the kernel takes them only from a task that has no restriction and no filter. Where the task
  /// was started inside another jail, it has, and then filters alone say the same.
  private func install(_ policy: CompiledPolicy, _ abilities: KernelAbilities) throws(LaunchFailure) {
    var plan = try plan(policy, abilities, policy.avoidsRestrictions ? .filtersOnly : .restrictionsAndFilters)
    if !plan.restrictions.isEmpty, try !registerRestrictions(plan) {
      plan = try self.plan(policy, abilities, .filtersOnly)
    }
    for filter in plan.filters {
      try attempt("restricting the io_uring operation '\(filter.operation.name)'") { () throws(KernelError) in
        try Registration(calls).register(
          filter.program, for: filter.operation, payloadSize: filter.payloadSize, deniesRest: filter.deniesRest)
      }
    }
  }

  private func plan(
    _ policy: CompiledPolicy, _ abilities: KernelAbilities, _ backend: RegistrationPlan.Backend
  ) throws(LaunchFailure) -> RegistrationPlan {
    if backend == .filtersOnly, let span = policy.registrationSpan {
      throw LaunchFailure(
        Diagnostic(
          LaunchDiagnostics.registrationUnrestricted,
          policy.avoidsRestrictions
            ? "[register] cannot be enforced without classic restrictions, which restrictions = \"never\" excludes"
            : "[register] cannot be enforced here: this process already lives in an io_uring jail",
          at: span,
          help: policy.avoidsRestrictions
            ? "remove [register], or restrictions = \"never\""
            : "remove [register], or start the program outside the other jail"))
    }
    do throws(CompilationFailure) {
      return try RegistrationPlan(policy, for: abilities, backend: backend)
    } catch {
      throw LaunchFailure(error.diagnostic)
    }
  }

  /// False if the task already lives under restrictions or filters.
  private func registerRestrictions(_ plan: RegistrationPlan) throws(LaunchFailure) -> Bool {
    do throws(KernelError) {
      try Registration(calls).register(plan.restrictions)
      return true
    } catch {
      if error.errno == .notPermitted { return false }
      throw LaunchFailure(error, while: "restricting the io_uring operations")
    }
  }

  private func execute(_ command: ArgumentVector, searchPath: [UInt8]?) throws(LaunchFailure) -> Never {
    do throws(Execution<Calls>.Failure) {
      try Execution(calls).become(command, searchPath: searchPath)
    } catch {
      throw failure(of: command[0], error)
    }
  }

  private func failure(of name: String, _ error: Execution<Calls>.Failure) -> LaunchFailure {
    switch error {
    case .notFound:
      let isPath = name.contains("/")
      return LaunchFailure(
        .notFound, isPath ? "'\(name)' does not exist, or its interpreter does not" : "command '\(name)' not found",
        help: isPath ? nil : "give its path, or put its folder in PATH")
    case .notExecutable(let path, let errno):
      let help: String? =
        switch errno {
        case .execFormat: "it is neither a program for this machine nor a script with a #! line"
        case .accessDenied: "it must be a file with execute permission, in folders that this user may enter"
        default: nil
        }
      return LaunchFailure(.cannotExecute, "cannot execute '\(path)': \(errno)", help: help)
    }
  }
}
