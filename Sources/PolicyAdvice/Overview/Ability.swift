import URingABI

/// What a program can do with operations, in plain words. Every known operation is in exactly one.
struct Ability {
  let part: PolicyOverview.Part
  let text: String
  private let names: [String]

  private init(_ part: PolicyOverview.Part, _ text: String, _ names: [String]) {
    self.part = part
    self.text = text
    self.names = names
  }

  var operations: [Operation] {
    names.map { name in
      guard let operation = Operation(name: name) else { preconditionFailure("no operation named \(name)") }
      return operation
    }
  }

  static let all = [
    Ability(.files, "open files", ["openat", "openat2"]),
    Ability(.files, "ask for a file's size, owner and times", ["statx"]),
    Ability(.files, "rename and move files", ["renameat"]),
    Ability(.files, "remove files and directories", ["unlinkat"]),
    Ability(.files, "make directories", ["mkdirat"]),
    Ability(.files, "make symbolic links", ["symlinkat"]),
    Ability(.files, "make hard links", ["linkat"]),
    Ability(.files, "change the size of open files", ["fallocate", "ftruncate"]),
    Ability(.files, "flush written data to storage", ["fsync", "sync_file_range"]),
    Ability(.files, "advise the kernel how a file will be read", ["fadvise"]),
    Ability(.files, "read extended attributes", ["getxattr", "fgetxattr"]),
    Ability(.files, "set extended attributes", ["setxattr", "fsetxattr"]),

    Ability(.data, "read", ["read", "readv", "read_fixed", "readv_fixed", "read_multishot"]),
    Ability(.data, "write", ["write", "writev", "write_fixed", "writev_fixed"]),
    Ability(.data, "move data from one descriptor to another", ["splice", "tee"]),
    Ability(.data, "make pipes", ["pipe"]),
    Ability(.data, "close", ["close"]),

    Ability(.sockets, "make sockets", ["socket"]),
    Ability(.sockets, "bind sockets to addresses", ["bind"]),
    Ability(.sockets, "wait for connections and accept them", ["listen", "accept"]),

    Ability(.connections, "connect", ["connect"]),
    Ability(.connections, "send", ["send", "sendmsg", "send_zc", "sendmsg_zc"]),
    Ability(.connections, "receive", ["recv", "recvmsg", "recv_zc"]),
    Ability(.connections, "shut down one direction of a connection", ["shutdown"]),

    Ability(.waiting, "set time limits", ["timeout", "timeout_remove", "link_timeout"]),
    Ability(.waiting, "wait until descriptors are ready", ["poll_add", "poll_remove", "epoll_ctl", "epoll_wait"]),
    Ability(.waiting, "wait for other threads, and wake them", ["futex_wait", "futex_wake", "futex_waitv"]),
    Ability(.waiting, "wait for child processes", ["waitid"]),
    Ability(.waiting, "cancel requests", ["async_cancel"]),
    Ability(.waiting, "do nothing", ["nop", "nop128"]),

    Ability(.ring, "send commands to drivers and sockets", ["uring_cmd", "uring_cmd128"]),
    Ability(.ring, "send messages and open files to other rings", ["msg_ring"]),
    Ability(.ring, "provide buffers to the kernel and remove them", ["provide_buffers", "remove_buffers"]),
    Ability(.ring, "update registered files", ["files_update"]),
    Ability(.ring, "make descriptors of registered files", ["fixed_fd_install"]),
    Ability(.ring, "advise the kernel how memory will be used", ["madvise"]),
  ]
}
