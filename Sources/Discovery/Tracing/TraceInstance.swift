import Kernel

/// A tracefs instance of our own: buffers, and a choice of events, that nobody else has anything to do with.
struct TraceInstance<Files: TraceFiles> {
  /// What to record, and the kernel's filter on it.
  struct Recording {
    let source: EventSource
    /// In the language of `filter` files; `nil` for all.
    let filter: String?
  }

  let path: String
  private let files: Files

  /// Makes the instance. Nothing is recorded yet.
  ///
  /// `kilobytes`: of buffer for each processor. What does not fit any more is dropped and counted, so that what was
  /// recorded first stays.
  init(_ path: String, kilobytes: Int, _ files: Files) throws(KernelError) {
    self.path = path
    self.files = files
    try Self.attempt("mkdir(\(path))") { () throws(Errno) in try files.makeFolder(path) }
    do throws(KernelError) {
      try set("trace_clock", "mono")
      try set("options/overwrite", "0")
      // Children and threads of what is followed are followed; who ends is forgotten.
      try set("options/event-fork", "1")
      try set("buffer_size_kb", String(kilobytes))
    } catch {
      remove()
      throw error
    }
  }

  /// Processors whose buffers can be read.
  var pipes: [String] {
    get throws(KernelError) {
      let names = try Self.attempt("reading \(path)/per_cpu") { () throws(Errno) in
        try files.names(in: "\(path)/per_cpu")
      }
      return names.filter { $0.hasPrefix("cpu") }.sorted().map { "\(path)/per_cpu/\($0)/trace_pipe_raw" }
    }
  }

  /// Follows a thread as well. As long as there is none, everything is recorded.
  func follow(_ task: Int32) throws(KernelError) { try set("set_event_pid", String(task)) }

  /// Threads that are followed and have not ended.
  func followed() throws(KernelError) -> [Int32] {
    let text = try Self.attempt("reading \(path)/set_event_pid") { () throws(Errno) in
      try files.text(of: "\(path)/set_event_pid")
    }
    // The kernel forgets them a moment after they ended.
    return text.split(separator: "\n").compactMap { Int32($0) }.filter { TaskState.isRunning($0, files) }
  }

  func record(_ recording: Recording, group: String) throws(KernelError) {
    let event = "events/\(recording.source.path(group: group))"
    if let filter = recording.filter { try set("\(event)/filter", filter) }
    try set("\(event)/enable", "1")
  }

  func format(of source: EventSource, group: String) throws(KernelError) -> EventFormat {
    let file = "\(path)/events/\(source.path(group: group))/format"
    let text = try Self.attempt("reading \(file)") { () throws(Errno) in try files.text(of: file) }
    guard let format = EventFormat(text) else { throw KernelError("understanding \(file)", .invalid) }
    return format
  }

  /// Events that did not fit into the buffers. A count that cannot be read is one: what is not known to be whole is not.
  func lost() -> Int {
    guard let processors = try? files.names(in: "\(path)/per_cpu"), !processors.isEmpty else { return 1 }
    var lost = 0
    for name in processors {
      guard let text = try? files.text(of: "\(path)/per_cpu/\(name)/stats") else {
        lost += 1
        continue
      }
      for line in text.split(separator: "\n") {
        let parts = line.split(separator: ":")
        guard parts.count == 2, ["overrun", "commit overrun", "dropped events"].contains(parts[0]) else { continue }
        lost += Int(parts[1].drop { $0 == " " }) ?? 0
      }
    }
    return lost
  }

  /// Takes it away with all that it recorded. Whoever reads its buffers must have closed them.
  func remove() { try? files.removeFolder(path) }

  private func set(_ name: String, _ value: String) throws(KernelError) {
    try Self.attempt("writing '\(value)' to \(path)/\(name)") { () throws(Errno) in
      try files.append(value + "\n", to: "\(path)/\(name)")
    }
  }

  static func attempt<Value>(_ call: String, _ body: () throws(Errno) -> Value) throws(KernelError) -> Value {
    do throws(Errno) { return try body() } catch { throw KernelError(call, error) }
  }
}
