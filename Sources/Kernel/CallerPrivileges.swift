/// What this process may do that those who can write a policy may not: what there is to lose to them.
package struct CallerPrivileges: Hashable, Sendable {
  package let users: UserIDs
  package let groups: GroupIDs
  package let capabilities: CapabilitySets
  package let isSecureExecution: Bool

  /// `users`: if they have been asked for.
  package init(_ calls: any SystemCalls, users known: UserIDs? = nil) throws(KernelError) {
    if let known { users = known } else { users = try attempt("getresuid", calls.users) }
    groups = try attempt("getresgid", calls.groups)
    capabilities = try attempt("capget", calls.capabilities)
    isSecureExecution = calls.isSecureExecution()
  }

  /// True if any of this holds:
  ///
  /// - it runs as user 0, whom the files of the system belong to, with or without capabilities;
  /// - its user ids or its group ids differ;
  /// - it has a capability, whichever and in whichever set. The ambient set need not be asked for: what is in it is in
  ///   the permitted and in the inheritable set as well (`cap_ambient_invariant_ok`, include/linux/cred.h). An
  ///   inheritable one is a right to come: a program whose file names it gets it by execve(2). The bounding set is no
  ///   such set: it takes away and gives nothing;
  /// - execve(2) gave it rights that its caller lacks (AT_SECURE).
  package var isPrivileged: Bool {
    users.effective == 0 || users.differ || groups.differ || isSecureExecution || !capabilities.isEmpty
  }
}

/// Rights that this process has because of the file that it was executed from, and not because of who executed it.
///
/// Who executes such a file is not trusted with its rights, but decides about arguments, environment, descriptors and
/// current directory, all of which uring-jail obeys.
package enum Elevation: Hashable, Sendable {
  /// As by the set-user-ID bit, or by a caller whose ids differed already.
  case user(UserIDs)
  case group(GroupIDs)
  /// As by setcap(8).
  case capabilities

  /// `nil` if there are none. AT_SECURE alone does not say that there are some: a security module sets it for programs
  /// that it moves into another domain. But without it there are none: `cap_bprm_creds_from_file()`,
  /// security/commoncap.c, sets it wherever an effective id is not the caller's real one, and, but for a real user 0,
  /// wherever the file adds to the ambient capabilities.
  package static func find(_ calls: any SystemCalls) throws(KernelError) -> Elevation? {
    guard calls.isSecureExecution() else { return nil }
    let caller = try CallerPrivileges(calls)
    if caller.users.differ { return .user(caller.users) }
    if caller.groups.differ { return .group(caller.groups) }
    guard caller.users.real != 0 else { return nil }
    for capability in UInt8(0)..<64 where caller.capabilities.permitted & 1 << UInt64(capability) != 0 {
      let isAmbient = try attempt("prctl(PR_CAP_AMBIENT_IS_SET)") { () throws(Errno) in
        try calls.isAmbient(capability)
      }
      if !isAmbient { return .capabilities }
    }
    return nil
  }
}
