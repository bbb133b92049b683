package import Kernel

/// What everything in tracefs that belongs to one run of this program is called, so that it can be told what a run that
/// is over has left behind: the process, and when it was started, as numbers of processes are used again.
package struct SessionName: Hashable, Sendable {
  private static let prefix = "uring-jail."
  private static let groupPrefix = "uring_jail_"

  package let process: Int32
  /// Clock ticks from the start of the machine.
  package let started: UInt64

  package init(process: Int32, started: UInt64) {
    self.process = process
    self.started = started
  }

  /// That of a running process; `nil` if there is none.
  package init?(of process: Int32, _ files: some TraceFiles) {
    // The name of the program, in parentheses, may have anything in it; the 22nd field is the 20th behind it.
    guard let text = try? files.text(of: "/proc/\(process)/stat"), let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 19, let started = UInt64(fields[19]) else { return nil }
    self.init(process: process, started: started)
  }

  /// The name of an instance; `part` tells those of one session apart.
  package func instance(_ part: String) -> String { "\(Self.prefix)\(process).\(started).\(part)" }

  /// The group that the session's probes are in. Only letters, digits and `_` are allowed there.
  package var group: String { "\(Self.groupPrefix)\(process)_\(started)" }

  init?(instance name: String) {
    guard name.hasPrefix(Self.prefix) else { return nil }
    self.init(name.dropFirst(Self.prefix.count).split(separator: "."))
  }

  init?(group name: String) {
    guard name.hasPrefix(Self.groupPrefix) else { return nil }
    self.init(name.dropFirst(Self.groupPrefix.count).split(separator: "_"))
  }

  private init?(_ numbers: [Substring]) {
    guard numbers.count >= 2, let process = Int32(numbers[0]), let started = UInt64(numbers[1]) else { return nil }
    self.init(process: process, started: started)
  }

  func isAlive(_ files: some TraceFiles) -> Bool { SessionName(of: process, files) == self }
}
