private import CLibCap
private import CLinuxShims
private import Glibc
package import URingABI

/// The calls of the running kernel.
package struct LinuxSystemCalls: SystemCalls {
  package init() {}

  package func open(_ path: FilePath, directory: Bool) throws(Errno) -> Int32 {
    // SAFETY: the path is NUL-terminated and lives through the call.
    try check(unsafe uj_open_read_only(path.bytes, directory ? O_DIRECTORY : 0))
  }

  package func openPath(
    _ path: FilePath, in folder: Int32?, _ options: PathOptions
  ) throws(Errno) -> Int32 {
    let flags = (options.contains(.directory) ? O_DIRECTORY : 0) | (options.contains(.followingLink) ? 0 : O_NOFOLLOW)
    // SAFETY: the path is NUL-terminated and lives through the call.
    return try check(unsafe uj_open_path(folder ?? AT_FDCWD, path.bytes, flags))
  }

  package func close(_ descriptor: Int32) throws(Errno) {
    if Glibc.close(descriptor) != 0 { throw Errno(errno) }
  }

  package func fileStatus(_ descriptor: Int32) throws(Errno) -> FileStatus {
    var status = stat()
    // SAFETY: fstat fills the structure, which lives through the call.
    if unsafe fstat(descriptor, &status) != 0 { throw Errno(errno) }
    let kind: FileStatus.Kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .directory
      case S_IFIFO: .pipe
      case S_IFLNK: .symbolicLink
      default: .other
      }
    return FileStatus(
      kind: kind, size: Int64(status.st_size), owner: status.st_uid,
      permissions: UInt16(truncatingIfNeeded: status.st_mode & 0o7777), links: UInt64(status.st_nlink),
      identity: FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)))
  }

  package func fileSystem(_ descriptor: Int32) throws(Errno) -> FileSystem {
    var type: UInt32 = 0
    // SAFETY: the shim fills the number, which lives through the call.
    _ = try check(unsafe uj_file_system_type(descriptor, &type))
    return FileSystem(rawValue: type)
  }

  package func read(_ descriptor: Int32, into buffer: inout [UInt8]) throws(Errno) -> Int {
    let size = buffer.count
    // SAFETY: the kernel writes at most `size` bytes into the array's own storage.
    let count = unsafe Glibc.read(descriptor, &buffer, size)
    if count < 0 { throw Errno(errno) }
    return count
  }

  package func directoryEntries(_ descriptor: Int32) throws(Errno) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 4096)
    // SAFETY: the kernel writes at most the given number of bytes into the array's own storage.
    let count = unsafe uj_getdents64(descriptor, &buffer, buffer.count)
    if count < 0 { throw Errno(Int32(-count)) }
    return Array(buffer[..<Int(count)])
  }

  package func readLink(_ path: String) throws(Errno) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let size = buffer.count
    // SAFETY: the kernel writes at most `size` bytes into the array's own storage.
    let count = unsafe readlink(path, &buffer, size)
    if count < 0 { throw Errno(errno) }
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  package func linkTarget(_ descriptor: Int32) throws(Errno) -> [UInt8] {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let size = buffer.count
    // SAFETY: the kernel writes at most `size` bytes into the array's own storage; the empty path is a C string.
    let count = unsafe readlinkat(descriptor, "", &buffer, size)
    if count < 0 { throw Errno(errno) }
    return buffer[..<count].map { UInt8(bitPattern: $0) }
  }

  package func currentDirectory() throws(Errno) -> [UInt8] {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    // SAFETY: the kernel writes at most the given number of bytes into the array's own storage.
    let count = unsafe uj_getcwd(&buffer, buffer.count)
    if count < 0 { throw Errno(Int32(-count)) }
    // The count has the NUL in it.
    return buffer[..<count].prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
  }

  package func closesOnExec(_ descriptor: Int32) throws(Errno) -> Bool {
    let flags = fcntl(descriptor, F_GETFD)
    if flags < 0 { throw Errno(errno) }
    return flags & FD_CLOEXEC != 0
  }

  package func users() throws(Errno) -> UserIDs {
    var (real, effective, saved): (UInt32, UInt32, UInt32) = (0, 0, 0)
    // SAFETY: getresuid fills the three numbers, which live through the call.
    _ = try check(unsafe uj_getresuid(&real, &effective, &saved))
    return UserIDs(real: real, effective: effective)
  }

  package func noNewPrivileges() throws(Errno) -> Bool {
    try check(uj_get_no_new_privs()) == 1
  }

  package func setNoNewPrivileges() throws(Errno) {
    _ = try check(uj_set_no_new_privs())
  }

  package func hasSystemAdministrationCapability() throws(Errno) -> Bool {
    // SAFETY: libcap allocates the state, and it is freed on every path.
    guard let state = unsafe cap_get_proc() else { throw Errno(errno) }
    defer { unsafe _ = cap_free(UnsafeMutableRawPointer(state)) }
    var value = CAP_CLEAR
    if unsafe cap_get_flag(state, cap_value_t(CAP_SYS_ADMIN), CAP_EFFECTIVE, &value) != 0 { throw Errno(errno) }
    return value == CAP_SET
  }

  package func kernelRelease() throws(Errno) -> String {
    var names = utsname()
    // SAFETY: uname fills the structure, which lives through the call, with NUL-terminated strings.
    if unsafe uname(&names) != 0 { throw Errno(errno) }
    return unsafe withUnsafeBytes(of: &names.release) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  package func register(
    _ operation: RegisterOperation, _ argument: UnsafeMutableRawPointer?, count: UInt32
  ) throws(Errno) {
    // SAFETY: Registration passes a live structure of the size that the operation has, or NULL, which the kernel checks.
    _ = try check(unsafe uj_io_uring_register(-1, UInt32(operation.code), argument, count))
  }

  package func execute(_ path: FilePath, _ arguments: ArgumentVector) throws(Errno) -> Never {
    // SAFETY: path and vector are NUL-terminated; `environ` is only read, by the one thread there is.
    let result = unsafe uj_execve(path.bytes, arguments.base, environ)
    throw Errno(-result)
  }

  /// Results of the C shims: below zero a negated error number.
  private func check(_ result: Int32) throws(Errno) -> Int32 {
    if result < 0 { throw Errno(-result) }
    return result
  }
}

extension FileSystem {
  package static let proc = FileSystem(rawValue: UInt32(UJ_PROC_SUPER_MAGIC))
}
