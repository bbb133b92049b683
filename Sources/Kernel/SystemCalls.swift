package import BPF
package import URingABI

/// The seam between this program and the kernel: every system call of a launch goes through it, one method a call, so
/// that a test can make any of them fail in any way.
///
/// Each method makes exactly one call and throws its error number; nothing is retried or interpreted here, but for one
/// thing: an answer that the call cannot have is `Errno.pretended`.
///
/// Who makes calls has an `any SystemCalls`, and is not generic: see docs/design/0013-speed-of-a-launch.md.
package protocol SystemCalls {
  /// open(2) read-only, close-on-exec. `directory` makes anything but a directory fail with ENOTDIR.
  func open(_ path: FilePath, directory: Bool) throws(Errno) -> Int32
  /// openat(2) with O_PATH, close-on-exec: a descriptor that stands for a file without opening it, and so does nothing
  /// to it. `folder`: the directory where a relative path begins, `nil` for the current one.
  func openPath(_ path: FilePath, in folder: Int32?, _ options: PathOptions) throws(Errno) -> Int32
  func close(_ descriptor: Int32) throws(Errno)
  /// fstat(2), which a descriptor of a file that is not open answers, too.
  func fileStatus(_ descriptor: Int32) throws(Errno) -> FileStatus
  /// fstatfs(2): the kind of file system that the file is on.
  func fileSystem(_ descriptor: Int32) throws(Errno) -> FileSystem
  /// fstatfs(2): true if nobody can write through the mount that the file was reached by.
  func isOnReadOnlyMount(_ descriptor: Int32) throws(Errno) -> Bool
  /// read(2): how many bytes arrived; 0 at the end.
  func read(_ descriptor: Int32, into buffer: inout [UInt8]) throws(Errno) -> Int
  /// getdents64(2): how many bytes of raw directory entries arrived, 0 at the end.
  func directoryEntries(_ descriptor: Int32, into buffer: inout [UInt8]) throws(Errno) -> Int
  func readLink(_ path: String) throws(Errno) -> String
  /// readlinkat(2): the text of the symbolic link that the descriptor stands for.
  func linkTarget(_ descriptor: Int32) throws(Errno) -> [UInt8]
  /// getcwd(2): the path of the current directory, which begins with "(unreachable)" if none leads there from the root.
  func currentDirectory() throws(Errno) -> [UInt8]
  /// close_range(2) with CLOSE_RANGE_CLOEXEC: all of them that are open are closed by execve (5.11).
  func closeOnExec(from first: UInt32, through last: UInt32) throws(Errno)
  /// fcntl(F_SETFD) with FD_CLOEXEC
  func closeOnExec(_ descriptor: Int32) throws(Errno)
  /// fcntl(F_SETFD) without FD_CLOEXEC
  func keepOnExec(_ descriptor: Int32) throws(Errno)
  /// fcntl(F_GETFD): whether execve closes the descriptor.
  func isClosedOnExec(_ descriptor: Int32) throws(Errno) -> Bool
  /// fcntl(F_DUPFD): the lowest free descriptor that is at least that number; execve does not close it.
  func duplicate(_ descriptor: Int32, atLeast lowest: Int32) throws(Errno) -> Int32
  /// open(2) for writing, close-on-exec, a file of mode 0644 that must not exist yet.
  func create(_ path: FilePath) throws(Errno) -> Int32
  /// write(2): how many bytes were taken. A pipe that nobody reads fails with EPIPE and raises no signal.
  func write(_ descriptor: Int32, _ bytes: [UInt8]) throws(Errno) -> Int
  func rename(_ path: FilePath, to other: FilePath) throws(Errno)
  /// mkdir(2), mode 0755
  func makeDirectory(_ path: FilePath) throws(Errno)

  /// getresuid(2)
  func users() throws(Errno) -> UserIDs
  /// getresgid(2)
  func groups() throws(Errno) -> GroupIDs
  /// AT_SECURE of getauxval(3), which is no call: true if execve(2) gave this process rights that its caller lacks.
  func isSecureExecution() -> Bool
  /// prctl(PR_GET_NO_NEW_PRIVS)
  func noNewPrivileges() throws(Errno) -> Bool
  /// prctl(PR_SET_NO_NEW_PRIVS)
  func setNoNewPrivileges() throws(Errno)
  /// True if CAP_SYS_ADMIN is in the effective set, which counts in the caller's own user namespace.
  func hasSystemAdministrationCapability() throws(Errno) -> Bool
  /// capget(2), after which version of the call there is has been asked: see `CapabilityState`.
  func capabilities() throws(Errno) -> CapabilitySets
  /// prctl(PR_CAP_AMBIENT_IS_SET); EINVAL for a capability that the kernel does not have.
  func isAmbient(_ capability: UInt8) throws(Errno) -> Bool
  /// capset(2), after the same question.
  func setCapabilities(_ sets: CapabilitySets) throws(Errno)
  /// prctl(PR_CAPBSET_READ); EINVAL for a capability that the kernel does not have.
  func isInBoundingSet(_ capability: UInt8) throws(Errno) -> Bool
  /// prctl(PR_CAPBSET_DROP); EINVAL for a capability that the kernel does not have, EPERM without CAP_SETPCAP.
  func dropFromBoundingSet(_ capability: UInt8) throws(Errno)
  /// uname(2): the release.
  func kernelRelease() throws(Errno) -> String
  /// getrandom(2)
  func randomBytes(_ count: Int) throws(Errno) -> [UInt8]

  /// io_uring_register(2) without a ring.
  ///
  /// `argument`: the structure that the operation reads and writes; NULL only to probe, which cannot succeed.
  func register(
    _ operation: RegisterOperation, _ argument: UnsafeMutableRawPointer?, count: UInt32
  ) throws(Errno)

  /// seccomp(SECCOMP_SET_MODE_FILTER): one more program that every system call must pass, from now on, here and in all
  /// that this process starts.
  func filterSystemCalls(_ program: Program) throws(Errno)

  /// The same call, to the word, with a program that no kernel takes: EINVAL.
  func filterSystemCallsByNothing() throws(Errno)

  /// io_uring_enter(2) that submits nothing: returns for a ring. EOPNOTSUPP for what is no ring, EBADF for what is not
  /// open.
  func enterRing(_ descriptor: Int32) throws(Errno)
  /// io_uring_setup(2) without parameters: EFAULT.
  func setUpNoRing() throws(Errno)
  /// execve(2) of nothing and without a marker: EFAULT.
  func executeNothing() throws(Errno)

  /// getpid(2)
  func processID() -> Int32
  /// getxattr(2) of security.capability, as libcap reads it. ENODATA if the file has none.
  func fileCapabilities(_ path: FilePath) throws(Errno) -> FileCapabilities

  /// execve(2); returns only to throw. `marker`: what lets the call through a filter that denies all others.
  func execute(_ path: FilePath, _ arguments: ArgumentVector, _ marker: ExecutionMarker?) throws(Errno) -> Never

  // MARK: Trying something in a child

  /// clone(2) as fork(2), but that the child's end sends no signal: its process id. The child ends with the result of
  /// the body.
  func fork(_ child: () -> Int32) throws(Errno) -> Int32
  /// waitpid(2): the exit status of a child, or 128 plus the signal that ended it.
  func wait(for process: Int32) throws(Errno) -> Int32
  /// signal(2): SIGCHLD gets its default disposition, under which children can be waited for: whether it was ignored.
  @discardableResult
  func noticeChildren() throws(Errno) -> Bool
  /// io_uring_setup(2) with one entry; the ring stays until the process ends or executes a program.
  func makeRing() throws(Errno)
  /// execve(2) of this program with one argument; returns only to throw.
  func executeSelf(_ argument: StaticString) throws(Errno) -> Never
}

