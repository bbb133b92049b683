import Diagnostics
package import FilterCompiler
package import Kernel
import Policy
import URingABI

/// Puts this process in a jail and turns it into the target.
///
/// Every step either does exactly what the policy says or throws, and nothing after a throw runs: the caller ends the
/// process. The target therefore starts with the whole jail or not at all. docs/design/0009-system-call-filters.md has
/// the reasons for the order.
package struct Launcher {
  private let calls: any SystemCalls
  private let log: LaunchLog

  package init(_ calls: any SystemCalls, log: LaunchLog) {
    self.calls = calls
    self.log = log
  }

  /// Everything but the execution of the target.
  ///
  /// - Throws: why the target must not be started.
  package func confine(_ policy: CombinedPolicy, _ options: LaunchOptions) throws(LaunchFailure) -> Confinement {
    let process = policy.process
    let kernel = policy.kernel
    var confinement = Confinement()
    let preflight = Preflight(calls)
    // What the policy demands of the caller comes before anything is changed.
    log.begin?(.privilege)
    confinement.privilege = try preflight.obtainPrivilege(settingNoNewPrivileges: process.noNewPrivileges)
    log.step?(
      .privilege,
      confinement.privilege == .noNewPrivileges ? "no_new_privs is set" : "this process has CAP_SYS_ADMIN")
    log.begin?(.descriptors)
    confinement.descriptors = try DescriptorStep(calls).closeAllBut(process.keepDescriptors.map(\.value), options)
    log.step?(
      .descriptors, "the target gets the descriptors 0, 1, 2\(confinement.descriptors.map { ", \($0)" }.joined())")

    var rules = SystemCallRules()
    var deniesExecution = process.exec?.value == .deny
    log.begin?(.kernel)
    confinement.release = try preflight.release()
    switch try preflight.support(demanding: kernel.unsupported?.value ?? .refuse, release: confinement.release) {
    case .available(let abilities):
      let enforceable = try preflight.requireArguments(of: policy, abilities)
      log.step?(
        .kernel,
        "this kernel (\(confinement.release)) has io_uring filters, and shows them what the policy has conditions on")
      if !deniesExecution {
        log.begin?(.holes)
        deniesExecution = try closeExecutionHole(kernel.holes?.value ?? .refuse, &confinement)
      }
      log.begin?(.registration)
      confinement.ioUring = .restricted(try install(enforceable, abilities))
      if policy.restrictsRegistration {
        rules.permittedRegistrations = abilities.registerOperations.map(policy.permits)
        confinement.filtersRegistration = true
      }
    case .absent(let why):
      if kernel.unsupported?.value == .blockIOURing {
        rules.blocksIOURing = true
        confinement.ioUring = .blocked
        log.step?(.kernel, "\(why); io_uring is blocked entirely")
      } else {
        warn("\(why): the target's io_uring requests are NOT confined (unsupported = \"run-unconfined\")", &confinement)
      }
    }
    if deniesExecution {
      log.begin?(.systemCalls)
      confinement.deniesExecution = true
      confinement.marker = try attempt("drawing a random number") { () throws(KernelError) in
        try ExecutionMarker(calls)
      }
      rules.execution = confinement.marker
    }
    try filterSystemCalls(rules)
    try dropCapabilities(process.droppedCapabilities?.value, &confinement)
    return confinement
  }

  /// Starts the target in a process that was confined.
  ///
  /// - Parameters:
  ///   - command: the target and its arguments.
  ///   - searchPath: the value of `PATH`, where commands without a slash are looked for.
  ///   - confinement: what `confine` returned.
  /// - Throws: why the target was not started; there is no other way back.
  package func execute(
    _ command: ArgumentVector, searchPath: [UInt8]?, in confinement: Confinement
  ) throws(LaunchFailure) -> Never {
    do throws(Execution.Failure) {
      try Execution(calls).become(command, searchPath: searchPath, marker: confinement.marker)
    } catch {
      throw failure(error, executing: command[0], in: confinement)
    }
  }

  /// What is behind a target that the kernel does not permit is looked for: nothing but the file itself tells.
  private func failure(
    _ error: Execution.Failure, executing name: String, in confinement: Confinement
  ) -> LaunchFailure {
    guard case .notExecutable(let path, .notPermitted) = error else { return LaunchFailure(error, executing: name) }
    let capabilities = try? calls.fileCapabilities(path)
    return LaunchFailure(notPermitted: path, capabilities, dropped: confinement.droppedCapabilities)
  }

  private func warn(_ message: String, _ confinement: inout Confinement) {
    confinement.warnings.append(message)
    log.warn(message)
  }

  // MARK: Steps

  /// True if the target must not execute programs, because this kernel would drop its jail.
  private func closeExecutionHole(
    _ rule: KernelRules.Holes, _ confinement: inout Confinement
  ) throws(LaunchFailure) -> Bool {
    let hole = KernelHole.executionDropsTheJail
    let release = confinement.release
    let finding = try attempt("checking for the hole \(hole.name.rawValue)") { () throws(KernelError) in
      try HoleInspection(calls).findExecutionHole(release: release)
    }
    confinement.executionHole = finding
    let reason: String
    switch finding {
    case .ruledOut:
      log.step?(.holes, "this kernel (\(release)) keeps the jail across execve, as its release implies")
      return false
    case .closed:
      log.step?(.holes, "this kernel (\(release)) keeps the jail across execve, as a trial showed")
      return false
    case .open: reason = "this kernel (\(release)) \(hole.summary) (\(hole.title))"
    case .undecided(let why):
      reason = "uring-jail cannot determine whether this kernel (\(release)) \(hole.summary) (\(hole.title)): \(why)"
    }
    switch rule {
    case .refuse:
      throw LaunchFailure(
        .setUp, reason,
        help:
          "boot a kernel with the correction: Linux \(hole.corrections), or a vendor's kernel with it; or write "
          + "holes = \"mitigate\" in [kernel], which prevents the program from executing others")
    case .mitigate:
      warn("\(reason); the program cannot execute others (holes = \"mitigate\")", &confinement)
      return true
    case .accept:
      warn("\(reason); the program can leave the jail in this way (holes = \"accept\")", &confinement)
      return false
    }
  }

  /// Restrictions first: the kernel takes them only from a task that has no restriction and no filter. Where the task
  /// was started inside another jail, it has, and then filters alone say the same.
  private func install(
    _ policy: CombinedPolicy, _ abilities: KernelAbilities
  ) throws(LaunchFailure) -> RegistrationPlan {
    var plan = try plan(policy, abilities, policy.avoidsRestrictions ? .filtersOnly : .restrictionsAndFilters)
    if !plan.restrictions.isEmpty, try !registerRestrictions(plan) {
      log.step?(.registration, "this process is already in a jail, so only filters are used")
      plan = try self.plan(policy, abilities, .filtersOnly)
    }
    for filter in plan.filters {
      try attempt("restricting the io_uring operation '\(filter.operation.name)'") { () throws(KernelError) in
        try Registration(calls).register(
          filter.program, for: filter.operation, payloadSize: filter.payloadSize, deniesRest: filter.deniesRest)
      }
    }
    log.step?(.registration, "registered \(plan.restrictions.count) restrictions and \(plan.filters.count) filters")
    return plan
  }

  private func plan(
    _ policy: CombinedPolicy, _ abilities: KernelAbilities, _ backend: RegistrationPlan.Backend
  ) throws(LaunchFailure) -> RegistrationPlan {
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

  private func filterSystemCalls(_ rules: SystemCallRules) throws(LaunchFailure) {
    guard !rules.isEmpty else { return }
    log.begin?(.systemCalls)
    try attempt("installing the filter for system calls") { () throws(KernelError) in
      try FilterInstallation(calls).install(rules)
    }
    log.step?(.systemCalls, "installed a filter for system calls: \(rules.subjects)")
  }

  private func dropCapabilities(
    _ capabilities: ProcessRules.DroppedCapabilities?, _ confinement: inout Confinement
  ) throws(LaunchFailure) {
    guard let capabilities else { return }
    log.begin?(.capabilities)
    let numbers: [UInt8]? = if case .some(let numbers) = capabilities { numbers } else { nil }
    let noNewPrivileges = confinement.privilege == .noNewPrivileges
    try attempt("giving up capabilities") { () throws(KernelError) in
      try CapabilityDrop(calls).drop(numbers, noNewPrivileges: noNewPrivileges)
    }
    confinement.droppedCapabilities = capabilities
    log.step?(
      .capabilities,
      numbers == nil
        ? "gave up all capabilities" : "gave up \(numbers?.count ?? 0) capabilit\(numbers?.count == 1 ? "y" : "ies")")
  }
}
