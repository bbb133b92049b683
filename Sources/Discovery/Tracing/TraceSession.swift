package import Kernel

/// Everything that is set up in tracefs to follow processes, from making it to taking it away.
package final class TraceSession {
  /// Whose events are wanted.
  package enum Scope: Sendable, Equatable {
    /// Threads that are named later, and all that come of them.
    case tree
    /// Every process of the machine.
    case everything
  }

  /// Which events are wanted, and with which of the kernel's filters.
  package typealias Wanted = [(source: EventSource, filter: String?)]

  /// Kilobytes of buffers for all processors together, and for one.
  private static let mostKilobytes = 65_536
  private static let mostKilobytesOfOne = 16_384

  private let files = LinuxTraceFiles()
  private let folder: TraceFolder
  private let name: SessionName
  private let scope: Scope
  private var wanted: Wanted
  private var instances: [TraceInstance<LinuxTraceFiles>] = []
  private var hasProbes = false
  private var stream: EventStream?
  private var countedLost = 0

  /// Makes instances and probes; nothing is recorded before `start()`. On an error, nothing is left.
  package init(_ folder: TraceFolder, _ wanted: Wanted, scope: Scope) throws(KernelError) {
    guard let name = SessionName(of: Console.processID, files) else {
      throw KernelError("reading /proc/\(Console.processID)/stat", .noSuchFile)
    }
    self.folder = folder
    self.name = name
    self.scope = scope
    self.wanted = wanted
    LeftBehind.remove(from: folder.path, files)
    do throws(KernelError) {
      try makeProbes()
      instances.append(try instance("main"))
      // Threads that submit for a ring do not come of fork(2), so nobody follows them.
      if scope == .tree { instances.append(try instance("sq")) }
    } catch {
      end()
      throw error
    }
  }

  deinit { end() }

  /// Events that were wanted and that this kernel does not have.
  package private(set) var unavailable: [EventSource] = []

  private func makeProbes() throws(KernelError) {
    var available: Wanted = []
    for (source, filter) in wanted {
      if let definition = source.definition(group: name.group) {
        do throws(Errno) {
          guard folder.hasProbes else { throw .noSuchFile }
          try files.append(definition + "\n", to: "\(folder.path)/kprobe_events")
          hasProbes = true
        } catch {
          // A kernel without the function, or one that does not let it be probed: the rest works without.
          guard [.noSuchFile, .invalid, .notPermitted, .noMemory].contains(error) else {
            throw KernelError("defining a probe of \(source.function ?? "")", error)
          }
          unavailable.append(source)
          continue
        }
      } else if [.registerEntered, .registerLeft].contains(source), !folder.seesRegistrations {
        unavailable.append(source)
        continue
      }
      available.append((source, filter))
    }
    wanted = available
  }

  private func instance(_ part: String) throws(KernelError) -> TraceInstance<LinuxTraceFiles> {
    let processors = max(1, ((try? files.names(in: "\(folder.path)/per_cpu")) ?? []).count)
    return try TraceInstance(
      "\(folder.path)/instances/\(name.instance(part))",
      kilobytes: max(256, min(Self.mostKilobytesOfOne, Self.mostKilobytes / processors)), files)
  }

  /// Follows a thread, and all that come of it. Of no use for `everything`.
  package func follow(_ task: Int32) throws(KernelError) { try instances.first?.follow(task) }

  /// Threads that are followed and have not ended.
  package func followed() throws(KernelError) -> [Int32] { try instances.first?.followed() ?? [] }

  /// Begins to record. For a tree, at least one thread must be followed by now.
  package func start() throws(KernelError) {
    var decoder = EventDecoder()
    var paths: [String] = []
    var firstOfThreads = Int.max
    for (index, instance) in instances.enumerated() {
      let isForThreads = index == 1
      if isForThreads { firstOfThreads = paths.count }
      paths += try instance.pipes
      for (source, filter) in wanted {
        if index == 0 {
          guard decoder.add(source, try instance.format(of: source, group: name.group)) else {
            throw KernelError("understanding the format of \(source.path(group: name.group))", .invalid)
          }
        }
        // Such threads submit, and do nothing else.
        if isForThreads, [.created, .executed, .registerEntered, .registerLeft].contains(source) { continue }
        let filters = [filter, isForThreads ? "comm ~ \"iou-sqp-*\"" : nil].compactMap { $0 }
        try instance.record(
          .init(source: source, filter: filters.isEmpty ? nil : filters.joined(separator: " && ")), group: name.group)
      }
    }
    let file = "\(folder.path)/events/header_page"
    let text = try TraceInstance<LinuxTraceFiles>.attempt("reading \(file)") { () throws(Errno) in
      try files.text(of: file)
    }
    guard let format = PageFormat(text) else { throw KernelError("understanding \(file)", .invalid) }
    stream = EventStream(try EventPipes(paths), decoder, format, firstOfThreads: firstOfThreads)
  }

  /// What can be waited for beside the time.
  package var descriptors: [Int32] { stream?.descriptors ?? [] }

  /// The events since the last call, in the order of time. `isLast`: hold nothing back.
  package func events(isLast: Bool = false) throws(KernelError) -> [TraceEvent] {
    try stream?.next(now: isLast ? .max : Clock.monotonic) ?? []
  }

  /// Events that were not recorded although they were wanted.
  package func lost() -> Int {
    if instances.isEmpty { return countedLost }
    let missed = hasProbes ? missedByProbes() : 0
    return instances.reduce(missed) { $0 + $1.lost() }
  }

  /// `  uring_jail_1_2/openShown     hits     misses`
  /// A count that cannot be read is one, as for buffers.
  private func missedByProbes() -> Int {
    guard let text = try? files.text(of: "\(folder.path)/kprobe_profile") else { return 1 }
    return text.split(separator: "\n").reduce(0) { sum, line in
      let words = line.split(separator: " ")
      // The group is not named there; the events have names of their own.
      guard words.count == 3, EventSource(rawValue: String(words[0])) != nil else { return sum }
      return sum + (Int(words[2]) ?? 0)
    }
  }

  /// Takes everything away. What was recorded and not read is gone.
  package func end() {
    countedLost = lost()
    stream = nil
    for instance in instances { instance.remove() }
    instances = []
    if hasProbes { LeftBehind.removeProbes(of: name.group, from: folder.path, files) }
    hasProbes = false
  }
}
