private import CLinuxShims
private import Glibc

/// Writes whole files. Not for the way of a launch, which writes none.
package enum FileWriter {
  /// Puts a file with these bytes at the path: whoever reads it finds the old or the new one, and never a part. What is
  /// no regular file, such as a device, is written to as it is. A symbolic link stays, and the file that it leads to is
  /// replaced: `/dev/stdout` is one.
  package static func replace(_ path: FilePath, with bytes: [UInt8]) throws(KernelError) {
    let path = try attempt("open") { () throws(Errno) in try writeIfSpecial(path, bytes) }
    guard let path else { return }
    let temporary = FilePath(path.withoutTerminator + Array(".\(getpid()).new".utf8))
    let descriptor = try attempt("creating '\(temporary)'") { () throws(Errno) in
      // SAFETY: the path is NUL-terminated and lives through the call.
      try check(unsafe uj_create_file(temporary.bytes))
    }
    do throws(KernelError) {
      try attempt("write") { () throws(Errno) in try write(bytes, to: descriptor) }
      try attempt("fsync") { () throws(Errno) in if fsync(descriptor) != 0 { throw Errno(errno) } }
      try attempt("rename") { () throws(Errno) in
        // SAFETY: both paths are NUL-terminated and live through the call.
        if unsafe rename(temporary.bytes, path.bytes) != 0 { throw Errno(errno) }
      }
    } catch {
      // SAFETY: as above. The file was made here; that it stays is all that can happen.
      unsafe _ = unlink(temporary.bytes)
      _ = Glibc.close(descriptor)
      throw error
    }
    _ = Glibc.close(descriptor)
  }

  /// Fails if `replace` would, as far as that can be known before: the file, and its directory, can be written to. Changes
  /// nothing.
  package static func probe(_ path: FilePath) throws(KernelError) {
    let path = try attempt("open") { () throws(Errno) in try writeIfSpecial(path, []) }
    guard let path else { return }
    let temporary = FilePath(path.withoutTerminator + Array(".\(getpid()).new".utf8))
    try attempt("creating '\(temporary)'") { () throws(Errno) in
      // SAFETY: the path is NUL-terminated and lives through both calls.
      _ = Glibc.close(try check(unsafe uj_create_file(temporary.bytes)))
      unsafe _ = unlink(temporary.bytes)
    }
  }

  /// True if both paths lead to the same file.
  package static func areSame(_ one: FilePath, _ other: FilePath) -> Bool {
    func status(_ path: FilePath) -> stat? {
      var status = stat()
      // SAFETY: the path is NUL-terminated; both live through the call, which fills the structure.
      return unsafe stat(path.bytes, &status) == 0 ? status : nil
    }
    guard let one = status(one), let other = status(other) else { return false }
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino && one.st_mode & S_IFMT == S_IFREG
  }

  /// The regular file that is there or can be made; `nil` if it is none and the bytes went to it.
  private static func writeIfSpecial(_ path: FilePath, _ bytes: [UInt8]) throws(Errno) -> FilePath? {
    // SAFETY: the path is NUL-terminated and lives through the call.
    let descriptor = unsafe uj_open_write_only(path.bytes)
    if descriptor == -ENOENT { return path }
    if descriptor < 0 { throw Errno(-descriptor) }
    defer { _ = Glibc.close(descriptor) }
    var status = stat()
    // SAFETY: fstat fills the structure, which lives through the call.
    if unsafe fstat(descriptor, &status) != 0 { throw Errno(errno) }
    if status.st_mode & S_IFMT == S_IFREG { return try destination(of: path) }
    try write(bytes, to: descriptor)
    return nil
  }

  /// Where a path leads behind symbolic links.
  private static func destination(of path: FilePath) throws(Errno) -> FilePath {
    // SAFETY: the path is NUL-terminated and lives through the call. The result is a NUL-terminated string of malloc(3),
    // which is read before it is freed, once.
    guard let resolved = unsafe realpath(path.bytes, nil) else { throw Errno(errno) }
    defer { unsafe free(resolved) }
    return unsafe FilePath(
      resolved.withMemoryRebound(to: UInt8.self, capacity: strlen(resolved)) { start in
        unsafe Array(UnsafeBufferPointer(start: start, count: strlen(resolved)))
      })
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) throws(Errno) {
    var rest = bytes[...]
    while !rest.isEmpty {
      // SAFETY: the slice's storage lives through the call, and its own count bounds what is read.
      let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0 {
        if errno == EINTR { continue }
        throw Errno(errno)
      }
      rest = rest.dropFirst(written)
    }
  }

  private static func check(_ result: Int32) throws(Errno) -> Int32 {
    if result < 0 { throw Errno(-result) }
    return result
  }
}
