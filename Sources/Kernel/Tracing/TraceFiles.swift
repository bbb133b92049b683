/// The files of the kernel's that tell of other processes: tracefs and /proc. A seam, so that a test can have a tracefs
/// in memory, and make any step fail.
///
/// Paths are text: none of these files has another kind of name.
package protocol TraceFiles {
  /// All that can be read from a file now.
  func text(of path: String) throws(Errno) -> String
  /// One write(2) behind the end of what is there: lists such as `kprobe_events` keep what others put there.
  func append(_ text: String, to path: String) throws(Errno)
  /// The names in a folder, without those of itself and its parent.
  func names(in folder: String) throws(Errno) -> [String]
  /// The text of a symbolic link.
  func link(_ path: String) throws(Errno) -> String
  /// mkdir(2)
  func makeFolder(_ path: String) throws(Errno)
  /// rmdir(2)
  func removeFolder(_ path: String) throws(Errno)
  /// True if the folder is on a tracefs.
  func isTraceFileSystem(_ folder: String) -> Bool
}

/// Those of the running kernel.
package struct LinuxTraceFiles: TraceFiles {
  private let calls = LinuxSystemCalls()

  package init() {}

  package func text(of path: String) throws(Errno) -> String {
    let descriptor = try calls.open(FilePath(path), directory: false)
    defer { try? calls.close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
      do throws(Errno) {
        let count = try calls.read(descriptor, into: &buffer)
        if count == 0 { return String(decoding: bytes, as: UTF8.self) }
        bytes += buffer[..<count]
      } catch {
        if error != .interrupted { throw error }
      }
    }
  }

  package func append(_ text: String, to path: String) throws(Errno) {
    let descriptor = try Descriptors.openForAppending(FilePath(path))
    defer { try? calls.close(descriptor) }
    _ = try calls.write(descriptor, Array(text.utf8))
  }

  package func names(in folder: String) throws(Errno) -> [String] {
    try DirectoryNames.list(FilePath(folder), calls)
  }

  package func link(_ path: String) throws(Errno) -> String { try calls.readLink(path) }

  package func makeFolder(_ path: String) throws(Errno) { try calls.makeDirectory(FilePath(path)) }

  package func removeFolder(_ path: String) throws(Errno) { try Descriptors.removeDirectory(FilePath(path)) }

  package func isTraceFileSystem(_ folder: String) -> Bool {
    guard let descriptor = try? calls.open(FilePath(folder), directory: true) else { return false }
    defer { try? calls.close(descriptor) }
    return (try? calls.fileSystem(descriptor)) == .trace
  }
}
