package import Kernel

/// What is to be followed, when all is ready for it: of a command nothing has happened yet.
package struct TracedTarget {
  package enum Wish {
    /// A child of this process; see `TracedCommand.start`.
    case command(prepare: () -> Int32?, become: () -> Int32)
    case process(Int32)
    case everything
  }

  private let session: TraceSession
  private let target: Following.Target
  private let command: TracedCommand?
  private let signals: Int32

  /// Starts a command up to where it is to be let go, and the session. There is no target if the command could not
  /// prepare itself, but the status that it ended with.
  package static func start(
    _ wish: Wish, _ session: TraceSession
  ) throws(KernelError) -> (target: TracedTarget?, status: Int32) {
    let target: Following.Target
    var command: TracedCommand?
    switch wish {
    case .command(let prepare, let become):
      let started = try TracedCommand.start(prepare: prepare, become: become)
      guard let child = started.command else { return (nil, started.status) }
      command = child
      target = .command(child.process)
    case .process(let process): target = .process(process)
    case .everything: target = .everything
    }
    do throws(KernelError) {
      switch target {
      case .command(let process): try session.follow(process)
      case .process(let process): for thread in try Following.threads(of: process) { try session.follow(thread) }
      case .everything: break
      }
      try session.start()
      let signals = try attempt("signalfd") { () throws(Errno) in try Descriptors.catchEndings() }
      return (TracedTarget(session: session, target: target, command: command, signals: signals), 0)
    } catch {
      command?.giveUp()
      throw error
    }
  }

  /// Lets a command go, and hands over events until the end; see `Following.run`. `remark`: what to say to the user on
  /// the way.
  package func follow(
    remark: @escaping (String) -> Void, _ body: ([TraceEvent]) -> Void
  ) throws(KernelError) -> Following.End {
    try command?.letGo()
    return try Following(session, target, remark: remark).run(signals: signals, body)
  }

  /// A command's process.
  package var commandProcess: Int32? { command?.process }

  /// True if a command ended without having begun. To be asked once, when it has ended.
  package func neverBegan() -> Bool { command?.neverBegan() ?? false }
}
