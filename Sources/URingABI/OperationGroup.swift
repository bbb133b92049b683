/// Named sets of operations. Names that systemd has for sets of system calls mean the same here; docs/groups.md gives
/// the reason for each membership.
package struct OperationGroup: Sendable {
  /// With the leading `@`.
  package let name: String
  /// One line for lists.
  package let summary: String
  /// The names of the members.
  private let names: [String]

  private init(_ name: String, _ summary: String, _ members: [String]) {
    self.name = name
    self.summary = summary
    names = members
  }

  /// In ascending order. Looked up at each call.
  package var members: [Operation] {
    names.map { name in
      guard let operation = Operation(name: name) else { preconditionFailure("no operation named \(name)") }
      return operation
    }.sorted()
  }

  package static func named(_ name: String) -> OperationGroup? { all.first { $0.name == name } }

  /// The groups that an operation is in.
  package static func containing(_ operation: Operation) -> [OperationGroup] {
    all.filter { $0.members.contains(operation) }
  }

  private static let peers = [
    "socket", "connect", "shutdown", "send", "sendmsg", "send_zc", "sendmsg_zc", "recv", "recvmsg", "recv_zc",
  ]

  /// Every operation of the newest known kernel is in at least one.
  package static let all: [OperationGroup] = [
    // What a system call group of the same name holds, as io_uring operations.
    OperationGroup(
      "@basic-io", "read and write open files, and close them",
      [
        "read", "write", "readv", "writev", "read_fixed", "write_fixed", "readv_fixed", "writev_fixed",
        "read_multishot", "close",
      ]),
    OperationGroup(
      "@file-system", "open, create, remove, link, inspect and resize files",
      [
        "openat", "openat2", "close", "statx", "renameat", "unlinkat", "mkdirat", "symlinkat", "linkat", "fallocate",
        "ftruncate", "fadvise", "setxattr", "fsetxattr", "getxattr", "fgetxattr",
      ]),
    OperationGroup(
      "@network-io", "everything on sockets",
      peers + ["bind", "listen", "accept"]),
    OperationGroup(
      "@io-event", "wait for descriptors to become ready",
      ["poll_add", "poll_remove", "epoll_ctl", "epoll_wait"]),
    OperationGroup(
      "@ipc", "pipes, and messages to other rings",
      ["pipe", "msg_ring"]),
    OperationGroup("@process", "wait for child processes", ["waitid"]),
    OperationGroup(
      "@raw-io", "commands to drivers, whose meaning only the driver knows",
      ["uring_cmd", "uring_cmd128"]),
    OperationGroup("@sync", "write file data to storage", ["fsync", "sync_file_range"]),
    OperationGroup("@timer", "time limits", ["timeout", "timeout_remove", "link_timeout"]),

    // What only io_uring has.
    OperationGroup(
      "@buffers", "provide buffers to the kernel and remove them",
      ["provide_buffers", "remove_buffers"]),
    OperationGroup(
      "@descriptors", "turn registered files into descriptors and back, and close both",
      ["files_update", "fixed_fd_install", "close"]),
    OperationGroup(
      "@extended-attributes", "extended attributes of files",
      ["setxattr", "fsetxattr", "getxattr", "fgetxattr"]),
    OperationGroup("@futex", "wait for and wake other threads", ["futex_wait", "futex_wake", "futex_waitv"]),
    OperationGroup("@memory", "advice about memory", ["madvise"]),
    OperationGroup("@splice", "move data between descriptors without reading it", ["splice", "tee"]),
    OperationGroup(
      "@zero-copy", "send and receive without copying",
      ["send_zc", "sendmsg_zc", "recv_zc"]),

    // Tasks.
    OperationGroup(
      "@basic", "what any event loop needs: time, cancellation, readiness, closing; touches nothing new",
      [
        "nop", "nop128", "timeout", "timeout_remove", "link_timeout", "async_cancel", "poll_add", "poll_remove",
        "close",
      ]),
    OperationGroup(
      "@file-read", "open, inspect and read files; narrow it with [open] access = [\"read\"]",
      [
        "openat", "openat2", "close", "statx", "read", "readv", "read_fixed", "readv_fixed", "read_multishot",
        "fadvise", "getxattr", "fgetxattr",
      ]),
    OperationGroup(
      "@file-write", "write files that are open, and flush them to storage",
      [
        "write", "writev", "write_fixed", "writev_fixed", "fsync", "sync_file_range", "fallocate", "ftruncate",
        "close",
      ]),
    OperationGroup("@network-client", "reach others over sockets", peers),
    OperationGroup(
      "@network-server", "serve others over sockets, and reach what the service itself needs",
      peers + ["bind", "listen", "accept"]),
  ]
}
