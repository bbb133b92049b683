import Diagnostics
import Jail
import Kernel

/// `--status-fd`: tells a program, as lines of JSON, how a launch went.
///
/// The descriptor closes when the target starts, so a reader that finds the end behind `"event":"exec"` knows that
/// it did.
struct StatusChannel {
  private let descriptor: Int32?

  /// No channel: everything that is sent goes nowhere.
  static let none = StatusChannel(descriptor: nil)

  private init(descriptor: Int32?) {
    self.descriptor = descriptor
  }

  /// Makes sure that the target does not get the descriptor. It must be open, or the policy could be opened in its place.
  init(_ descriptor: Int32?, _ calls: some SystemCalls) throws(KernelError) {
    if let descriptor {
      try attempt("fcntl(\(descriptor), F_SETFD)") { () throws(Errno) in try calls.closeOnExec(descriptor) }
    }
    self.descriptor = descriptor
  }

  /// Nothing was started.
  func failed(_ status: ExitStatus, _ message: String, help: String?, _ findings: [Diagnostic], _ sources: [SourceText])
  {
    guard descriptor != nil else { return }
    // Nobody is left to be told that this could not be told.
    _ = send(
      "failure",
      [
        JSON.Member("status", .integer(Int64(status.rawValue))), JSON.Member("message", .string(message)),
        JSON.Member("help", help.map(JSON.string) ?? .null),
        JSON.Member("diagnostics", JSONRenderer.array(findings, sources: sources)),
      ])
  }

  /// The jail is in place; false if nobody took the message.
  func confined(_ report: ConfinementReport) -> Bool { descriptor == nil || send("jail", report.members) }

  /// The target is about to be executed.
  func executing(_ command: String) -> Bool {
    descriptor == nil || send("exec", [JSON.Member("command", .string(command))])
  }

  private func send(_ event: String, _ members: [JSON.Member]) -> Bool {
    guard let descriptor else { return true }
    let line = JSON.object([JSON.Member("version", .integer(1)), JSON.Member("event", .string(event))] + members)
    return Console.write(line.compact + "\n", toDescriptor: descriptor)
  }
}
