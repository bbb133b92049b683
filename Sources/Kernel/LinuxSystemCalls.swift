package import BPF
private import CLibCap
private import CLinuxShims
private import Glibc
package import URingABI

/// The calls of the running kernel.
package struct LinuxSystemCalls: SystemCalls {
  package init() {}

  package func open(_ path: FilePath, directory: Bool) throws(Errno) -> Int32 {
    // SAFETY: the path is NUL-terminated and lives through the call.
    try opened(unsafe uj_open_read_only(path.bytes, directory ? O_DIRECTORY : 0))
  }

  package func openPath(
    _ path: FilePath, in folder: Int32?, _ options: PathOptions
  ) throws(Errno) -> Int32 {
    let flags = (options.contains(.directory) ? O_DIRECTORY : 0) | (options.contains(.followingLink) ? 0 : O_NOFOLLOW)
    // SAFETY: the path is NUL-terminated and lives through the call.
    return try opened(unsafe uj_open_path(folder ?? AT_FDCWD, path.bytes, flags))
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
    // No kind of file system has that number.
    if type == 0 { throw .pretended }
    return FileSystem(rawValue: type)
  }

  package func isOnReadOnlyMount(_ descriptor: Int32) throws(Errno) -> Bool {
    try check(uj_is_on_read_only_mount(descriptor)) != 0
  }

  package func read(_ descriptor: Int32, into buffer: inout [UInt8]) throws(Errno) -> Int {
    let size = buffer.count
    // SAFETY: the kernel writes at most `size` bytes into the array's own storage.
    let count = unsafe Glibc.read(descriptor, &buffer, size)
    if count < 0 { throw Errno(errno) }
    return count
  }

  package func directoryEntries(_ descriptor: Int32, into buffer: inout [UInt8]) throws(Errno) -> Int {
    let size = buffer.count
    // SAFETY: the kernel writes at most `size` bytes into the array's own storage.
    let count = unsafe uj_getdents64(descriptor, &buffer, size)
    if count < 0 { throw Errno(Int32(-count)) }
    return Int(count)
  }

  package func readLink(_ path: String) throws(Errno) -> String {
    // SAFETY: the path is NUL-terminated and lives through the call, which writes at most `size` bytes.
    let (bytes, result) = unsafe path.withCString { path in
      unsafe Self.path { buffer, size in unsafe Self.result(of: readlink(path, buffer, size)) }
    }
    if result < 0 { throw Errno(Int32(-result)) }
    // The kernel makes no link without a text.
    if result == 0 { throw .pretended }
    return String(decoding: bytes, as: UTF8.self)
  }

  package func linkTarget(_ descriptor: Int32) throws(Errno) -> [UInt8] {
    // SAFETY: the kernel writes at most `size` bytes; the empty path is a C string.
    let (bytes, result) = unsafe Self.path { buffer, size in
      unsafe Self.result(of: readlinkat(descriptor, "", buffer, size))
    }
    if result < 0 { throw Errno(Int32(-result)) }
    if result == 0 { throw .pretended }
    return bytes
  }

  package func currentDirectory() throws(Errno) -> [UInt8] {
    // SAFETY: the kernel writes at most `size` bytes.
    let (bytes, result) = unsafe Self.path { buffer, size in unsafe uj_getcwd(buffer, size) }
    if result < 0 { throw Errno(Int32(-result)) }
    if result == 0 { throw .pretended }
    // The count has the NUL in it.
    return Array(bytes.prefix { $0 != 0 })
  }

  /// What a call writes into a buffer that every path fits into, and what it returns: the number of bytes, or an error
  /// number made negative.
  private static func path(
    _ call: (UnsafeMutablePointer<CChar>, Int) -> Int
  ) -> (bytes: [UInt8], result: Int) {
    var result = 0
    // SAFETY: the call says how many bytes of the array's own storage it has written.
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
      unsafe buffer.withMemoryRebound(to: CChar.self) { buffer in
        if let start = buffer.baseAddress { result = unsafe call(start, buffer.count) }
      }
      count = max(result, 0)
    }
    return (bytes, result)
  }

  private static func result(of count: Int) -> Int { count < 0 ? -Int(errno) : count }

  package func closeOnExec(from first: UInt32, through last: UInt32) throws(Errno) {
    _ = try check(uj_close_range_on_exec(first, last))
  }

  package func closeOnExec(_ descriptor: Int32) throws(Errno) {
    _ = try check(uj_close_on_exec(descriptor))
  }

  package func keepOnExec(_ descriptor: Int32) throws(Errno) {
    _ = try check(uj_keep_on_exec(descriptor))
  }

  package func isClosedOnExec(_ descriptor: Int32) throws(Errno) -> Bool {
    try check(uj_is_close_on_exec(descriptor)) != 0
  }

  package func duplicate(_ descriptor: Int32, atLeast lowest: Int32) throws(Errno) -> Int32 {
    let copy = try check(uj_duplicate(descriptor, lowest))
    if copy < lowest { throw .pretended }
    return copy
  }

  package func create(_ path: FilePath) throws(Errno) -> Int32 {
    // SAFETY: the path is NUL-terminated and lives through the call.
    try opened(unsafe uj_create(path.bytes))
  }

  package func write(_ descriptor: Int32, _ bytes: [UInt8]) throws(Errno) -> Int {
    // SAFETY: the array's own count bounds what is read of it.
    let count = unsafe uj_write(descriptor, bytes, bytes.count)
    if count < 0 { throw Errno(Int32(-count)) }
    return count
  }

  package func rename(_ path: FilePath, to other: FilePath) throws(Errno) {
    // SAFETY: both paths are NUL-terminated and live through the call.
    if unsafe Glibc.rename(path.bytes, other.bytes) != 0 { throw Errno(errno) }
  }

  package func makeDirectory(_ path: FilePath) throws(Errno) {
    // SAFETY: the path is NUL-terminated and lives through the call.
    if unsafe mkdir(path.bytes, 0o755) != 0 { throw Errno(errno) }
  }

  package func users() throws(Errno) -> UserIDs {
    // Nobody's number: -1 is what setresuid(2) takes for "as it is".
    var (real, effective, saved) = (UInt32.max, UInt32.max, UInt32.max)
    // SAFETY: getresuid fills the three numbers, which live through the call.
    _ = try check(unsafe uj_getresuid(&real, &effective, &saved))
    if real == .max || effective == .max || saved == .max { throw .pretended }
    return UserIDs(real: real, effective: effective, saved: saved)
  }

  package func groups() throws(Errno) -> GroupIDs {
    var (real, effective, saved) = (UInt32.max, UInt32.max, UInt32.max)
    // SAFETY: getresgid fills the three numbers, which live through the call.
    _ = try check(unsafe uj_getresgid(&real, &effective, &saved))
    if real == .max || effective == .max || saved == .max { throw .pretended }
    return GroupIDs(real: real, effective: effective, saved: saved)
  }

  package func isSecureExecution() -> Bool { uj_is_secure_execution() != 0 }

  package func noNewPrivileges() throws(Errno) -> Bool {
    try check(uj_get_no_new_privs()) == 1
  }

  package func setNoNewPrivileges() throws(Errno) {
    _ = try check(uj_set_no_new_privs())
  }

  package func hasSystemAdministrationCapability() throws(Errno) -> Bool {
    try capabilities().effective & 1 << UInt64(CAP_SYS_ADMIN) != 0
  }

  package func capabilities() throws(Errno) -> CapabilitySets { try CapabilityState.read() }

  package func isAmbient(_ capability: UInt8) throws(Errno) -> Bool {
    let result = cap_get_ambient(cap_value_t(capability))
    if result < 0 { throw Errno(errno) }
    return result != 0
  }

  package func setCapabilities(_ sets: CapabilitySets) throws(Errno) { try CapabilityState.write(sets) }

  package func isInBoundingSet(_ capability: UInt8) throws(Errno) -> Bool {
    let result = cap_get_bound(cap_value_t(capability))
    if result < 0 { throw Errno(errno) }
    return result != 0
  }

  package func dropFromBoundingSet(_ capability: UInt8) throws(Errno) {
    if cap_drop_bound(cap_value_t(capability)) != 0 { throw Errno(errno) }
  }

  package func randomBytes(_ count: Int) throws(Errno) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    // SAFETY: the kernel writes at most `count` bytes into the array's own storage.
    let filled = unsafe uj_getrandom(&bytes, count)
    if filled < 0 { throw Errno(Int32(-filled)) }
    if filled == 0 { throw .pretended }
    return Array(bytes[..<Int(filled)])
  }

  package func kernelRelease() throws(Errno) -> String {
    var names = utsname()
    // SAFETY: uname fills the structure, which lives through the call, with NUL-terminated strings.
    if unsafe uname(&names) != 0 { throw Errno(errno) }
    let release = unsafe withUnsafeBytes(of: &names.release) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if release.isEmpty { throw .pretended }
    return release
  }

  package func register(
    _ operation: RegisterOperation, _ argument: UnsafeMutableRawPointer?, count: UInt32
  ) throws(Errno) {
    // SAFETY: Registration passes a live structure of the size that the operation has, or NULL, which the kernel checks.
    _ = try check(unsafe uj_io_uring_register(-1, UInt32(operation.code), argument, count))
  }

  package func filterSystemCalls(_ program: Program) throws(Errno) {
    let instructions = program.instructions.map {
      uj_sock_filter(code: $0.code, jt: $0.jumpTrue, jf: $0.jumpFalse, k: $0.k)
    }
    // SAFETY: the array lives through the call, which copies as many instructions as it has: at most 4096.
    _ = try check(unsafe uj_seccomp_filter(instructions, UInt16(instructions.count)))
  }

  package func filterSystemCallsByNothing() throws(Errno) {
    _ = try check(uj_seccomp_nothing())
  }

  package func enterRing(_ descriptor: Int32) throws(Errno) {
    _ = try check(uj_io_uring_enter_nothing(descriptor))
  }

  package func setUpNoRing() throws(Errno) {
    _ = try check(uj_io_uring_setup_nothing())
  }

  package func executeNothing() throws(Errno) {
    _ = try check(uj_execve_nothing())
  }

  package func processID() -> Int32 { getpid() }

  package func fileCapabilities(_ path: FilePath) throws(Errno) -> FileCapabilities {
    try CapabilityState.read(of: path)
  }

  package func execute(
    _ path: FilePath, _ arguments: ArgumentVector, _ marker: ExecutionMarker?
  ) throws(Errno) -> Never {
    // SAFETY: path and vector are NUL-terminated; `environ` is only read, by the one thread there is.
    let result = unsafe uj_execve(path.bytes, arguments.base, environ, marker?.fifth ?? 0, marker?.sixth ?? 0)
    throw result == 0 ? .pretended : Errno(-result)
  }

  package func fork(_ child: () -> Int32) throws(Errno) -> Int32 {
    let parent = getpid()
    let process = try check(uj_fork_quietly())
    if process != 0 { return process }
    // What is for a child must never happen to this process.
    if getpid() == parent { throw .pretended }
    _exit(child())
  }

  package func wait(for process: Int32) throws(Errno) -> Int32 {
    let status = try check(uj_wait(process))
    if status == UJ_NO_PROCESS { throw .pretended }
    return status
  }

  @discardableResult
  package func noticeChildren() throws(Errno) -> Bool {
    try check(uj_notice_children()) == 1
  }

  package func makeRing() throws(Errno) {
    _ = try check(uj_io_uring_setup_minimal())
  }

  package func executeSelf(_ argument: StaticString) throws(Errno) -> Never {
    // SAFETY: a string literal is NUL-terminated and constant.
    let result = argument.withUTF8Buffer { text in
      unsafe text.withMemoryRebound(to: CChar.self) { unsafe uj_execve_self($0.baseAddress) }
    }
    throw result == 0 ? .pretended : Errno(-result)
  }

  /// A new descriptor. 0 is also how something else than the kernel may answer: then it is not one that was opened here,
  /// which are all closed by execve, as none is that this process was started with.
  private func opened(_ result: Int32) throws(Errno) -> Int32 {
    let descriptor = try check(result)
    if descriptor == 0, try !isClosedOnExec(0) { throw .pretended }
    return descriptor
  }

  /// Results of the C shims: below zero a negated error number.
  private func check(_ result: Int32) throws(Errno) -> Int32 {
    if result < 0 { throw Errno(-result) }
    return result
  }
}

extension FileSystem {
  package static let proc = FileSystem(rawValue: UInt32(UJ_PROC_SUPER_MAGIC))
  package static let anonymousInodes = FileSystem(rawValue: UInt32(UJ_ANON_INODE_FS_MAGIC))
}
