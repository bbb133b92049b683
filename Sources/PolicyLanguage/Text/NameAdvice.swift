import Diagnostics
import URingABI

/// What to write instead of a name that is not known: in a policy, in a request, and on the command line.
package enum NameAdvice {
  /// `nil` if nothing is near enough. `candidates`: the names that are known at that place.
  package static func help(for name: String, among candidates: some Sequence<String>) -> String? {
    // Nobody remembers more names: a program has written them.
    let known = Names(Array(candidates.prefix(1_000)))
    let bare = trimmed(name)
    if bare.text != name, let meant = known.exact(bare.text) {
      return "write '\(meant)' without the \(bare.removed) around it"
    }
    if let sign = bare.text.unicodeScalars.first, "-~!^".unicodeScalars.contains(sign) {
      let rest = String(bare.text.unicodeScalars.dropFirst())
      if let meant = known.exact(rest) ?? known.nearest(rest) {
        return "names do not begin with '\(sign)'; to exclude '\(meant)', write it in 'deny' or 'forbid'"
      }
    }
    if let meant = known.exact(bare.text) { return "did you mean '\(meant)'?" }
    if known.areOperations, let advice = SystemCallNames.advice(for: bare.text) { return advice }
    return known.nearest(bare.text).map { "did you mean '\($0)'?" }
  }

  /// The names of a place, and what people write for them.
  private struct Names {
    let candidates: [String]

    init(_ candidates: [String]) {
      self.candidates = candidates
    }

    var areOperations: Bool { candidates.contains("openat2") }

    /// The name that is meant without doubt: another case, the prefix of a C constant, a usual other name.
    func exact(_ name: String) -> String? {
      let lower = name.lowercased()
      for form in [lower]
        + NameAdvice.constantPrefixes.filter(lower.hasPrefix).map({ String(lower.dropFirst($0.count)) })
      {
        if let same = candidates.first(where: { $0.lowercased() == form }) { return same }
        if let meant = NameAdvice.synonyms[form], candidates.contains(meant) { return meant }
      }
      return nil
    }

    func nearest(_ name: String) -> String? {
      let lower = name.lowercased()
      let bare = NameAdvice.constantPrefixes.first(where: lower.hasPrefix).map { String(lower.dropFirst($0.count)) }
      for form in [bare, lower].compactMap(\.self) {
        let others = NameAdvice.synonyms.filter { candidates.contains($0.value) }.map(\.key).sorted()
        let possible = (candidates + others).filter { !NameAdvice.areOpposites($0.lowercased(), form) }
        guard let nearest = Spelling.nearest(to: form, among: possible) else { continue }
        return candidates.contains(nearest) ? nearest : NameAdvice.synonyms[nearest]
      }
      return nil
    }
  }

  /// True if one of the names says that the other is not so, or undoes it.
  static func areOpposites(_ one: String, _ other: String) -> Bool {
    func negates(_ negation: String, _ name: String) -> Bool {
      ["un", "no_", "no", "non", "dis"].contains { prefix in
        guard negation.hasPrefix(prefix), !name.hasPrefix(prefix) else { return false }
        let rest = String(negation.dropFirst(prefix.count))
        return !rest.isEmpty && (rest == name || Spelling.nearest(to: rest, among: [name]) != nil)
      }
    }
    return negates(one, other) || negates(other, one)
  }

  // MARK: What is around a name

  private static func trimmed(_ name: String) -> (text: String, removed: String) {
    let quotes = "\"'`“”‘’„‚«»".unicodeScalars
    let marks = ",;".unicodeScalars
    func isSpace(_ scalar: Unicode.Scalar) -> Bool {
      // Those without a width are not white space to Unicode.
      scalar.properties.isWhitespace || (0x200B...0x200D).contains(scalar.value)
        || [0x2060, 0xFEFF].contains(scalar.value)
    }
    func isAround(_ scalar: Unicode.Scalar) -> Bool {
      quotes.contains(scalar) || marks.contains(scalar) || isSpace(scalar)
    }
    let scalars = name.unicodeScalars
    guard let first = scalars.firstIndex(where: { !isAround($0) }),
      let last = scalars.lastIndex(where: { !isAround($0) })
    else { return (name, "") }
    let around = Array(scalars[..<first]) + Array(scalars[scalars.index(after: last)...])
    let removed =
      around.contains(where: quotes.contains)
      ? "quotes"
      : around.contains(where: marks.contains)
        ? "punctuation"
        : around.contains { $0.value > 0x7F } ? "invisible characters" : "spaces"
    return (String(scalars[first...last]), removed)
  }

  // MARK: Other names

  /// What people write for names of the language.
  fileprivate static let synonyms = [
    "ip": "inet", "ip4": "inet", "ipv4": "inet", "ip6": "inet6", "ipv6": "inet6", "tcp": "stream", "udp": "dgram",
    "datagram": "dgram", "ro": "read", "readonly": "read", "read-only": "read", "rdonly": "read", "wo": "write",
    "writeonly": "write", "write-only": "write", "wronly": "write", "rw": "read-write", "readwrite": "read-write",
    "rdwr": "read-write", "no_new_privs": "no-new-privileges", "localhost": "loopback", "receive": "recv",
  ]

  /// The prefixes that C constants have and names of the language do not have.
  fileprivate static let constantPrefixes = [
    "ioring_op_", "ioring_register_", "ioring_", "iosqe_", "resolve_", "ipproto_", "sock_", "cap_",
    "af_", "pf_", "o_", "register_", "__nr_", "sys_",
  ]
}

