import Kernel

/// Whether the numbers of processes here are those of trace events.
///
/// Events, and `set_event_pid`, have the numbers of the first PID namespace, whoever reads and writes them
/// (`trace_pid_write()`, kernel/trace/trace_pid.c, compares with `task->pid`). In any other, as containers have, the same
/// number is another process's or nobody's, and what those are called outside cannot be asked: a session would
/// follow a stranger, or nobody, without a word.
enum ProcessNumbers {
  /// PROC_PID_INIT_INO, include/linux/proc_ns.h.
  private static let first = "pid:[4026531836]"

  /// `nil` if they are. `process`: the number of this process.
  static func obstacle(_ files: some TraceFiles, process: Int32) -> TraceFolder.Obstacle? {
    do throws(Errno) {
      let namespace = try files.link("/proc/self/ns/pid")
      if namespace != first { return inside }
    } catch {
      // The name is missing where the kernel has no such namespaces.
      guard error == .noSuchFile, let names = try? files.names(in: "/proc/self/ns"), !names.contains("pid") else {
        if (try? files.link("/proc/self")) != "\(process)" { return otherProcess }
        return TraceFolder.Obstacle(
          message: "uring-jail cannot determine whether this is a PID namespace: "
            + "reading /proc/self/ns/pid failed: \(error)",
          help: "mount proc on /proc")
      }
    }
    return (try? files.link("/proc/self")) == "\(process)" ? nil : otherProcess
  }

  private static var inside: TraceFolder.Obstacle {
    TraceFolder.Obstacle(
      message: "this process is in a PID namespace, as in a container, and trace events have the numbers that "
        + "processes have outside of it",
      help: "run it on the host, with --pid and the number that the process has there, or in a container that shares "
        + "the host's PID namespace (--pid=host of docker and podman, hostPID of Kubernetes)")
  }

  private static var otherProcess: TraceFolder.Obstacle {
    TraceFolder.Obstacle(
      message: "this /proc is not that of this process's PID namespace, so processes have other numbers there",
      help: "mount proc on /proc")
  }
}
