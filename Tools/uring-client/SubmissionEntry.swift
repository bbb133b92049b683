import Glibc
import Policy
import URingABI

/// One submission queue entry, with the memory that it points to.
struct SubmissionEntry {
  /// Offsets in `struct io_uring_sqe` (include/uapi/linux/io_uring.h) and widths in bytes.
  private static let fields: [String: (offset: Int, width: Int)] = [
    "ioprio": (2, 2), "fd": (4, 4), "off": (8, 8), "addr": (16, 8), "len": (24, 4), "op_flags": (28, 4),
    "buf_index": (40, 2), "personality": (42, 2), "file_index": (44, 4), "addr3": (48, 8),
  ]

  /// The keys of words that the language of requests does not have.
  static let ownKeys = Set(fields.keys).union(["path", "path2", "path3", "data", "size", "address", "addrlen"])

  let operation: Operation
  /// The `user_data` asked for; `nil`, or 0, leaves the choice to the client.
  let userData: UInt64?
  private(set) var bytes = [UInt8](repeating: 0, count: 64)

  /// `submission`: as it is written. `words` come on top of what it has, in their order.
  init(_ submission: Submission, _ words: [(key: String, value: String)]) throws(UsageError) {
    operation = submission.operation
    userData = submission.userData == 0 ? nil : submission.userData
    bytes[0] = operation.code
    bytes[1] = submission.flags
    fillDefaults()
    fill(submission.payload)
    for (key, value) in words { try fill(key, value, submission.payload) }
  }

  /// Relative paths start at the current directory unless `fd` says otherwise.
  private mutating func fillDefaults() {
    if operation != .openat, operation != .openat2 { return }
    set("fd", UInt64(bitPattern: Int64(AT_FDCWD)))
    guard operation == .openat2 else { return }
    // struct open_how: u64 flags, mode, resolve
    set("off", Memory.address(of: [UInt8](repeating: 0, count: 24)))
    set("len", 24)
  }

  private mutating func fill(_ payload: Submission.Payload) {
    switch payload {
    case .none: break
    case .open(let flags, let mode, let resolve):
      guard operation == .openat2 else {
        set("op_flags", flags)
        set("len", mode)
        return
      }
      let how = get("off")
      Memory.store(flags, at: how)
      Memory.store(mode, at: how + 8)
      Memory.store(resolve, at: how + 16)
    case .socket(let family, let type, let number):
      set("fd", UInt64(family))
      set("off", UInt64(type))
      set("len", UInt64(number))
    case .connect(let address, let port): setAddress(SocketAddress(address, port: port))
    case .connectElsewhere(let family): setAddress(SocketAddress(family: family))
    }
  }

  private mutating func fill(_ key: String, _ value: String, _ payload: Submission.Payload) throws(UsageError) {
    switch key {
    case "path":
      if case .connectElsewhere(let family) = payload {
        setAddress(SocketAddress(family: family, path: value))
      } else {
        set("addr", Memory.address(of: Array(value.utf8) + [0]))
      }
    case "path2": set("off", Memory.address(of: Array(value.utf8) + [0]))
    case "path3": set("addr3", Memory.address(of: Array(value.utf8) + [0]))
    case "data":
      set("addr", Memory.address(of: Array(value.utf8)))
      set("len", UInt64(value.utf8.count))
    case "size":
      let size = try Number.parse(value)
      guard size <= 1 << 24 else { throw UsageError("size is at most 16 MiB") }
      set("addr", Memory.address(of: [UInt8](repeating: 0, count: Int(size))))
      set("len", size)
    case "address": setAddress(try SocketAddress(value))
    case "addrlen": set("off", try Number.parse(value))
    default: set(key, try Number.parse(value))
    }
  }

  /// Where connect and bind have it.
  private mutating func setAddress(_ address: SocketAddress) {
    set("addr", Memory.address(of: address.bytes))
    set("off", UInt64(address.bytes.count))
  }

  private mutating func set(_ key: String, _ value: UInt64) {
    guard let field = Self.fields[key] else { preconditionFailure("'\(key)' is in the table") }
    for index in 0..<field.width { bytes[field.offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
  }

  private func get(_ key: String) -> UInt64 {
    guard let field = Self.fields[key] else { preconditionFailure("'\(key)' is in the table") }
    return (0..<field.width).reduce(0) { $0 | UInt64(bytes[field.offset + $1]) << UInt64(8 * $1) }
  }
}

/// Memory that requests point to. It is never freed: the kernel may use it until the process ends.
enum Memory {
  static func address(of bytes: [UInt8]) -> UInt64 {
    // SAFETY: a fresh allocation of the size that is copied into it.
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 16)
    unsafe copy.copyBytes(from: bytes)
    return UInt64(UInt(bitPattern: copy.baseAddress))
  }

  /// `address`: eight bytes inside what `address(of:)` returned.
  static func store(_ value: UInt64, at address: UInt64) {
    // SAFETY: callers pass addresses inside an allocation of `address(of:)`.
    unsafe UnsafeMutableRawPointer(bitPattern: UInt(address))?.storeBytes(of: value, as: UInt64.self)
  }
}