/// System calls, for those who write their names where a policy has operations of io_uring.
enum SystemCallNames {
  /// What io_uring has in the place of the system call; `nil` for what is no system call.
  static func advice(for name: String) -> String? {
    var call = name.lowercased()
    for prefix in ["__nr_", "sys_"] where call.hasPrefix(prefix) { call.removeFirst(prefix.count) }
    if let operations = operations[call] {
      let names = operations.map { "'\($0)'" }.joined(separator: " or ")
      return "\(call)(2) is a system call; io_uring's operation for it is \(names)"
    }
    guard withoutOperation.contains(call) else { return nil }
    return "\(call)(2) is a system call; io_uring has no operation for it; use a seccomp filter to restrict it"
  }

  private static let operations: [String: [String]] = [
    "open": ["openat", "openat2"], "creat": ["openat", "openat2"], "pread": ["read"], "pread64": ["read"],
    "preadv": ["readv"], "preadv2": ["readv"], "pwrite": ["write"], "pwrite64": ["write"], "pwritev": ["writev"],
    "pwritev2": ["writev"], "accept4": ["accept"], "recvfrom": ["recv", "recvmsg"], "recvmmsg": ["recvmsg"],
    "sendto": ["send", "sendmsg"], "sendmmsg": ["sendmsg"], "sendfile": ["splice"], "mkdir": ["mkdirat"],
    "rmdir": ["unlinkat"], "unlink": ["unlinkat"], "rename": ["renameat"], "renameat2": ["renameat"],
    "link": ["linkat"], "symlink": ["symlinkat"], "poll": ["poll_add"], "ppoll": ["poll_add"], "select": ["poll_add"],
    "pselect6": ["poll_add"], "epoll_pwait": ["epoll_wait"], "epoll_pwait2": ["epoll_wait"], "fdatasync": ["fsync"],
    "sync_file_range": ["sync_file_range"], "stat": ["statx"], "fstat": ["statx"], "lstat": ["statx"],
    "newfstatat": ["statx"], "fstatat": ["statx"], "setsockopt": ["uring_cmd"], "getsockopt": ["uring_cmd"],
    "getsockname": ["uring_cmd"], "ioctl": ["uring_cmd"], "posix_fadvise": ["fadvise"], "fadvise64": ["fadvise"],
    "posix_madvise": ["madvise"], "truncate": ["ftruncate"], "posix_fallocate": ["fallocate"], "pipe2": ["pipe"],
    "futex": ["futex_wait", "futex_wake"], "futex_waitv": ["futex_waitv"], "nanosleep": ["timeout"],
    "clock_nanosleep": ["timeout"], "wait4": ["waitid"], "waitpid": ["waitid"], "close_range": ["close"],
    "setxattr": ["setxattr"], "lsetxattr": ["setxattr"],
  ]

  private static let withoutOperation: Set<String> = [
    "access", "faccessat", "faccessat2", "bpf", "brk", "chdir", "chmod", "fchmod", "fchmodat", "chown", "fchown",
    "fchownat",
    "chroot", "clone", "clone3", "copy_file_range", "dup", "dup2", "dup3", "epoll_create", "epoll_create1", "eventfd",
    "eventfd2", "execve", "execveat", "exit", "exit_group", "fcntl", "flock", "fork", "getdents", "getdents64",
    "getpid",
    "getrandom", "inotify_add_watch", "inotify_init", "io_setup", "io_submit", "io_uring_enter", "io_uring_register",
    "io_uring_setup", "kill", "lseek", "memfd_create", "mknod", "mknodat", "mlock", "mmap", "mount", "mprotect",
    "mremap",
    "munmap", "name_to_handle_at", "open_by_handle_at", "perf_event_open", "pidfd_getfd", "pidfd_open", "pivot_root",
    "prctl", "process_vm_readv", "process_vm_writev", "ptrace", "readlink", "readlinkat", "reboot", "seccomp", "setgid",
    "setns", "setuid", "signalfd4", "socketpair", "statfs", "sync", "syncfs", "tgkill", "timerfd_create", "umount2",
    "unshare", "userfaultfd", "utimensat", "vfork", "vmsplice",
  ]
}
