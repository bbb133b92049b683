import Kernel

/// What the threads of the machine are called.
package struct ProcessNames {
  /// Names are forgotten beyond this number.
  private static let most = 4096

  private let files = LinuxTraceFiles()
  /// Those that were asked for since the last call of `refresh()`.
  private var current: [Int32: String] = [:]
  private var earlier: [Int32: String] = [:]

  package init() {}

  /// A program changes its name when it executes another one, so names are asked for again now and then.
  package mutating func refresh() {
    if earlier.count >= Self.most { earlier.removeAll() }
    earlier.merge(current) { $1 }
    current.removeAll(keepingCapacity: true)
  }

  /// The name of a thread, which may have ended: then the one that the kernel remembers, or "?".
  package mutating func name(of task: Int32) -> String {
    if let name = current[task] { return name }
    let name = living(task) ?? earlier[task] ?? remembered(task) ?? "?"
    current[task] = name
    return name
  }

  private func living(_ task: Int32) -> String? {
    (try? files.text(of: "/proc/\(task)/comm")).map { String($0.prefix { $0 != "\n" }) }
  }

  /// `1234 name`, a line each, in a list that tracing keeps.
  private func remembered(_ task: Int32) -> String? {
    for folder in ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"] {
      guard let text = try? files.text(of: "\(folder)/saved_cmdlines") else { continue }
      for line in text.split(separator: "\n") where line.hasPrefix("\(task) ") {
        return String(line.dropFirst("\(task) ".count))
      }
    }
    return nil
  }
}
