package import Kernel

/// A child process that becomes the command to be followed, once everything is ready to follow it.
package struct TracedCommand {
  package let process: Int32
  /// Where a byte lets the child go on.
  private let gate: Int32
  /// Where a byte tells that it could not become the command; closed by execve(2).
  private let report: Int32

  /// Starts the child, and waits until it is prepared: the child, or the status that it ended with because it could
  /// not prepare itself.
  ///
  /// `prepare`: what the child does first; after a failure, which it has told of, the status to end with. `become`: what
  /// it does when it is let go; returns only if it could not become the command.
  package static func start(
    prepare: () -> Int32?, become: () -> Int32
  ) throws(KernelError) -> (command: TracedCommand?, status: Int32) {
    let calls = LinuxSystemCalls()
    let gate = try attempt("pipe") { () throws(Errno) in try Descriptors.pipe() }
    let ready = try attempt("pipe") { () throws(Errno) in try Descriptors.pipe() }
    // A child that executes a program is not there to be waited for where its end is ignored, as the caller of this
    // program may have it. The command gets what the caller had.
    let wasIgnored = try attempt("sigaction(SIGCHLD)") { () throws(Errno) in try calls.noticeChildren() }
    let process = try attempt("fork") { () throws(Errno) in
      try calls.fork {
        // Or the end of this program would never be noticed.
        try? calls.close(gate.writing)
        if let failure = prepare() { return failure }
        var byte: [UInt8] = [0]
        guard (try? calls.write(ready.writing, byte)) == 1, (try? calls.read(gate.reading, into: &byte)) == 1 else {
          return notStarted
        }
        if wasIgnored, (try? Processes.ignoreChildren()) == nil { return notStarted }
        let status = become()
        _ = try? calls.write(ready.writing, byte)
        return status
      }
    }
    try? calls.close(gate.reading)
    try? calls.close(ready.writing)
    var byte: [UInt8] = [0]
    let isReady = (try? calls.read(ready.reading, into: &byte)) == 1
    if isReady {
      return (TracedCommand(process: process, gate: gate.writing, report: ready.reading), 0)
    }
    try? calls.close(ready.reading)
    try? calls.close(gate.writing)
    return (nil, try attempt("waitpid") { () throws(Errno) in try calls.wait(for: process) })
  }

  /// The exit status of a child that nobody let go.
  private static let notStarted: Int32 = 125

  package func letGo() throws(KernelError) {
    let calls = LinuxSystemCalls()
    defer { try? calls.close(gate) }
    _ = try attempt("write(pipe)") { () throws(Errno) in try calls.write(gate, [1]) }
  }

  /// True if the child ended without having become the command. To be asked when it has ended.
  package func neverBegan() -> Bool {
    let calls = LinuxSystemCalls()
    defer { try? calls.close(report) }
    var byte: [UInt8] = [0]
    return (try? calls.read(report, into: &byte)) == 1
  }

  /// Ends a child that was not let go.
  package func giveUp() {
    let calls = LinuxSystemCalls()
    try? calls.close(gate)
    _ = try? calls.wait(for: process)
  }
}
