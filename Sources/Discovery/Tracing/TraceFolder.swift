package import Kernel

/// The tracefs of this machine, if it can be used, and what is missing if not.
package struct TraceFolder: Sendable, Equatable {
  /// The usual places, the one for itself first.
  private static let places = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"]

  /// Absolute, without a slash at its end.
  package let path: String
  /// True if functions of the kernel's can be probed, as long as nothing forbids it.
  package let hasProbes: Bool
  /// True if calls of io_uring_register(2) can be seen.
  package let seesRegistrations: Bool

  /// What is in the way, and what to do about it.
  package struct Obstacle: Error, Equatable {
    package let message: String
    package let help: String
  }

  /// Looks, and makes nothing. `process`: the number of this process.
  package static func find(_ files: some TraceFiles, process: Int32) throws(Obstacle) -> TraceFolder {
    if let obstacle = ProcessNumbers.obstacle(files, process: process) { throw obstacle }
    guard let path = places.first(where: files.isTraceFileSystem) else {
      throw isPrivileged(files) ? notMounted(files) : unprivileged("tracefs cannot be read")
    }
    let missing = "this kernel was built without"
    do throws(Errno) {
      _ = try files.names(in: "\(path)/instances")
    } catch {
      throw error == .noSuchFile
        ? Obstacle(message: "\(missing) tracing", help: "use one with CONFIG_TRACING and CONFIG_EVENT_TRACING")
        : refusal(error, files)
    }
    let events = (try? files.names(in: "\(path)/events/io_uring")) ?? []
    guard events.contains("io_uring_req_failed"), events.contains("io_uring_submit_req") else {
      throw Obstacle(
        message: "\(missing) events for io_uring", help: "use one with CONFIG_IO_URING and CONFIG_EVENT_TRACING")
    }
    let systemCalls = (try? files.names(in: "\(path)/events/syscalls")) ?? []
    return TraceFolder(
      path: path, hasProbes: ((try? files.names(in: path)) ?? []).contains("kprobe_events"),
      seesRegistrations: systemCalls.contains("sys_enter_io_uring_register"))
  }

  /// What keeps this process from making its own instance, tried by making one and taking it away; `nil` if nothing.
  package static func obstacle(_ files: some TraceFiles, process: Int32) -> Obstacle? {
    do throws(Obstacle) {
      let folder = try find(files, process: process)
      // Under a name of ours, so that it is removed even if this process is killed in between.
      guard let name = SessionName(of: process, files) else { throw refusal(.noSuchFile, files) }
      let path = "\(folder.path)/instances/\(name.instance("probe"))"
      do throws(Errno) {
        try files.makeFolder(path)
        try files.removeFolder(path)
        return nil
      } catch {
        throw refusal(error, files)
      }
    } catch {
      return error
    }
  }

  // MARK: Obstacles

  private static func isPrivileged(_ files: some TraceFiles) -> Bool {
    // "CapEff:\t000001ffffffffff"; CAP_SYS_ADMIN is 21.
    let line = ((try? files.text(of: "/proc/self/status")) ?? "").split(separator: "\n")
      .first { $0.hasPrefix("CapEff:") }
    return (line.flatMap { UInt64($0.split(separator: "\t").last ?? "", radix: 16) } ?? 0) & (1 << 21) != 0
  }

  private static func notMounted(_ files: some TraceFiles) -> Obstacle {
    let known = (try? files.text(of: "/proc/filesystems")) ?? ""
    guard known.split(separator: "\n").contains(where: { $0.hasSuffix("tracefs") }) else {
      return Obstacle(message: "this kernel has no tracefs", help: "use one with CONFIG_TRACING")
    }
    return Obstacle(
      message: "tracefs is not mounted", help: "mount it: mount -t tracefs tracefs \(places[0])")
  }

  private static func unprivileged(_ what: String) -> Obstacle {
    Obstacle(
      message: "\(what) without privilege",
      help: "run it as root, or with CAP_SYS_ADMIN in the initial user namespace")
  }

  package static func refusal(_ error: Errno, _ files: some TraceFiles) -> Obstacle {
    if let lockdown = lockdown(files) {
      return Obstacle(
        message: "kernel lockdown (\(lockdown)) forbids tracing",
        help: "boot without it; secure boot turns it on")
    }
    if error == .accessDenied || error == .notPermitted {
      if isPrivileged(files) {
        return Obstacle(
          message: "tracefs cannot be changed: \(error)",
          help: "a container's runtime or a security module may forbid it; try outside of it")
      }
      return unprivileged("tracefs cannot be used")
    }
    return Obstacle(
      message: "tracefs cannot be changed: \(error)", help: "check whether it is mounted read-only")
  }

  /// The level that is in force, if it is not none: `none [integrity] confidentiality`.
  private static func lockdown(_ files: some TraceFiles) -> String? {
    guard let text = try? files.text(of: "/sys/kernel/security/lockdown"),
      let chosen = text.split(whereSeparator: { $0 == " " || $0 == "\n" }).first(where: { $0.hasPrefix("[") })
    else { return nil }
    let level = chosen.dropFirst().dropLast()
    return level == "none" ? nil : String(level)
  }
}
