import BPF
import Kernel
import URingABI

/// What io_uring_register(2) was given, read from its bytes as include/uapi/linux/io_uring.h lays them out.
enum RegisterRequest {
  case probe
  case query
  case restrict([Restriction])
  /// With a flag, which no kernel knows.
  case restrictInvalidly
  case filter(Operation, Program, payloadSize: UInt8, deniesRest: Bool)
  /// A size that no operation has, to be told the right one.
  case askPayloadSize(Operation)

  var call: FakeCall {
    switch self {
    case .probe: .probe
    case .query: .query
    case .restrict(let restrictions): .restrict(restrictions)
    case .restrictInvalidly: .restrict([])
    case .filter(let operation, _, let payloadSize, let deniesRest):
      .filter(operation, payloadSize: payloadSize, deniesRest: deniesRest)
    case .askPayloadSize(let operation): .askPayloadSize(operation)
    }
  }

  /// - Throws: EINVAL for what no kernel accepts.
  @unsafe
  init(_ operation: RegisterOperation, _ argument: UnsafeMutableRawPointer, count: UInt32) throws(Errno) {
    switch operation.code {
    case 37:
      guard count == 1 else { throw .invalid }
      self = try unsafe Self.filter(argument)
    case 35:
      guard count == 0 else { throw .invalid }
      // One question, about opcodes, with room for the answer.
      let (next, kind) = unsafe (argument.load(as: UInt64.self), argument.load(fromByteOffset: 16, as: UInt32.self))
      let size = unsafe argument.load(fromByteOffset: 20, as: UInt32.self)
      guard next == 0, kind == 0, size == 48 else { throw .invalid }
      self = .query
    case 11:
      guard count == 1 else { throw .invalid }
      self = try unsafe Self.restrictions(argument)
    default:
      throw .invalid
    }
  }

  /// `struct io_uring_bpf`, 72 bytes: u16 command @0, u32 opcode @8, u32 flags @12, u32 length @16, u8 pdu_size @20,
  /// u64 program @24; everything else zero.
  @unsafe
  private static func filter(_ argument: UnsafeMutableRawPointer) throws(Errno) -> RegisterRequest {
    let opcode = unsafe argument.load(fromByteOffset: 8, as: UInt32.self)
    let flags = unsafe argument.load(fromByteOffset: 12, as: UInt32.self)
    let length = unsafe Int(argument.load(fromByteOffset: 16, as: UInt32.self))
    let address = unsafe argument.load(fromByteOffset: 24, as: UInt64.self)
    let reserved = Array(2..<8) + Array(21..<24) + Array(32..<72)
    guard unsafe argument.load(as: UInt16.self) == 1, flags <= 2, let code = UInt8(exactly: opcode),
      reserved.allSatisfy({ unsafe argument.load(fromByteOffset: $0, as: UInt8.self) == 0 }),
      let base = unsafe UnsafeRawPointer(bitPattern: UInt(address))
    else { throw .invalid }
    let instructions = (0..<length).map { index in
      unsafe Instruction(
        code: base.load(fromByteOffset: index * 8, as: UInt16.self),
        jumpTrue: base.load(fromByteOffset: index * 8 + 2, as: UInt8.self),
        jumpFalse: base.load(fromByteOffset: index * 8 + 3, as: UInt8.self),
        k: base.load(fromByteOffset: index * 8 + 4, as: UInt32.self))
    }
    guard let program = Program(checking: instructions) else { throw .invalid }
    let payloadSize = unsafe argument.load(fromByteOffset: 20, as: UInt8.self)
    if flags == 2 {
      guard payloadSize == 255 else { throw .invalid }
      return code == 18 ? .probe : .askPayloadSize(Operation(code: code))
    }
    return .filter(Operation(code: code), program, payloadSize: payloadSize, deniesRest: flags == 1)
  }

  /// `struct io_uring_task_restriction`: u16 flags @0, u16 count @2, 12 bytes of zero, then 16 bytes an entry.
  @unsafe
  private static func restrictions(_ argument: UnsafeMutableRawPointer) throws(Errno) -> RegisterRequest {
    if unsafe argument.load(as: UInt16.self) != 0 { return .restrictInvalidly }
    let count = unsafe Int(argument.load(fromByteOffset: 2, as: UInt16.self))
    let reserved =
      [0, 1] + Array(4..<16) + (0..<count).flatMap { entry in (3..<16).map { 16 + entry * 16 + $0 } }
    guard reserved.allSatisfy({ unsafe argument.load(fromByteOffset: $0, as: UInt8.self) == 0 }) else {
      throw .invalid
    }
    var restrictions: [Restriction] = []
    for entry in 0..<count {
      let value = unsafe argument.load(fromByteOffset: 16 + entry * 16 + 2, as: UInt8.self)
      switch unsafe argument.load(fromByteOffset: 16 + entry * 16, as: UInt16.self) {
      case 0: restrictions.append(.allowRegister(RegisterOperation(code: value)))
      case 1: restrictions.append(.allow(Operation(code: value)))
      case 2: restrictions.append(.allowFlags(SQEFlags(rawValue: value)))
      case 3: restrictions.append(.requireFlags(SQEFlags(rawValue: value)))
      default: throw .invalid
      }
    }
    return .restrict(restrictions)
  }

  /// Writes the kernel's size back into `struct io_uring_bpf`.
  @unsafe
  static func answer(payloadSize: UInt8, _ argument: UnsafeMutableRawPointer) {
    unsafe argument.storeBytes(of: payloadSize, toByteOffset: 20, as: UInt8.self)
  }

  /// Writes `struct io_uring_query_opcode` where `struct io_uring_query_hdr` says, and the result into the latter.
  @unsafe
  static func answer(
    query header: UnsafeMutableRawPointer, _ operationCount: Int, _ registerOperationCount: UInt32
  ) {
    let address = unsafe header.load(fromByteOffset: 8, as: UInt64.self)
    guard let answer = unsafe UnsafeMutableRawPointer(bitPattern: UInt(address)) else {
      unsafe header.storeBytes(of: -14, toByteOffset: 24, as: Int32.self)
      return
    }
    unsafe answer.storeBytes(of: UInt32(operationCount), as: UInt32.self)
    unsafe answer.storeBytes(of: registerOperationCount, toByteOffset: 4, as: UInt32.self)
    unsafe header.storeBytes(of: 0, toByteOffset: 24, as: Int32.self)
  }
}
