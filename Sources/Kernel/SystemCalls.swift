package import URingABI

/// The seam between this program and the kernel: every system call of a launch goes through it, one method a call, so
/// that a test can make any of them fail in any way.
///
/// Each method makes exactly one call and throws its error number; nothing is retried or interpreted here.
package protocol SystemCalls {
  /// open(2) read-only, close-on-exec. `directory` makes anything but a directory fail with ENOTDIR.
  func open(_ path: FilePath, directory: Bool) throws(Errno) -> Int32
  func close(_ descriptor: Int32) throws(Errno)
  func fileStatus(_ descriptor: Int32) throws(Errno) -> FileStatus
  /// read(2): how many bytes arrived; 0 at the end.
  func read(_ descriptor: Int32, into buffer: inout [UInt8]) throws(Errno) -> Int
  /// getdents64(2): raw directory entries, empty at the end.
  func directoryEntries(_ descriptor: Int32) throws(Errno) -> [UInt8]
  func readLink(_ path: String) throws(Errno) -> String
  /// fcntl(F_GETFD): true if the descriptor is closed by execve.
  func closesOnExec(_ descriptor: Int32) throws(Errno) -> Bool

  /// prctl(PR_GET_NO_NEW_PRIVS)
  func noNewPrivileges() throws(Errno) -> Bool
  /// prctl(PR_SET_NO_NEW_PRIVS)
  func setNoNewPrivileges() throws(Errno)
  /// True if CAP_SYS_ADMIN is in the effective set, which counts in the caller's own user namespace.
  func hasSystemAdministrationCapability() throws(Errno) -> Bool
  /// uname(2): the release.
  func kernelRelease() throws(Errno) -> String

  /// io_uring_register(2) without a ring.
  ///
  /// `argument`: the structure that the operation reads and writes; NULL only to probe, which cannot succeed.
  func register(
    _ operation: RegisterOperation, _ argument: UnsafeMutableRawPointer?, count: UInt32
  ) throws(Errno)

  /// execve(2); returns only to throw.
  func execute(_ path: FilePath, _ arguments: ArgumentVector) throws(Errno) -> Never
}

/// What fstat(2) tells of an open file.
package struct FileStatus: Hashable, Sendable {
  package enum Kind: Sendable {
    case regular
    case directory
    case pipe
    case other
  }

  package let kind: Kind
  /// Bytes; meaningful for regular files.
  package let size: Int64

  package init(kind: Kind, size: Int64) {
    self.kind = kind
    self.size = size
  }
}
