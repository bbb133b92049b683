/// Whether a file is read only if nobody but root and the caller could have written it.
///
/// Who can change a policy decides what the jail lets through. To a caller with privileges that is more than the writer
/// of the file may do himself, so the file is held to what sshd(8) asks of keys (`StrictModes`): the file, every
/// directory that its path goes through, those above the current directory if it is relative, and every symbolic link
/// on the way belong to root or to the caller, and neither group nor others may write to them.
///
/// - **Nobody's files** are never trusted: see `OverflowUser`. The caller's are, and root's, by their numbers in the
///   caller's user namespace, whose root may be an unprivileged user outside.
/// - A **directory on a read-only mount** may be writable by everyone: who writes to it does so by another mount, and
///   has to be allowed to there. Kubernetes mounts volumes from directories of mode 0777.
/// - A **sticky directory** may be writable by everyone, as /tmp is: in it the kernel lets only the owner of an entry
///   and that of the directory rename or remove the entry (`__check_sticky`, fs/namei.c), and both are root or the
///   caller. Another user can still take a name that is free, for instance with a hard link to a file of root's.
/// - A **symbolic link** has no permissions that count. Its text never changes, so its owner and its directory do.
/// - **Access control lists** of POSIX show in the group's permissions, which are then the most that the list grants
///   to anybody but owner and others. So a list that lets a user write makes a file "writable by group".
/// - A **link of procfs** to something open (`/dev/fd/63`, `/proc/self/fd/0`) leads to what the caller holds and not to
///   a name, so the way to that says nothing and only what is there counts. A pipe belongs to who made it; so does a
///   file without a name, whose permissions (0777 for memfd_create(2)) let nobody in who cannot find it.
/// - **File systems are believed.** One that another user serves, and that root may enter (FUSE with `allow_other`),
///   can claim anything. A descriptor that was opened for writing before the permissions changed is not seen either.
package enum FileTrust: Hashable, Sendable {
  /// The caller has nothing to lose to who writes the file.
  case notNeeded
  /// A file that others could have written is refused. `caller`: the effective user. `nobody`: see `OverflowUser`.
  case required(caller: UInt32, nobody: UInt32 = OverflowUser.usual)
  /// It is read, and the reason against it is handed on: the caller takes it knowingly.
  case reported(caller: UInt32, nobody: UInt32 = OverflowUser.usual)

  /// What the privileges of this process call for; see `CallerPrivileges.isPrivileged`.
  ///
  /// `acceptsDistrusted`: the caller knows, and wants the file nevertheless.
  package static func demanded(
    by calls: any SystemCalls, acceptsDistrusted: Bool
  ) throws(KernelError) -> FileTrust {
    let users = try attempt("getresuid", calls.users)
    let caller = users.effective
    // User 0 is privileged, whatever else there is to ask.
    if caller != 0 {
      guard try CallerPrivileges(calls, users: users).isPrivileged else { return .notNeeded }
    }
    let nobody = try OverflowUser.number(calls)
    return acceptsDistrusted ? .reported(caller: caller, nobody: nobody) : .required(caller: caller, nobody: nobody)
  }

  var rule: TrustRule? {
    switch self {
    case .notNeeded: nil
    case .required(let caller, let nobody), .reported(let caller, let nobody):
      TrustRule(caller: caller, nobody: nobody)
    }
  }
}

/// What `FileTrust` asks of each thing on the way to a file, and of the file.
struct TrustRule {
  /// The effective user of this process.
  let caller: UInt32
  /// The number of the overflow user.
  let nobody: UInt32

  init(caller: UInt32, nobody: UInt32 = OverflowUser.usual) {
    self.caller = caller
    self.nobody = nobody
  }

  /// What is wrong with it, if anything. That a directory is on a read-only mount is the caller's to see.
  ///
  /// `isUnnamed`: it is a file without a name, reached through a descriptor that is open to it.
  func flaw(of status: FileStatus, at path: FilePath, isUnnamed: Bool = false) -> Distrust? {
    if status.owner == nobody || status.owner == OverflowUser.usual {
      return .nobodys(path, owner: status.owner, isLink: status.kind == .symbolicLink)
    }
    guard status.owner == 0 || status.owner == caller else {
      return .foreign(path, owner: status.owner, isLink: status.kind == .symbolicLink)
    }
    if isUnnamed || status.kind == .symbolicLink { return nil }
    if status.kind == .directory && status.isSticky { return nil }
    guard status.isWritableByGroup || status.isWritableByOthers else { return nil }
    return .writable(path, byGroup: status.isWritableByGroup, byOthers: status.isWritableByOthers)
  }
}