/// How the last name of a path is looked up.
package struct PathOptions: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// A launch runs this: see docs/design/0013-speed-of-a-launch.md.
  package init(arrayLiteral elements: Self...) {
    var bits: UInt8 = 0
    for element in elements { bits |= element.rawValue }
    rawValue = bits
  }

  /// Anything but a directory fails with ENOTDIR, and what is mounted on demand is mounted.
  package static let directory = PathOptions(rawValue: 1)
  /// Where it is a symbolic link, go on to what that leads to. Without this, the link itself is what is found.
  package static let followingLink = PathOptions(rawValue: 2)
}

/// A kind of file system, by the number that statfs(2) has for it.
package struct FileSystem: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) {
    self.rawValue = rawValue
  }
}

/// Capabilities of this process, bit n for capability n.
package struct CapabilitySets: Hashable, Sendable {
  package var effective: UInt64
  package var permitted: UInt64
  package var inheritable: UInt64

  package init(effective: UInt64 = 0, permitted: UInt64 = 0, inheritable: UInt64 = 0) {
    self.effective = effective
    self.permitted = permitted
    self.inheritable = inheritable
  }

  package var isEmpty: Bool { effective | permitted | inheritable == 0 }
}

/// Who runs this process.
package struct UserIDs: Hashable, Sendable {
  /// Who started it.
  package let real: UInt32
  /// Whose rights it has, and whom what it makes belongs to.
  package let effective: UInt32
  /// Whose rights it may take on again.
  package let saved: UInt32

  /// `saved`: `nil` for the effective one, as after every execve(2).
  package init(real: UInt32, effective: UInt32, saved: UInt32? = nil) {
    self.real = real
    self.effective = effective
    self.saved = saved ?? effective
  }

  package var differ: Bool { real != effective || saved != effective }
}

/// The same for groups.
package struct GroupIDs: Hashable, Sendable {
  package let real: UInt32
  package let effective: UInt32
  package let saved: UInt32

  package init(real: UInt32, effective: UInt32, saved: UInt32? = nil) {
    self.real = real
    self.effective = effective
    self.saved = saved ?? effective
  }

  package var differ: Bool { real != effective || saved != effective }
}
