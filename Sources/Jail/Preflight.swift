import Diagnostics
import FilterCompiler
import Kernel
import Policy
import URingABI

/// Everything that must be true before anything is registered. Nothing here restricts the process, but `no_new_privs`
/// may be set by it.
struct Preflight<Calls: SystemCalls> {
  private let calls: Calls

  init(_ calls: Calls) {
    self.calls = calls
  }

  /// A ring that was made before the jail is not subject to it, so the target must not inherit one.
  func refuseInheritedRings() throws(LaunchFailure) {
    let rings = try attempt("looking for inherited io_uring descriptors") { () throws(KernelError) in
      try DescriptorScan(calls).inheritedRings()
    }
    guard !rings.isEmpty else { return }
    let list = rings.map(String.init).joined(separator: ", ")
    throw LaunchFailure(
      .setUp, "the caller hands over an io_uring ring (descriptor \(list)), which no jail would restrict",
      help: "close it or mark it close-on-exec before starting uring-jail")
  }

  /// The kernel lets a task restrict itself only if it cannot use that to confuse a privileged program.
  func obtainPrivilege(settingNoNewPrivileges: Bool) throws(LaunchFailure) {
    let privilege = try attempt("obtaining the privilege to restrict io_uring") { () throws(KernelError) in
      try Privileges(calls).obtain(settingNoNewPrivileges: settingNoNewPrivileges)
    }
    guard privilege == nil else { return }
    throw LaunchFailure(
      .setUp,
      "no privilege to restrict io_uring: the policy sets no-new-privileges = false, no_new_privs is not set already, "
        + "and this process does not hold CAP_SYS_ADMIN in its user namespace",
      help: "remove no-new-privileges = false from [process], or start uring-jail with CAP_SYS_ADMIN")
  }

  /// What the kernel can do, or why it cannot do enough.
  func requireFilters() throws(LaunchFailure) -> KernelAbilities {
    let registration = Registration(calls)
    let support = try probe(registration)
    if support == .noIOURing {
      throw LaunchFailure(
        .setUp, "there is no io_uring here: io_uring_register fails with ENOSYS",
        help:
          "the kernel was built without CONFIG_IO_URING, or a seccomp filter (of a container runtime, say) hides it; "
          + "allow io_uring_setup, io_uring_enter and io_uring_register there, or start the program without uring-jail")
    }
    guard support == .available else {
      let release = try attempt("asking for the kernel release") { () throws(KernelError) in
        try kernelRelease()
      }
      let needed = KernelRelease.firstWithFilters
      let cause =
        KernelRelease(utsname: release).map { $0 < needed } ?? true
        ? "they came with Linux \(needed)" : "it was built without CONFIG_IO_URING_BPF"
      throw LaunchFailure(
        .setUp, "this kernel (\(release)) has no io_uring filters: \(cause)",
        help: "boot Linux \(needed) or newer with CONFIG_IO_URING_BPF=y; until then, block io_uring for this program "
          + "by other means (seccomp, or sysctl kernel.io_uring_disabled=2)")
    }
    return try attempt("asking the kernel for its io_uring operations") { () throws(KernelError) in
      try registration.abilities()
    }
  }

  /// The policy as this kernel can enforce it: operations whose data the kernel does not show filters are denied whole
  /// where the policy says so.
  ///
  /// - Throws: what cannot be enforced, at its place in the policy.
  func requireArguments(
    of policy: CompiledPolicy, _ abilities: KernelAbilities
  ) throws(LaunchFailure) -> CompiledPolicy {
    // What every kernel with filters shows need not be asked.
    var sizes = KernelAbilities(release: .firstWithFilters).payloadSizes
    for payload in FilterContext.payloads where sizes[payload.operation] == nil && policy.permits(payload.operation) {
      guard !policy.argumentConditions(on: payload.operation).isEmpty else { continue }
      sizes[payload.operation] = try attempt("asking what filters see of '\(payload.operation.name)'") {
        () throws(KernelError) in
        try Registration(calls).payloadSize(of: payload.operation)
      }
    }
    do throws(CompilationFailure) {
      return try policy.adapted(to: abilities.showing(sizes))
    } catch {
      throw LaunchFailure(error.diagnostic)
    }
  }

  private func probe(_ registration: Registration<Calls>) throws(LaunchFailure) -> Registration<Calls>.Support {
    do throws(KernelError) {
      return try registration.probe()
    } catch {
      let help =
        switch error.errno {
        case .notPermitted:
          "a seccomp filter (of a container runtime, say) forbids io_uring_register; allow it for this program"
        case .accessDenied:
          "an outer jail forbids further filters; allow the register operation bpf_filter there"
        default: LaunchFailure.wayOut(of: error.errno)
        }
      throw LaunchFailure(.setUp, "looking for io_uring filters failed: \(error)", help: help)
    }
  }

  private func kernelRelease() throws(KernelError) -> String {
    do throws(Errno) {
      return try calls.kernelRelease()
    } catch {
      throw KernelError("uname", error)
    }
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
