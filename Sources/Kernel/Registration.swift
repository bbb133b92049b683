package import BPF
private import CLinuxShims
package import URingABI

/// The io_uring_register(2) operations that act on the calling task: ring descriptor -1.
///
/// They need `no_new_privs` or CAP_SYS_ADMIN in the task's own user namespace; otherwise EACCES. What is registered
/// holds for rings that the task creates afterwards, is inherited by fork and clone, and stays over execve.
package struct Registration {
  private let calls: any SystemCalls

  package init(_ calls: any SystemCalls) {
    self.calls = calls
  }

  /// Whether this kernel has filters.
  package enum Support: Hashable, Sendable {
    case available
    /// The kernel does not know the operation.
    case absent
    /// There is no io_uring at all: the kernel was built without it, or seccomp hides it.
    case noIOURing
  }

  /// Asks with an argument that cannot be read: EFAULT where filters exist. Kernels without them answer EINVAL, EBADF
  /// before 6.13.
  package func probe() throws(KernelError) -> Support {
    do throws(Errno) {
      // SAFETY: there is no memory that the call could touch.
      unsafe try calls.register(.bpfFilter, nil, count: 1)
    } catch {
      switch error {
      case .badAddress: return .available
      case .invalid, .badDescriptor: return .absent
      case .noSystemCall: return .noIOURing
      default: throw KernelError("io_uring_register(IORING_REGISTER_BPF_FILTER)", error)
      }
    }
    // Success without an argument is no answer that a kernel gives.
    throw KernelError("io_uring_register(IORING_REGISTER_BPF_FILTER)", .invalid)
  }

  /// How many operations the kernel has (IORING_REGISTER_QUERY, 6.18).
  package func abilities() throws(KernelError) -> KernelAbilities {
    let call = "io_uring_register(IORING_REGISTER_QUERY)"
    var answer = uj_query_opcodes()
    var header = uj_query_header()
    header.query_op = UInt32(UJ_QUERY_OPCODES)
    header.size = UInt32(MemoryLayout<uj_query_opcodes>.size)
    do throws(Errno) {
      // SAFETY: both structures live through the call, and `size` bounds what the kernel writes to the answer.
      try unsafe withPointer(to: &answer) { (answer) throws(Errno) in
        header.query_data = UInt64(UInt(bitPattern: answer))
        try unsafe withPointer(to: &header) { (header) throws(Errno) in
          try unsafe calls.register(.query, header, count: 0)
        }
      }
    } catch {
      throw KernelError(call, error)
    }
    if header.result < 0 { throw KernelError(call, Errno(-header.result)) }
    // No kernel with filters has fewer operations than 7.0; fewer would be no answer to rely on.
    guard (65...256).contains(answer.nr_request_opcodes) else { throw KernelError(call, .invalid) }
    guard (38...256).contains(answer.nr_register_opcodes) else { throw KernelError(call, .invalid) }
    return KernelAbilities(
      operationCount: Int(answer.nr_request_opcodes), registerOperationCount: Int(answer.nr_register_opcodes))
  }

  /// IORING_REGISTER_RESTRICTIONS: once in the life of a task, before any filter.
  ///
  /// - Throws: EPERM if the task has a restriction or a filter already, its own or inherited.
  package func register(_ restrictions: [Restriction]) throws(KernelError) {
    precondition(restrictions.count <= Int(UInt16.max), "the number of restrictions is 16 bits")
    var header = uj_task_restriction_header()
    header.nr_res = UInt16(restrictions.count)
    let headerSize = MemoryLayout<uj_task_restriction_header>.size
    let stride = MemoryLayout<uj_restriction>.stride

    // SAFETY: the buffer has room for the header and every entry, is filled in full, and lives through the call.
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: headerSize + restrictions.count * stride, alignment: MemoryLayout<UInt64>.alignment)
    defer { unsafe buffer.deallocate() }
    unsafe buffer.storeBytes(of: header, as: uj_task_restriction_header.self)
    for (index, restriction) in restrictions.enumerated() {
      unsafe buffer.storeBytes(
        of: Self.entry(restriction), toByteOffset: headerSize + index * stride, as: uj_restriction.self)
    }
    do throws(Errno) {
      try unsafe calls.register(.restrictions, buffer.baseAddress, count: 1)
    } catch {
      throw KernelError("io_uring_register(IORING_REGISTER_RESTRICTIONS)", error)
    }
  }

  private static func entry(_ restriction: Restriction) -> uj_restriction {
    var entry = uj_restriction()
    (entry.opcode, entry.value) =
      switch restriction {
      case .allowRegister(let operation): (UInt16(UJ_RESTRICTION_REGISTER_OP), operation.code)
      case .allow(let operation): (UInt16(UJ_RESTRICTION_SQE_OP), operation.code)
      case .allowFlags(let flags): (UInt16(UJ_RESTRICTION_SQE_FLAGS_ALLOWED), flags.rawValue)
      case .requireFlags(let flags): (UInt16(UJ_RESTRICTION_SQE_FLAGS_REQUIRED), flags.rawValue)
      }
    return entry
  }

  /// IORING_REGISTER_BPF_FILTER: adds one more program that requests of the operation must pass.
  ///
  /// - Parameters:
  ///   - program: what decides; the kernel copies it.
  ///   - operation: whose requests it decides. EINVAL if the kernel does not have it.
  ///   - payloadSize: bytes of operation data the program reads. EMSGSIZE if the kernel has fewer.
  ///   - deniesRest: also deny, for good, the operations that have no filter at this moment.
  /// - Throws: EACCES without privilege, EINVAL on a kernel without filters, EMSGSIZE, ENOMEM.
  package func register(
    _ program: Program, for operation: Operation, payloadSize: UInt8, deniesRest: Bool
  ) throws(KernelError) {
    var instructions = program.instructions.map {
      uj_sock_filter(code: $0.code, jt: $0.jumpTrue, jf: $0.jumpFalse, k: $0.k)
    }
    var filter = uj_bpf_filter()
    filter.cmd_type = UInt16(UJ_BPF_CMD_FILTER)
    filter.opcode = UInt32(operation.code)
    filter.flags = deniesRest ? UInt32(UJ_BPF_FILTER_DENY_REST) : 0
    filter.filter_len = UInt32(instructions.count)
    filter.pdu_size = payloadSize
    do throws(Errno) {
      // SAFETY: program and structure live through the call, and `filter_len` counts the program's instructions.
      try unsafe instructions.withUnsafeMutableBufferPointer { (instructions) throws(Errno) in
        filter.filter_ptr = UInt64(UInt(bitPattern: instructions.baseAddress))
        try unsafe withPointer(to: &filter) { (filter) throws(Errno) in
          try unsafe calls.register(.bpfFilter, filter, count: 1)
        }
      }
    } catch {
      throw KernelError("io_uring_register(IORING_REGISTER_BPF_FILTER) for \(operation.name)", error)
    }
  }

  /// Bytes of data that the kernel shows filters of an operation.
  ///
  /// Asks with a size that no operation has, which is always refused: EMSGSIZE, with the kernel's own size written back
  /// (io_uring/bpf_filter.c, 7.0). Registers nothing.
  package func payloadSize(of operation: Operation) throws(KernelError) -> UInt8 {
    let call = "io_uring_register(IORING_REGISTER_BPF_FILTER) asking for the data of \(operation.name)"
    var instruction = Program.always(.allow).instructions.map {
      uj_sock_filter(code: $0.code, jt: $0.jumpTrue, jf: $0.jumpFalse, k: $0.k)
    }
    var filter = uj_bpf_filter()
    filter.cmd_type = UInt16(UJ_BPF_CMD_FILTER)
    filter.opcode = UInt32(operation.code)
    filter.flags = UInt32(UJ_BPF_FILTER_SZ_STRICT)
    filter.filter_len = UInt32(instruction.count)
    filter.pdu_size = .max
    do throws(Errno) {
      // SAFETY: program and structure live through the call, and `filter_len` counts the program's instructions.
      try unsafe instruction.withUnsafeMutableBufferPointer { (instructions) throws(Errno) in
        filter.filter_ptr = UInt64(UInt(bitPattern: instructions.baseAddress))
        try unsafe withPointer(to: &filter) { (filter) throws(Errno) in
          try unsafe calls.register(.bpfFilter, filter, count: 1)
        }
      }
    } catch {
      if error == .messageSize, filter.pdu_size != .max { return filter.pdu_size }
      throw KernelError(call, error)
    }
    // No operation has 255 bytes of data.
    throw KernelError(call, .invalid)
  }

  /// Like `withUnsafeMutableBytes(of:)`, for functions that throw one type.
  private func withPointer<Value>(
    to value: inout Value, _ body: (UnsafeMutableRawPointer) throws(Errno) -> Void
  ) throws(Errno) {
    try unsafe withUnsafeMutablePointer(to: &value) { (pointer) throws(Errno) in
      try unsafe body(UnsafeMutableRawPointer(pointer))
    }
  }
}
