import Diagnostics
import FilterCompiler
import Kernel
import Policy
import URingABI

/// Everything that must be true before anything is registered. Nothing here restricts the process, but `no_new_privs`
/// may be set by it.
struct Preflight {
  private let calls: any SystemCalls

  init(_ calls: any SystemCalls) {
    self.calls = calls
  }

  /// The kernel lets a task restrict itself only if it cannot use that to confuse a privileged program.
  func obtainPrivilege(settingNoNewPrivileges: Bool) throws(LaunchFailure) -> Privilege {
    let privilege = try attempt("obtaining the privilege to restrict io_uring") { () throws(KernelError) in
      try Privileges(calls).obtain(settingNoNewPrivileges: settingNoNewPrivileges)
    }
    if let privilege { return privilege }
    throw LaunchFailure(
      .setUp,
      "no privilege to restrict io_uring: the policy sets no-new-privileges = false, no_new_privs is not set already, "
        + "and this process does not have CAP_SYS_ADMIN in its user namespace",
      help: "remove no-new-privileges = false from [process], or start uring-jail with CAP_SYS_ADMIN")
  }

  /// What this kernel has, as far as the policy lets it have less.
  enum Support {
    case available(KernelAbilities)
    /// No filters, which the policy accepts; why, for people.
    case absent(String)
  }

  /// What the kernel can do, or why it cannot do enough.
  ///
  /// `demanding`: what the policy says to a kernel without filters.
  func support(demanding rule: KernelRules.Unsupported, release: String) throws(LaunchFailure) -> Support {
    let cause: String
    let help: String
    let found = try attempt("checking for io_uring filters") { () throws(KernelError) in
      try FilterSupport(calls, release: release)
    }
    switch found {
    case .available:
      return .available(
        try attempt("asking the kernel for its io_uring operations") { () throws(KernelError) in
          try Registration(calls).abilities()
        })
    case .noIOURing:
      cause = "this kernel (\(release)) has no io_uring: io_uring_register fails with ENOSYS"
      help =
        "boot one that was built with CONFIG_IO_URING, or write unsupported = \"block-io-uring\" in [kernel] to start "
        + "the program without io_uring"
    case .absent:
      let needed = KernelRelease.firstWithFilters
      // The number does not tell which: vendors add filters to older kernels, and build newer ones without.
      cause =
        "this kernel (\(release)) has no io_uring filters: they came with Linux \(needed), where it is built with "
        + "CONFIG_IO_URING_BPF"
      help =
        "boot Linux \(needed) or newer with CONFIG_IO_URING_BPF=y, or write unsupported = \"block-io-uring\" in "
        + "[kernel] to start the program without io_uring"
    case .hidden(let error):
      cause =
        "uring-jail cannot determine whether this kernel (\(release)) has io_uring filters: a seccomp filter (of a "
        + "container runtime or a service manager) may answer \(error.call) with \(error.errno.name)"
      help =
        "allow io_uring_setup, io_uring_enter and io_uring_register there, or write unsupported = \"block-io-uring\" "
        + "in [kernel] to start the program without io_uring"
      // Whatever answers, blocking all of io_uring is stricter; leaving it free is not what was accepted.
      if rule == .runUnconfined { throw LaunchFailure(.setUp, cause, help: help) }
    case .forbidden(let error):
      // Whatever forbids one call, blocking all of them is the stricter of the two.
      if rule != .blockIOURing { throw forbidden(error) }
      return .absent("checking for io_uring filters failed: \(error)")
    }
    if rule != .refuse { return .absent(cause) }
    throw LaunchFailure(.setUp, cause, help: help)
  }

  /// What uname(2) calls this kernel.
  func release() throws(LaunchFailure) -> String {
    try attempt("asking for the kernel release") { () throws(KernelError) in
      do throws(Errno) {
        return try calls.kernelRelease()
      } catch {
        throw KernelError("uname", error)
      }
    }
  }

  /// The policy as this kernel can enforce it: operations whose data the kernel does not show filters are denied whole
  /// where the policy says so.
  ///
  /// - Throws: what cannot be enforced, at its place in the policy.
  func requireArguments(
    of policy: CombinedPolicy, _ abilities: KernelAbilities
  ) throws(LaunchFailure) -> CombinedPolicy {
    // What every kernel with filters shows need not be asked. That this one has filters is its own answer, not its
    // number's; should it show less all the same, it refuses the filter (EMSGSIZE).
    var sizes = KernelAbilities(release: .firstWithFilters).payloadSizes
    for operation in Operation.withArguments where sizes[operation] == nil && policy.permits(operation) {
      guard !policy.argumentConditions(on: operation).isEmpty else { continue }
      sizes[operation] = try attempt("asking what filters see of '\(operation.name)'") { () throws(KernelError) in
        try Registration(calls).payloadSize(of: operation)
      }
    }
    do throws(CompilationFailure) {
      return try policy.adapted(to: abilities.showing(sizes))
    } catch {
      throw LaunchFailure(error.diagnostic)
    }
  }

  private func forbidden(_ error: KernelError) -> LaunchFailure {
    let help =
      switch error.errno {
      case .notPermitted:
        "a seccomp filter (of a container runtime, say) forbids io_uring_register; allow it for this program"
      case .accessDenied:
        "an outer jail forbids further filters; allow the register operation bpf_filter there"
      default: LaunchFailure.wayOut(of: error.errno)
      }
    return LaunchFailure(.setUp, "checking for io_uring filters failed: \(error)", help: help)
  }
}

/// Runs a step of the launch and says what it was for if it fails.
func attempt<Result>(
  _ purpose: String, _ body: () throws(KernelError) -> Result
) throws(LaunchFailure) -> Result {
  do throws(KernelError) {
    return try body()
  } catch {
    throw LaunchFailure(error, while: purpose)
  }
}
