private import CLinuxShims
private import Glibc

/// Writes whole files. Not for the way of a launch, which writes none.
package enum FileWriter {
  /// Puts a file with these bytes at the path: whoever reads it finds the old or the new one, and never a part. What is
  /// no regular file, such as a device, is written to as it is.
  package static func replace(_ path: FilePath, with bytes: [UInt8]) throws(KernelError) {
    let isThere = try attempt("open") { () throws(Errno) in try writeIfSpecial(path, bytes) }
    if isThere { return }
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

  /// True if the path is no regular file and the bytes went to it.
  private static func writeIfSpecial(_ path: FilePath, _ bytes: [UInt8]) throws(Errno) -> Bool {
    // SAFETY: the path is NUL-terminated and lives through the call.
    let descriptor = unsafe uj_open_write_only(path.bytes)
    if descriptor == -ENOENT { return false }
    if descriptor < 0 { throw Errno(-descriptor) }
    defer { _ = Glibc.close(descriptor) }
    var status = stat()
    // SAFETY: fstat fills the structure, which lives through the call.
    if unsafe fstat(descriptor, &status) != 0 { throw Errno(errno) }
    if status.st_mode & S_IFMT == S_IFREG { return false }
    try write(bytes, to: descriptor)
    return true
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
