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

  /// Asks with a size of data that no operation has: EMSGSIZE, and the kernel's own size, where filters exist. Kernels
  /// without them answer EINVAL, EBADF before 6.13.
  ///
  /// Every filter is registered by a call with the same words, so this also shows that such calls reach the kernel.
  ///
  /// - Throws: any other answer.
  package func probe() throws(KernelError) -> Support {
    do throws(Errno) {
      _ = try askPayloadSize(of: .openat)
      return .available
    } catch {
      switch error {
      case .invalid, .badDescriptor: return .absent
      case .noSystemCall: return .noIOURing
      default: throw KernelError("io_uring_register(IORING_REGISTER_BPF_FILTER)", error)
      }
    }
  }

  /// How many operations a kernel with filters has.
  package func abilities() throws(KernelError) -> KernelAbilities {
    let counts = try count()
    // None has fewer than 7.0; fewer would be no answer to rely on.
    guard (65...256).contains(counts.operations), (38...256).contains(counts.registerOperations) else {
      throw KernelError(Self.query, .invalid)
    }
    return KernelAbilities(
      operationCount: Int(counts.operations), registerOperationCount: Int(counts.registerOperations))
  }

  private static var query: String { "io_uring_register(IORING_REGISTER_QUERY)" }

  /// How many operations the kernel has (IORING_REGISTER_QUERY, 6.18). It answers in memory.
  package func count() throws(KernelError) -> (operations: UInt32, registerOperations: UInt32) {
    let call = Self.query
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
    if answer.nr_register_opcodes == 0 { throw KernelError(call, .pretended) }
    return (answer.nr_request_opcodes, answer.nr_register_opcodes)
  }

  private static var restrict: String { "io_uring_register(IORING_REGISTER_RESTRICTIONS)" }

  /// IORING_REGISTER_RESTRICTIONS: once in the life of a task, before any filter. Asked for a second time, and to the
  /// word as the first, the kernel must refuse.
  ///
  /// - Throws: EPERM if the task has a restriction or a filter already, its own or inherited.
  package func register(_ restrictions: [Restriction]) throws(KernelError) {
    let argument = unsafe Self.argument(restrictions)
    do throws(Errno) {
      // SAFETY: the argument is filled in full, and lives as long as the program.
      unsafe try calls.register(.restrictions, argument, count: 1)
    } catch {
      throw KernelError(Self.restrict, error)
    }
    do throws(Errno) {
      // SAFETY: as above.
      unsafe try calls.register(.restrictions, argument, count: 1)
    } catch {
      // EACCES where the restrictions do not list the operation (7.3).
      if error == .notPermitted || error == .accessDenied { return }
    }
    throw KernelError(Self.restrict, .pretended)
  }

  /// Asks for restrictions that no kernel takes, by a call with the words of one that it takes: EINVAL, but EPERM if the
  /// task has restrictions or filters already.
  func askForInvalidRestrictions() throws(Errno) {
    let argument = unsafe Self.argument([])
    // SAFETY: the argument has room for the header, and lives as long as the program.
    unsafe argument.storeBytes(of: .max, as: UInt16.self)
    unsafe try calls.register(.restrictions, argument, count: 1)
  }

  /// The restrictions as the kernel reads them.
  @unsafe
  private static func argument(_ restrictions: [Restriction]) -> UnsafeMutableRawPointer {
    let headerSize = MemoryLayout<uj_task_restriction_header>.size
    let stride = MemoryLayout<uj_restriction>.stride
    precondition(
      headerSize + restrictions.count * stride <= Int(UJ_REGISTER_ARGUMENT_SIZE),
      "a restriction for each operation, each register opcode, and two for flags")
    var header = uj_task_restriction_header()
    header.nr_res = UInt16(restrictions.count)
    // SAFETY: the place is as large as the precondition says, aligned, and is this thread's alone.
    let place = unsafe uj_register_argument()
    guard let place = unsafe place else { preconditionFailure("there is memory for one argument") }
    unsafe place.storeBytes(of: header, as: uj_task_restriction_header.self)
    for (index, restriction) in restrictions.enumerated() {
      unsafe place.storeBytes(
        of: entry(restriction), toByteOffset: headerSize + index * stride, as: uj_restriction.self)
    }
    return unsafe place
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
    do throws(Errno) {
      _ = try call(
        program, operation, payloadSize, flags: deniesRest ? UInt32(UJ_BPF_FILTER_DENY_REST) : 0)
    } catch {
      throw KernelError("io_uring_register(IORING_REGISTER_BPF_FILTER) for \(operation.name)", error)
    }
  }

  /// The call, always with the same words: the bytes of data that the kernel shows of the operation, which it writes back
  /// whether it takes the program or not (io_bpf_filter_import(), io_uring/bpf_filter.c).
  private func call(
    _ program: Program, _ operation: Operation, _ payloadSize: UInt8, flags: UInt32,
    isRefused: (Errno) -> Bool = { _ in false }
  ) throws(Errno) -> UInt8 {
    var instructions = program.instructions.map {
      uj_sock_filter(code: $0.code, jt: $0.jumpTrue, jf: $0.jumpFalse, k: $0.k)
    }
    var filter = uj_bpf_filter()
    filter.cmd_type = UInt16(UJ_BPF_CMD_FILTER)
    filter.opcode = UInt32(operation.code)
    filter.flags = flags
    filter.filter_len = UInt32(instructions.count)
    filter.pdu_size = payloadSize
    // SAFETY: the place is large enough, aligned, lives as long as the thread, and is its own; the
    // instructions live through the call, and `filter_len` counts them.
    guard let place = unsafe uj_register_argument() else {
      preconditionFailure("there is memory for one argument")
    }
    do throws(Errno) {
      try unsafe instructions.withUnsafeMutableBufferPointer { (instructions) throws(Errno) in
        filter.filter_ptr = UInt64(UInt(bitPattern: instructions.baseAddress))
        unsafe place.storeBytes(of: filter, as: uj_bpf_filter.self)
        unsafe try calls.register(.bpfFilter, place, count: 1)
      }
    } catch {
      if !isRefused(error) { throw error }
    }
    return unsafe place.load(as: uj_bpf_filter.self).pdu_size
  }

  /// Bytes of data that the kernel shows filters of an operation.
  ///
  /// Asks with a size that no operation has, which is always refused: EMSGSIZE, with the kernel's own size written back
  /// (io_uring/bpf_filter.c, 7.0). Registers nothing.
  package func payloadSize(of operation: Operation) throws(KernelError) -> UInt8 {
    do throws(Errno) {
      return try askPayloadSize(of: operation)
    } catch {
      throw KernelError(
        "io_uring_register(IORING_REGISTER_BPF_FILTER) asking for the data of \(operation.name)", error)
    }
  }

  private func askPayloadSize(of operation: Operation) throws(Errno) -> UInt8 {
    let size = try call(
      .always(.allow), operation, .max, flags: UInt32(UJ_BPF_FILTER_SZ_STRICT), isRefused: { $0 == .messageSize })
    // No operation has 255 bytes of data.
    if size == .max { throw .pretended }
    return size
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
