/// An io_uring request opcode (`IORING_OP_*`, include/uapi/linux/io_uring.h).
///
/// Any number is a valid value: a kernel may know operations that this program does not.
package struct Operation: Hashable, Comparable, Sendable {
  /// The opcode, `sqe->opcode`.
  package let code: UInt8

  package init(code: UInt8) {
    self.code = code
  }

  /// The operation with this policy name: the C name in lower case without `IORING_OP_`.
  package init?(name: String) {
    guard let index = Self.table.firstIndex(where: { $0.name == name }) else { return nil }
    self.init(code: UInt8(index))
  }

  package static func < (a: Operation, b: Operation) -> Bool { a.code < b.code }

  /// The policy name, or the number where there is none.
  package var name: String { entry?.name ?? String(code) }

  /// The first release that has the operation; `nil` for one that this program does not know.
  package var since: KernelRelease? { entry?.since }

  private var entry: Entry? { code < Self.table.count ? Self.table[Int(code)] : nil }

  /// Every operation of the newest known kernel, by opcode.
  package static var known: [Operation] { table.indices.map { Operation(code: UInt8($0)) } }

  package static let connect = Operation(code: 16)
  package static let openat = Operation(code: 18)
  package static let openat2 = Operation(code: 28)
  package static let socket = Operation(code: 45)

  /// Every operation of whose requests filters see more than opcode, flags and user data, by opcode.
  package static let withArguments = known.filter { $0.arguments != .none }

  /// What filters see of its requests.
  package var arguments: ArgumentKind { entry?.arguments ?? .none }

  /// Which of its requests the kernel makes asynchronous by itself.
  package var forcedAsync: ForcedAsync { entry?.forcedAsync ?? .never }

  struct Entry: Sendable {
    let name: String
    let since: KernelRelease
    let arguments: ArgumentKind
    let forcedAsync: ForcedAsync

    init(
      name: String, since: KernelRelease, arguments: ArgumentKind = .none, forcedAsync: ForcedAsync = .never
    ) {
      self.name = name
      self.since = since
      self.arguments = arguments
      self.forcedAsync = forcedAsync
    }
  }

  /// Index is the opcode. Compared with the kernel's headers by Scripts/check-abi.
  static let table: [Entry] = [
    Entry(name: "nop", since: KernelRelease(5, 1)),
    Entry(name: "readv", since: KernelRelease(5, 1)),
    Entry(name: "writev", since: KernelRelease(5, 1)),
    Entry(name: "fsync", since: KernelRelease(5, 1), forcedAsync: .always),
    Entry(name: "read_fixed", since: KernelRelease(5, 1)),
    Entry(name: "write_fixed", since: KernelRelease(5, 1)),
    Entry(name: "poll_add", since: KernelRelease(5, 1)),
    Entry(name: "poll_remove", since: KernelRelease(5, 1)),
    Entry(name: "sync_file_range", since: KernelRelease(5, 2), forcedAsync: .always),
    Entry(name: "sendmsg", since: KernelRelease(5, 3)),
    Entry(name: "recvmsg", since: KernelRelease(5, 3)),
    Entry(name: "timeout", since: KernelRelease(5, 4)),
    Entry(name: "timeout_remove", since: KernelRelease(5, 5)),
    Entry(name: "accept", since: KernelRelease(5, 5)),
    Entry(name: "async_cancel", since: KernelRelease(5, 5)),
    Entry(name: "link_timeout", since: KernelRelease(5, 5)),
    Entry(name: "connect", since: KernelRelease(5, 5), arguments: .connect),
    Entry(name: "fallocate", since: KernelRelease(5, 6), forcedAsync: .always),
    Entry(name: "openat", since: KernelRelease(5, 6), arguments: .openat, forcedAsync: .whereFilesChange),
    Entry(name: "close", since: KernelRelease(5, 6)),
    Entry(name: "files_update", since: KernelRelease(5, 6)),
    Entry(name: "statx", since: KernelRelease(5, 6), forcedAsync: .always),
    Entry(name: "read", since: KernelRelease(5, 6)),
    Entry(name: "write", since: KernelRelease(5, 6)),
    Entry(name: "fadvise", since: KernelRelease(5, 6), forcedAsync: .whereAdviceIsSlow),
    Entry(name: "madvise", since: KernelRelease(5, 6), forcedAsync: .always),
    Entry(name: "send", since: KernelRelease(5, 6)),
    Entry(name: "recv", since: KernelRelease(5, 6)),
    Entry(name: "openat2", since: KernelRelease(5, 6), arguments: .openat2, forcedAsync: .whereFilesChange),
    Entry(name: "epoll_ctl", since: KernelRelease(5, 6)),
    Entry(name: "splice", since: KernelRelease(5, 7), forcedAsync: .always),
    Entry(name: "provide_buffers", since: KernelRelease(5, 7)),
    Entry(name: "remove_buffers", since: KernelRelease(5, 7)),
    Entry(name: "tee", since: KernelRelease(5, 8), forcedAsync: .always),
    Entry(name: "shutdown", since: KernelRelease(5, 11), forcedAsync: .always),
    Entry(name: "renameat", since: KernelRelease(5, 11), forcedAsync: .always),
    Entry(name: "unlinkat", since: KernelRelease(5, 11), forcedAsync: .always),
    Entry(name: "mkdirat", since: KernelRelease(5, 15), forcedAsync: .always),
    Entry(name: "symlinkat", since: KernelRelease(5, 15), forcedAsync: .always),
    Entry(name: "linkat", since: KernelRelease(5, 15), forcedAsync: .always),
    Entry(name: "msg_ring", since: KernelRelease(5, 18)),
    Entry(name: "fsetxattr", since: KernelRelease(5, 19), forcedAsync: .always),
    Entry(name: "setxattr", since: KernelRelease(5, 19), forcedAsync: .always),
    Entry(name: "fgetxattr", since: KernelRelease(5, 19), forcedAsync: .always),
    Entry(name: "getxattr", since: KernelRelease(5, 19), forcedAsync: .always),
    Entry(name: "socket", since: KernelRelease(5, 19), arguments: .socket),
    Entry(name: "uring_cmd", since: KernelRelease(5, 19)),
    Entry(name: "send_zc", since: KernelRelease(6, 0)),
    Entry(name: "sendmsg_zc", since: KernelRelease(6, 1)),
    Entry(name: "read_multishot", since: KernelRelease(6, 7)),
    Entry(name: "waitid", since: KernelRelease(6, 7)),
    Entry(name: "futex_wait", since: KernelRelease(6, 7)),
    Entry(name: "futex_wake", since: KernelRelease(6, 7)),
    Entry(name: "futex_waitv", since: KernelRelease(6, 7)),
    Entry(name: "fixed_fd_install", since: KernelRelease(6, 8)),
    Entry(name: "ftruncate", since: KernelRelease(6, 9), forcedAsync: .always),
    Entry(name: "bind", since: KernelRelease(6, 11)),
    Entry(name: "listen", since: KernelRelease(6, 11)),
    Entry(name: "recv_zc", since: KernelRelease(6, 15)),
    Entry(name: "epoll_wait", since: KernelRelease(6, 15)),
    Entry(name: "readv_fixed", since: KernelRelease(6, 15)),
    Entry(name: "writev_fixed", since: KernelRelease(6, 15)),
    Entry(name: "pipe", since: KernelRelease(6, 16)),
    Entry(name: "nop128", since: KernelRelease(6, 19)),
    Entry(name: "uring_cmd128", since: KernelRelease(6, 19)),
  ]
}
