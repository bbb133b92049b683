/// What a filter program sees: `struct io_uring_bpf_ctx`, 40 bytes (include/uapi/linux/io_uring/bpf_filter.h, 7.0).
///
/// Programs load 32-bit words at offsets that are multiples of 4, in the machine's own byte order.
package enum FilterContext {
  /// Bytes; also what a load of the packet length yields.
  package static let size = 40

  /// Most instructions one program may have (`BPF_MAXINSNS`).
  package static let mostInstructions = 4096

  /// One 32-bit word of the context.
  package struct Word: Hashable, Comparable, Sendable {
    /// Bytes from the start of the context.
    package let offset: Int

    /// The bits that carry the field; the program must mask the others away.
    package let mask: UInt32

    package init(offset: Int, mask: UInt32 = .max) {
      self.offset = offset
      self.mask = mask
    }

    package static func < (a: Word, b: Word) -> Bool { (a.offset, a.mask) < (b.offset, b.mask) }
  }

  /// A 64-bit field as the two words that a program can load.
  package struct Wide: Hashable, Sendable {
    package let low: Word
    package let high: Word

    package init(low: Word, high: Word) {
      self.low = low
      self.high = high
    }

    /// `offset`: bytes from the start of the context.
    package init(offset: Int) {
      let first = Word(offset: offset)
      let second = Word(offset: offset + 4)
      #if _endian(little)
        (low, high) = (first, second)
      #else
        (low, high) = (second, first)
      #endif
    }
  }

  /// `u64 user_data` @0, `u8 opcode` @8, `u8 sqe_flags` @9, `u8 pdu_size` @10.
  package enum Header {
    package static let userData = Wide(offset: 0)
    package static let opcodeOffset = 8
    package static let sqeFlagsOffset = 9
    package static let pduSizeOffset = 10

    /// How far the flags are shifted inside the word that they are loaded with.
    #if _endian(little)
      package static let sqeFlagsShift = 8
    #else
      package static let sqeFlagsShift = 16
    #endif
    package static let sqeFlags = Word(offset: 8, mask: 0xFF << UInt32(sqeFlagsShift))
    /// Where the data of the operation begins.
    package static let length = 16
  }

  /// `IORING_OP_SOCKET`: io_socket_bpf_populate(), io_uring/net.c, 7.0.
  package enum Socket {
    package static let family = Word(offset: 16)
    /// The type is in the low four bits. Before 7.3 the kernel leaves SOCK_CLOEXEC and SOCK_NONBLOCK in the word.
    package static let type = Word(offset: 20, mask: 0xF)
    package static let protocolNumber = Word(offset: 24)
  }

  /// `IORING_OP_OPENAT`, `IORING_OP_OPENAT2`: io_openat_bpf_populate(), io_uring/openclose.c, 7.0. 64 bits each.
  package enum Open {
    package static let flags = Wide(offset: 16)
    package static let mode = Wide(offset: 24)
    package static let resolve = Wide(offset: 32)
  }

  /// `IORING_OP_CONNECT`: io_connect_bpf_populate(), io_uring/net.c, 7.2.
  package enum Connect {
    /// 32 bits, the address family zero-extended.
    package static let family = Word(offset: 16)
    /// 16 bits in network byte order, then 2 bytes of padding, which are zero.
    package static let port = Word(offset: 20)
    /// 4 bytes of IPv4 or 16 bytes of IPv6 address in network byte order, the first word first.
    package static let address = [Word(offset: 24), Word(offset: 28), Word(offset: 32), Word(offset: 36)]
  }

  /// What the word at an offset holds, for people.
  package static func name(ofWordAt offset: Int, for operation: Operation) -> String {
    func part(_ name: String, _ wide: Wide) -> String? {
      if offset == wide.low.offset { return name }
      return offset == wide.high.offset ? "\(name), high half" : nil
    }
    if let name = part("user_data", Header.userData) { return name }
    if offset == Header.sqeFlags.offset { return "opcode and SQE flags" }
    switch operation.arguments {
    case .none: return "nothing"
    case .openat, .openat2:
      return part("flags", Open.flags) ?? part("mode", Open.mode) ?? part("resolve", Open.resolve) ?? "nothing"
    case .socket:
      if offset == Socket.family.offset { return "family" }
      if offset == Socket.type.offset { return "type" }
      return offset == Socket.protocolNumber.offset ? "protocol" : "nothing"
    case .connect:
      if offset == Connect.family.offset { return "family" }
      if offset == Connect.port.offset { return "port" }
      return Connect.address.firstIndex { $0.offset == offset }.map { "address, word \($0 + 1)" } ?? "nothing"
    }
  }
}
