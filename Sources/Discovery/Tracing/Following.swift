package import Kernel

/// Follows processes until they have ended, or somebody wants this to end.
package struct Following {
  /// What is followed.
  package enum Target: Sendable, Equatable {
    /// A child, and what it starts.
    case command(Int32)
    /// Another process, and what it starts from now on.
    case process(Int32)
    case everything
  }

  /// How it ended.
  package struct End: Sendable {
    /// Of the command: the exit status, or 128 plus the signal; `nil` if it goes on or there was none.
    package let status: Int32?
    /// Events that were not recorded although they were wanted.
    package let lost: Int
  }

  /// Milliseconds from an event to its report, at most.
  private static let tick: Int32 = 100

  private let session: TraceSession
  private let target: Target
  /// What to say to the user on the way.
  private let remark: (String) -> Void

  package init(_ session: TraceSession, _ target: Target, remark: @escaping (String) -> Void) {
    self.session = session
    self.target = target
    self.remark = remark
  }

  /// Hands over events as they come, at least ten times in a second, until the end, and ends the session. `signals`:
  /// from `Descriptors.catchEndings`.
  package func run(signals: Int32, _ body: ([TraceEvent]) -> Void) throws(KernelError) -> End {
    var status: Int32?
    var endings = 0
    // Since the command ended.
    var ticksAlone = 0
    var isWatching = true
    while isWatching {
      do throws(Errno) {
        try Descriptors.wait(for: [signals] + session.descriptors, milliseconds: Self.tick)
        while let signal = try Descriptors.nextSignal(from: signals) {
          endings += 1
          isWatching = passOn(signal, endings, status)
        }
        if case .command(let process) = target, status == nil {
          status = try Processes.statusIfEnded(process)
        }
      } catch {
        throw KernelError("waiting for events", error)
      }
      if try hasEnded(status) { isWatching = false }
      if status != nil, isWatching {
        ticksAlone += 1
        if ticksAlone == 10 {
          remark("the command has ended; processes that it started still run and are followed (Ctrl-C ends this)")
        }
      }
      if isWatching { body(try session.events()) }
    }
    body(try session.events(isLast: true))
    session.end()
    return End(status: status, lost: session.lost())
  }

  /// False if that is the end.
  private func passOn(_ signal: Descriptors.Signal, _ endings: Int, _ status: Int32?) -> Bool {
    guard case .command(let process) = target, status == nil, endings == 1 else { return false }
    if signal.isFromProcess { try? Processes.send(signal.number, to: process) }
    return true
  }

  private func hasEnded(_ status: Int32?) throws(KernelError) -> Bool {
    switch target {
    case .command: if status == nil { return false }
    // Where only its first thread has ended, the others are still followed.
    case .process(let process): if TaskState.isRunning(process, LinuxTraceFiles()) { return false }
    case .everything: return false
    }
    return try session.followed().isEmpty
  }

  /// Threads that a process has now; never none, with which a session would record the whole machine.
  package static func threads(of process: Int32) throws(KernelError) -> [Int32] {
    let folder = "/proc/\(process)/task"
    do throws(Errno) {
      let threads = try LinuxTraceFiles().names(in: folder).compactMap { Int32($0) }
      if threads.isEmpty { throw .noSuchFile }
      return threads
    } catch {
      throw KernelError("reading \(folder)", error)
    }
  }
}
