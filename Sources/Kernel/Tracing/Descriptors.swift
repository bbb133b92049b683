private import CLinuxShims
private import Glibc

/// Calls on descriptors and processes that only following other processes needs.
package enum Descriptors {
  /// open(2) for reading without waiting, close-on-exec.
  package static func openWithoutWaiting(_ path: FilePath) throws(Errno) -> Int32 {
    // SAFETY: the path is NUL-terminated and lives through the call.
    try check(unsafe uj_open_read_only(path.bytes, O_NONBLOCK))
  }

  static func openForAppending(_ path: FilePath) throws(Errno) -> Int32 {
    // SAFETY: the path is NUL-terminated and lives through the call.
    try check(unsafe uj_open_append(path.bytes))
  }

  static func removeDirectory(_ path: FilePath) throws(Errno) {
    // SAFETY: the path is NUL-terminated and lives through the call.
    _ = try check(unsafe uj_remove_directory(path.bytes))
  }

  /// pipe(2), both ends close-on-exec.
  package static func pipe() throws(Errno) -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    // SAFETY: the call fills the two elements that the array has.
    _ = try check(unsafe uj_pipe(&ends))
    return (ends[0], ends[1])
  }

  /// poll(2) until one of them can be read or the time is over. A signal is no error.
  package static func wait(for descriptors: [Int32], milliseconds: Int32) throws(Errno) {
    // SAFETY: the array lives through the call, and its own count bounds what is read of it.
    let result = unsafe uj_poll_readable(descriptors, descriptors.count, milliseconds)
    if result < 0, -result != EINTR { throw Errno(-result) }
  }

  /// A descriptor that can be read when somebody wants this process to end; the signals do nothing else from now on.
  package static func catchEndings() throws(Errno) -> Int32 { try check(uj_catch_endings()) }

  package struct Signal: Sendable {
    package let number: Int32
    /// True if a process has sent it, and not a terminal, which sends it to the children as well.
    package let isFromProcess: Bool
  }

  /// The next signal from that descriptor; `nil` if there is none.
  package static func nextSignal(from descriptor: Int32) throws(Errno) -> Signal? {
    let signal = try check(uj_next_signal(descriptor))
    if signal == 0 { return nil }
    return Signal(
      number: signal & ~UJ_SIGNAL_FROM_PROCESS, isFromProcess: signal & UJ_SIGNAL_FROM_PROCESS != 0)
  }

  fileprivate static func check(_ result: Int32) throws(Errno) -> Int32 {
    if result < 0 { throw Errno(-result) }
    return result
  }
}

/// Calls on other processes.
package enum Processes {
  /// The exit status of a child, or 128 plus the signal that ended it; `nil` if it goes on.
  package static func statusIfEnded(_ process: Int32) throws(Errno) -> Int32? {
    var status: Int32 = 0
    // SAFETY: the number lives through the call.
    return try Descriptors.check(unsafe uj_wait_briefly(process, &status)) == 1 ? status : nil
  }

  package static func send(_ signal: Int32, to process: Int32) throws(Errno) {
    _ = try Descriptors.check(uj_kill(process, signal))
  }

  /// signal(2): the ends of children are ignored, and programs that are executed inherit that.
  package static func ignoreChildren() throws(Errno) {
    _ = try Descriptors.check(uj_ignore_children())
  }

  package static let terminate = SIGTERM
}

/// The kernel's clocks, in nanoseconds.
package enum Clock {
  /// CLOCK_MONOTONIC, which trace events can be stamped with.
  package static var monotonic: UInt64 { uj_monotonic_time() }
  /// Since 1970.
  package static var real: UInt64 { uj_real_time() }

  /// Seconds since midnight where this process is, of a number of nanoseconds since 1970.
  package static func localTimeOfDay(_ nanoseconds: UInt64) -> Int {
    Int(uj_local_time_of_day(Int64(nanoseconds / 1_000_000_000)))
  }
}

extension FileSystem {
  package static let trace = FileSystem(rawValue: UInt32(UJ_TRACEFS_MAGIC))
}
