import Diagnostics
import Jail
import Kernel

/// `--status-fd`: tells a program, as lines of JSON, how a launch went.
///
/// The descriptor closes when the target starts, so a reader that finds the end behind `"event":"exec"` knows that
/// it did.
struct StatusChannel {
  private let calls: any SystemCalls
  /// Where to write; everything that is sent goes nowhere without it.
  private let descriptor: Int32?

  /// Makes sure that the target does not get the descriptor. It must be open, or the policy could be opened in its place.
  init(_ descriptor: Int32?, _ calls: any SystemCalls) throws(KernelError) {
    if let descriptor {
      try attempt("fcntl(\(descriptor), F_SETFD)") { () throws(Errno) in
        try calls.closeOnExec(descriptor)
        if try !calls.isClosedOnExec(descriptor) { throw .pretended }
      }
    }
    self.calls = calls
    self.descriptor = descriptor
  }

  /// Nothing was started.
  func failed(_ status: ExitStatus, _ message: String, help: String?, _ findings: [Diagnostic], _ sources: [SourceText])
  {
    guard descriptor != nil else { return }
    // Nobody is left to be told that this could not be told.
    try? send(
      "failure",
      [
        JSON.Member("status", .integer(Int64(status.rawValue))), JSON.Member("message", .string(message)),
        JSON.Member("help", help.map(JSON.string) ?? .null),
        JSON.Member("diagnostics", JSONRenderer.array(findings, sources: sources)),
      ])
  }

  /// The jail is in place.
  ///
  /// - Throws: why nobody was told.
  func confined(_ report: ConfinementReport) throws(KernelError) {
    if descriptor != nil { try send("jail", report.members) }
  }

  /// The target is about to be executed.
  ///
  /// - Throws: why nobody was told.
  func executing(_ command: String) throws(KernelError) {
    if descriptor != nil { try send("exec", [JSON.Member("command", .string(command))]) }
  }

  private func send(_ event: String, _ members: [JSON.Member]) throws(KernelError) {
    guard let descriptor else { return }
    let line = JSON.object([JSON.Member("version", .integer(1)), JSON.Member("event", .string(event))] + members)
    var rest = Array((line.compact + "\n").utf8)
    while !rest.isEmpty {
      do throws(Errno) {
        let count = try calls.write(descriptor, rest)
        if count == 0 { throw .pretended }
        rest.removeFirst(count)
      } catch {
        if error != .interrupted { throw KernelError("write(\(descriptor))", error) }
      }
    }
  }
}
