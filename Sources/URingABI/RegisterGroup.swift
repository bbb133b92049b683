/// Named sets of `io_uring_register(2)` opcodes; docs/groups.md gives the reason for each membership.
package struct RegisterGroup: Sendable {
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
  package var members: [RegisterOperation] {
    names.map { name in
      guard let operation = RegisterOperation(name: name) else {
        preconditionFailure("no register opcode named \(name)")
      }
      return operation
    }.sorted()
  }

  package static func named(_ name: String) -> RegisterGroup? { all.first { $0.name == name } }

  /// The groups that a register opcode is in.
  package static func containing(_ operation: RegisterOperation) -> [RegisterGroup] {
    all.filter { $0.members.contains(operation) }
  }

  /// Every register opcode of the newest known kernel is in at least one.
  package static let all: [RegisterGroup] = [
    RegisterGroup(
      "@buffers", "fixed buffers and rings of provided buffers",
      [
        "buffers", "unregister_buffers", "buffers2", "buffers_update", "clone_buffers", "pbuf_ring",
        "unregister_pbuf_ring", "pbuf_status",
      ]),
    RegisterGroup(
      "@files", "registered files",
      ["files", "unregister_files", "files_update", "files2", "files_update2", "file_alloc_range"]),
    RegisterGroup(
      "@ring", "the ring itself: its descriptor, size, memory and clock",
      ["ring_fds", "unregister_ring_fds", "enable_rings", "resize_rings", "mem_region", "clock"]),
    RegisterGroup(
      "@eventfd", "completions announced through an eventfd",
      ["eventfd", "eventfd_async", "unregister_eventfd"]),
    RegisterGroup(
      "@workers", "number and processors of kernel worker threads",
      ["iowq_aff", "unregister_iowq_aff", "iowq_max_workers"]),
    RegisterGroup("@query", "what the kernel has", ["probe", "query"]),
    RegisterGroup("@cancel", "cancel requests and wait for it", ["sync_cancel"]),
    RegisterGroup(
      "@network", "busy polling and zero-copy receive", ["napi", "unregister_napi", "zcrx_ifq", "zcrx_ctrl"]),
    RegisterGroup("@message", "messages to other rings without a ring", ["send_msg_ring"]),
    RegisterGroup(
      "@personality", "requests with credentials registered earlier",
      ["personality", "unregister_personality"]),
    RegisterGroup("@restrict", "further restrictions and filters; these only tighten", ["restrictions", "bpf_filter"]),
  ]
}
