/// Something that policies can leave reachable and that has harmed, or helps who wants to harm.
package struct Danger: Sendable {
  /// A mistake of the kernel in just this place.
  package struct Incident: Sendable {
    /// The number under which it is known.
    package let id: String
    package let summary: String
    /// Where in the kernel, and what corrected it.
    package let source: String
  }

  /// Stable, for scripts.
  package let id: String
  /// Operations and register opcodes that it is about; none where it is about something else.
  package let operations: [String]
  package let registerOpcodes: [String]
  package let reason: String
  /// Not every mistake that there was: those that are certain to belong here.
  package let history: [Incident]

  private init(
    _ id: String, operations: [String] = [], register: [String] = [], _ reason: String, _ history: [Incident] = []
  ) {
    self.id = id
    self.operations = operations
    registerOpcodes = register
    self.reason = reason
    self.history = history
  }

  private static func incident(_ id: String, _ summary: String, _ source: String) -> Incident {
    Incident(id: id, summary: summary, source: source)
  }

  // MARK: Reachable by name

  package static let named = [
    Danger(
      "driver-commands", operations: ["uring_cmd", "uring_cmd128"],
      "Commands for drivers and sockets. Filters do not see the command, and only the driver knows what it does."),
    Danger(
      "provided-buffers", operations: ["provide_buffers", "remove_buffers"],
      "Provides memory to the kernel for later requests, which use it without checking what has become of it.",
      [
        incident(
          "CVE-2021-3491", "a buffer longer than reads can be led to a heap overflow",
          "fixed by d1f82808877b, \"io_uring: truncate lengths larger than MAX_RW_COUNT on provide buffers\""),
        incident(
          "CVE-2021-41073", "reading into a provided buffer let the program free memory of the kernel",
          "loop_rw_iter(), fs/io_uring.c; fixed in 5.14.7"),
      ]),
    Danger(
      "buffer-rings", register: ["pbuf_ring"],
      "Buffers in memory that the kernel and the program share. The kernel has freed it too early more than once.",
      [
        incident(
          "CVE-2024-0582", "mapped memory could be used after the kernel had freed it",
          "fixed by c392cbecd8ec, \"io_uring/kbuf: defer release of mapped buffer rings\""),
        incident(
          "CVE-2024-35880", "mapping a buffer ring raced with its removal",
          "\"io_uring/kbuf: hold io_buffer_list reference over mmap\""),
      ]),
    Danger(
      "fixed-buffers", register: ["buffers", "buffers2", "buffers_update", "clone_buffers"],
      "Pins memory of the program for as long as the ring lives.",
      [
        incident(
          "CVE-2023-2598", "a registered buffer gave access to memory beyond its end",
          "io_sqe_buffer_register(), io_uring/rsrc.c, in 6.3")
      ]),
    Danger(
      "registered-files", operations: ["files_update"], register: ["files", "files2", "files_update", "files_update2"],
      "Keeps files in the ring. They stay usable after the program has closed them.",
      [
        incident(
          "CVE-2022-2602", "a registered file was freed by the collector of unix sockets while in use",
          "unix_gc(), net/unix/garbage.c, with files registered in a ring"),
        incident(
          "CVE-2023-1872", "a registered file could be removed while a request took it",
          "io_file_get_fixed(), without the ring's lock"),
      ]),
    Danger(
      "messages-to-rings", operations: ["msg_ring"], register: ["send_msg_ring"],
      "Sends completions and open files to rings of other processes.",
      [
        incident(
          "CVE-2022-3910", "a registered file lost a reference with each message", "io_msg_ring()")
      ]),
    Danger(
      "descriptors-of-registered-files", operations: ["fixed_fd_install"],
      "Makes descriptors of files that only the ring had, for ordinary system calls."),
    Danger(
      "epoll", operations: ["epoll_ctl"], "Works on any descriptor, regardless of the conditions on other operations."),
    Danger(
      "splicing", operations: ["splice", "tee"],
      "Moves data between descriptors inside the kernel, where no filter sees it.",
      [
        incident(
          "CVE-2022-4696", "a splice done by a worker thread used namespaces that it did not hold",
          "IORING_OP_SPLICE without IO_WQ_WORK_FILES; fixed in 5.10.160")
      ]),
    Danger(
      "linked-timeouts", operations: ["link_timeout"],
      "A timer that ends another request. The kernel has had races between the two more than once.",
      [
        incident(
          "CVE-2022-29582", "timers of requests were used after they were freed, in a race", "fixed in 5.17.3"),
        incident(
          "CVE-2023-3389", "cancelling a poll raced with a linked timeout",
          "fixed by ef7dfac51d8e"),
      ]),
    Danger(
      "addressed-messages", operations: ["sendmsg", "sendmsg_zc", "send", "send_zc"],
      "Can carry an address of their own, which filters do not see: over UDP, or with TCP fast open.",
      [
        incident(
          "CVE-2019-19241", "sendmsg was done by a worker thread with the kernel's own rights",
          "fixed by 181e448d8709, \"io_uring: async workers should inherit the user creds\"")
      ]),
    Danger(
      "zero-copy", operations: ["send_zc", "sendmsg_zc", "recv_zc"], register: ["zcrx_ifq", "zcrx_ctrl"],
      "Hands memory of the program to network devices, which use it after the request has returned."),
    Danger(
      "changing-paths", operations: ["renameat", "unlinkat", "mkdirat", "symlinkat", "linkat", "setxattr"],
      "Changes every path that the user may change. Filters do not see paths, and these operations have no 'beneath'."),
    Danger(
      "personality", register: ["personality"],
      "Keeps credentials that the program gives up later, and uses them for requests.",
      [
        incident(
          "CVE-2022-1043", "credentials could be freed while in use", "io_register_personality(), before 5.14")
      ]),
  ]

  // MARK: Reachable by the absence of a condition

  package static let openAnywhere = Danger(
    "open-anywhere", "Opens any path that the user may open: neither 'beneath' nor 'in_root' is required.")
  package static let anySocket = Danger(
    "any-socket",
    "Without [socket], the program can make sockets of every family, which reach much kernel code.")
  package static let rawSockets = Danger(
    "raw-sockets", "Raw and packet sockets see and forge traffic. The program needs CAP_NET_RAW for most of them.")
  package static let rareFamilies = Danger(
    "rare-families", "Families other than unix, inet and inet6 reach kernel code that few programs use.")
  package static let localPeers = Danger(
    "local-peers", "Reaches this machine's own services (loopback), or a cloud's metadata service (link-local).")
  package static let newerOperations = Danger(
    "newer-operations", "default = \"allow\" also allows every operation that a newer kernel adds.")
  package static let setupFlags = Danger(
    "setup-flags",
    "The program can make rings with every flag of io_uring_setup(2), which filters do not see: SQPOLL runs a kernel "
      + "thread, NO_MMAP uses memory of the program for the ring itself.",
    [
      incident(
        "CVE-2023-6560", "memory outside of the ring could be reached with NO_MMAP",
        "fixed by 820d070feb66, \"io_uring: don't allow discontig pages for IORING_SETUP_NO_MMAP\""),
      incident(
        "CVE-2023-46862", "looking at a ring raced with the end of its SQPOLL thread",
        "io_uring_show_fdinfo(), io_uring/fdinfo.c"),
    ])
  package static let acceptedHole = Danger(
    "accepted-hole",
    "holes = \"accept\": on a kernel with that hole (seen on Linux 7.0 and 7.1.7) the program can leave the jail by "
      + "executing another one.",
    [
      incident(
        "CVE-2026-80713", "execve(2) drops the jail of a task that has made a ring", "H1 in docs/kernel-facts.md")
    ])
  package static let unconfined = Danger(
    "unconfined",
    "unsupported = \"run-unconfined\": on a kernel without filters there is no jail, and only a warning.")

  package static let conditional = [
    openAnywhere, anySocket, rawSockets, rareFamilies, localPeers, newerOperations, setupFlags, acceptedHole,
    unconfined,
  ]
}
