import URingABI

/// `struct io_uring_bpf_ctx`.
extension Fact {
  private init(_ member: String, words: [FilterContext.Word], bytes: Int? = nil, _ name: String) {
    let offsets = words.map(\.offset)
    let first = offsets.first ?? 0
    let isWhole = offsets == words.indices.map { first + 4 * $0 }
    self.init(member, at: first, bytes: isWhole ? bytes ?? 4 * words.count : -1, name)
  }

  private init(_ member: String, wide: FilterContext.Wide, _ name: String) {
    self.init(member, words: [wide.low, wide.high].sorted(), name)
  }

  private init(_ member: String, at offset: Int, bytes: Int, _ name: String) {
    let value = bytes < 0 ? "scattered words" : "\(bytes) bytes at \(offset)"
    self.init("io_uring_bpf_ctx.\(member)", value, in: "FilterContext", name)
  }

  /// Programs load whole words: the bytes are given where they are not those of the member.
  static var context: [Fact] {
    typealias Context = FilterContext
    // The byte of the word that is left after the mask and the shift.
    let shift = UInt32(Context.Header.sqeFlagsShift)
    let flagsOffset = Context.Header.sqeFlags.offset + (UInt32(1) << shift).littleEndian.trailingZeroBitCount / 8
    let isFlagsByte = Context.Header.sqeFlags.mask == 0xFF << shift
    return [
      Fact("struct io_uring_bpf_ctx", "\(Context.size) bytes", in: "FilterContext", "size"),
      Fact("BPF_MAXINSNS", "\(Context.mostInstructions)", in: "FilterContext", "mostInstructions"),
      Fact("user_data", wide: Context.Header.userData, "Header.userData"),
      Fact("opcode", at: Context.Header.opcodeOffset, bytes: 1, "Header.opcodeOffset"),
      Fact("sqe_flags", at: Context.Header.sqeFlagsOffset, bytes: 1, "Header.sqeFlagsOffset"),
      Fact("sqe_flags", at: flagsOffset, bytes: isFlagsByte ? 1 : -1, "Header.sqeFlags, Header.sqeFlagsShift"),
      Fact("pdu_size", at: Context.Header.pduSizeOffset, bytes: 1, "Header.pduSizeOffset"),
      Fact("socket.family", words: [Context.Socket.family], "Socket.family"),
      Fact("socket.type", words: [Context.Socket.type], "Socket.type"),
      Fact("socket.protocol", words: [Context.Socket.protocolNumber], "Socket.protocolNumber"),
      Fact("open.flags", wide: Context.Open.flags, "Open.flags"),
      Fact("open.mode", wide: Context.Open.mode, "Open.mode"),
      Fact("open.resolve", wide: Context.Open.resolve, "Open.resolve"),
      Fact("connect.family", words: [Context.Connect.family], "Connect.family"),
      Fact("connect.port", words: [Context.Connect.port], bytes: 2, "Connect.port"),
      Fact("connect.v4_addr", words: Array(Context.Connect.address.prefix(1)), "Connect.address"),
      Fact("connect.v6_addr", words: Context.Connect.address, "Connect.address"),
    ]
  }

  /// The group of members that the arguments of an operation are: the data behind the header.
  static var payloads: [Fact] {
    var facts: [Fact] = []
    for operation in Operation.withArguments {
      let kind = operation.arguments
      let (group, length) = (group(of: kind), FilterContext.Header.length)
      let value = "\(kind.size) bytes at \(length)"
      facts.append(Fact(group, value, in: "FilterContext", "Header.length: \(operation.name)"))
      facts.append(Fact(group, value, in: "Operation", "withArguments: \(operation.name)"))
    }
    for kind in ArgumentKind.allCases where kind != .none {
      if Operation.withArguments.contains(where: { $0.arguments == kind }) { continue }
      facts.append(Fact(group(of: kind), "nothing", in: "Operation", "withArguments: \(kind)"))
    }
    return facts
  }

  private static func group(of kind: ArgumentKind) -> String {
    switch kind {
    case .none: "no arguments"
    case .openat, .openat2: "io_uring_bpf_ctx.open"
    case .socket: "io_uring_bpf_ctx.socket"
    case .connect: "io_uring_bpf_ctx.connect"
    }
  }
}
