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
    Ability(.files, "remove files and folders", ["unlinkat"]),
    Ability(.files, "make folders", ["mkdirat"]),
    Ability(.files, "make symbolic links", ["symlinkat"]),
    Ability(.files, "give files further names (hard links)", ["linkat"]),
    Ability(.files, "change the size of open files", ["fallocate", "ftruncate"]),
    Ability(.files, "bring written data to storage", ["fsync", "sync_file_range"]),
    Ability(.files, "tell the kernel how a file will be read", ["fadvise"]),
    Ability(.files, "read extended attributes", ["getxattr", "fgetxattr"]),
    Ability(.files, "set extended attributes", ["setxattr", "fsetxattr"]),

    Ability(.data, "read", ["read", "readv", "read_fixed", "readv_fixed", "read_multishot"]),
    Ability(.data, "write", ["write", "writev", "write_fixed", "writev_fixed"]),
    Ability(.data, "move data from one descriptor to another", ["splice", "tee"]),
    Ability(.data, "make pipes", ["pipe"]),
    Ability(.data, "close", ["close"]),

    Ability(.sockets, "make sockets", ["socket"]),
    Ability(.sockets, "give a socket its own address", ["bind"]),
    Ability(.sockets, "wait for connections, and take them", ["listen", "accept"]),

    Ability(.connections, "connect", ["connect"]),
    Ability(.connections, "send", ["send", "sendmsg", "send_zc", "sendmsg_zc"]),
    Ability(.connections, "receive", ["recv", "recvmsg", "recv_zc"]),
    Ability(.connections, "end a connection in one direction", ["shutdown"]),

    Ability(.waiting, "set time limits", ["timeout", "timeout_remove", "link_timeout"]),
    Ability(.waiting, "wait until descriptors are ready", ["poll_add", "poll_remove", "epoll_ctl", "epoll_wait"]),
    Ability(.waiting, "wait for other threads, and wake them", ["futex_wait", "futex_wake", "futex_waitv"]),
    Ability(.waiting, "wait for child processes", ["waitid"]),
    Ability(.waiting, "cancel requests", ["async_cancel"]),
    Ability(.waiting, "do nothing", ["nop", "nop128"]),

    Ability(.ring, "send commands to drivers and sockets", ["uring_cmd", "uring_cmd128"]),
    Ability(.ring, "hand messages and open files to other rings", ["msg_ring"]),
    Ability(.ring, "hand buffers to the kernel, and take them back", ["provide_buffers", "remove_buffers"]),
    Ability(.ring, "exchange registered files", ["files_update"]),
    Ability(.ring, "make descriptors of registered files", ["fixed_fd_install"]),
    Ability(.ring, "tell the kernel how memory will be used", ["madvise"]),
  ]
}
