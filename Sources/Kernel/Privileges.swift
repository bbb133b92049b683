/// What allows a task to register filters on itself.
package enum Privilege: Hashable, Sendable {
  /// The task and its children can gain no privilege by execve any more.
  case noNewPrivileges
  /// The task holds CAP_SYS_ADMIN in its own user namespace.
  case systemAdministrator
}

package struct Privileges {
  private let calls: any SystemCalls

  package init(_ calls: any SystemCalls) {
    self.calls = calls
  }

  /// The privilege to register, or `nil` if there is none.
  ///
  /// `settingNoNewPrivileges`: obtain it by setting `no_new_privs`, which cannot be undone.
  package func obtain(settingNoNewPrivileges: Bool) throws(KernelError) -> Privilege? {
    if settingNoNewPrivileges {
      try attempt("prctl(PR_SET_NO_NEW_PRIVS)", calls.setNoNewPrivileges)
      // 1 is an answer that no seccomp filter can give.
      guard try attempt("prctl(PR_GET_NO_NEW_PRIVS)", calls.noNewPrivileges) else {
        throw KernelError("prctl(PR_SET_NO_NEW_PRIVS)", .pretended)
      }
      return .noNewPrivileges
    }
    if try attempt("prctl(PR_GET_NO_NEW_PRIVS)", calls.noNewPrivileges) { return .noNewPrivileges }
    let isAdministrator = try attempt("capget", calls.hasSystemAdministrationCapability)
    return isAdministrator ? .systemAdministrator : nil
  }
}

/// Runs one call and names it in the error.
package func attempt<Result>(_ call: String, _ body: () throws(Errno) -> Result) throws(KernelError) -> Result {
  do throws(Errno) {
    return try body()
  } catch {
    throw KernelError(call, error)
  }
}
