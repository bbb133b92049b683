/// An `io_uring_register(2)` opcode (`IORING_REGISTER_*` and `IORING_UNREGISTER_*`, include/uapi/linux/io_uring.h).
package struct RegisterOperation: Hashable, Comparable, Sendable {
  /// The opcode, without the bit that says the ring is a registered one.
  package let code: UInt8

  package init(code: UInt8) {
    self.code = code
  }

  /// The opcode with this policy name: the C name in lower case without `IORING_REGISTER_`, or without
  /// `IORING_` where it starts with `UNREGISTER_`.
  package init?(name: String) {
    guard let index = Self.table.firstIndex(where: { $0.name == name }) else { return nil }
    self.init(code: UInt8(index))
  }

  package static func < (a: RegisterOperation, b: RegisterOperation) -> Bool { a.code < b.code }

  /// The policy name, or the number where there is none.
  package var name: String { code < Self.table.count ? Self.table[Int(code)].name : String(code) }

  /// The first release that has the opcode; `nil` for one that this program does not know.
  package var since: KernelRelease? { code < Self.table.count ? Self.table[Int(code)].since : nil }

  /// Every register opcode of the newest known kernel, by number.
  package static var known: [RegisterOperation] { table.indices.map { RegisterOperation(code: UInt8($0)) } }

  /// Restrictions for a disabled ring, or, without a ring, for the calling task (7.0).
  package static let restrictions = RegisterOperation(code: 11)
  /// Asks the kernel what it has; needs no ring.
  package static let query = RegisterOperation(code: 35)
  /// Attaches a classic BPF program to one operation.
  package static let bpfFilter = RegisterOperation(code: 37)

  struct Entry: Sendable {
    let name: String
    let since: KernelRelease
  }

  /// Index is the opcode. Compared with the kernel's headers by Scripts/check-abi.
  static let table: [Entry] = [
    Entry(name: "buffers", since: KernelRelease(5, 1)),
    Entry(name: "unregister_buffers", since: KernelRelease(5, 1)),
    Entry(name: "files", since: KernelRelease(5, 1)),
    Entry(name: "unregister_files", since: KernelRelease(5, 1)),
    Entry(name: "eventfd", since: KernelRelease(5, 2)),
    Entry(name: "unregister_eventfd", since: KernelRelease(5, 2)),
    Entry(name: "files_update", since: KernelRelease(5, 5)),
    Entry(name: "eventfd_async", since: KernelRelease(5, 6)),
    Entry(name: "probe", since: KernelRelease(5, 6)),
    Entry(name: "personality", since: KernelRelease(5, 6)),
    Entry(name: "unregister_personality", since: KernelRelease(5, 6)),
    Entry(name: "restrictions", since: KernelRelease(5, 10)),
    Entry(name: "enable_rings", since: KernelRelease(5, 10)),
    Entry(name: "files2", since: KernelRelease(5, 13)),
    Entry(name: "files_update2", since: KernelRelease(5, 13)),
    Entry(name: "buffers2", since: KernelRelease(5, 13)),
    Entry(name: "buffers_update", since: KernelRelease(5, 13)),
    Entry(name: "iowq_aff", since: KernelRelease(5, 14)),
    Entry(name: "unregister_iowq_aff", since: KernelRelease(5, 14)),
    Entry(name: "iowq_max_workers", since: KernelRelease(5, 15)),
    Entry(name: "ring_fds", since: KernelRelease(5, 18)),
    Entry(name: "unregister_ring_fds", since: KernelRelease(5, 18)),
    Entry(name: "pbuf_ring", since: KernelRelease(5, 19)),
    Entry(name: "unregister_pbuf_ring", since: KernelRelease(5, 19)),
    Entry(name: "sync_cancel", since: KernelRelease(6, 0)),
    Entry(name: "file_alloc_range", since: KernelRelease(6, 0)),
    Entry(name: "pbuf_status", since: KernelRelease(6, 8)),
    Entry(name: "napi", since: KernelRelease(6, 9)),
    Entry(name: "unregister_napi", since: KernelRelease(6, 9)),
    Entry(name: "clock", since: KernelRelease(6, 12)),
    Entry(name: "clone_buffers", since: KernelRelease(6, 12)),
    Entry(name: "send_msg_ring", since: KernelRelease(6, 13)),
    Entry(name: "zcrx_ifq", since: KernelRelease(6, 15)),
    Entry(name: "resize_rings", since: KernelRelease(6, 13)),
    Entry(name: "mem_region", since: KernelRelease(6, 13)),
    Entry(name: "query", since: KernelRelease(6, 18)),
    Entry(name: "zcrx_ctrl", since: KernelRelease(6, 19)),
    Entry(name: "bpf_filter", since: KernelRelease(7, 0)),
  ]
}
