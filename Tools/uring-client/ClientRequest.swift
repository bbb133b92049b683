import CLibURing
import Glibc
import URingABI

/// One submission queue entry to be filled by hand, with the memory that it points to.
struct ClientRequest {
  /// Offsets in `struct io_uring_sqe` (include/uapi/linux/io_uring.h) and widths in bytes.
  private static let fields: [String: (offset: Int, width: Int)] = [
    "ioprio": (2, 2), "fd": (4, 4), "off": (8, 8), "addr": (16, 8), "len": (24, 4), "op_flags": (28, 4),
    "buf_index": (40, 2), "personality": (42, 2), "file_index": (44, 4), "addr3": (48, 8),
  ]

  let operation: Operation
  /// The `user_data` asked for; `nil` leaves the choice to the client.
  private(set) var userData: UInt64?
  private(set) var bytes = [UInt8](repeating: 0, count: 64)

  /// `text`: `OPERATION[,KEY=VALUE...]`
  init(_ text: String) throws(UsageError) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    if let known = Operation(name: parts[0]) {
      operation = known
    } else if let code = UInt8(exactly: try Number.parse(parts[0])) {
      operation = Operation(code: code)
    } else {
      throw UsageError("'\(parts[0])' is no operation")
    }
    bytes[0] = operation.code
    var values: [(key: String, value: String)] = []
    for part in parts.dropFirst() {
      guard let equals = part.firstIndex(of: "=") else { throw UsageError("'\(part)' has no '='") }
      values.append((String(part[..<equals]), String(part[part.index(after: equals)...])))
    }
    try fillDefaults()
    for (key, value) in values { try fill(key, value) }
  }

  /// Relative paths start at the current directory unless `dir` or `fd` says otherwise.
  private mutating func fillDefaults() throws(UsageError) {
    switch operation {
    case .openat: set("fd", UInt64(bitPattern: Int64(AT_FDCWD)))
    case .openat2:
      set("fd", UInt64(bitPattern: Int64(AT_FDCWD)))
      // struct open_how: u64 flags, mode, resolve
      set("off", Memory.address(of: [UInt8](repeating: 0, count: 24)))
      set("len", 24)
    default: break
    }
  }

  private mutating func fill(_ key: String, _ value: String) throws(UsageError) {
    switch key {
    case "sqe":
      let names = Dictionary(
        uniqueKeysWithValues: SQEFlags.table.enumerated().map { ($1.name, UInt32(1) << UInt32($0)) })
      bytes[1] = UInt8(truncatingIfNeeded: try Number.sum(value, names: names))
    case "user_data": userData = try Number.parse(value)
    case "path": set("addr", Memory.address(of: Array(value.utf8) + [0]))
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
    case "dir": set("fd", try Number.parse(value))
    case "flags" where operation == .openat: set("op_flags", try openFlags(value))
    case "mode" where operation == .openat: set("len", try Number.parse(value))
    case "flags" where operation == .openat2: Memory.store(try openFlags(value), at: get("off"))
    case "mode" where operation == .openat2: Memory.store(try Number.parse(value), at: get("off") + 8)
    case "resolve" where operation == .openat2: Memory.store(try resolveFlags(value), at: get("off") + 16)
    case "family": set("fd", try constant(value, SocketConstants.families))
    case "type": set("off", try constant(value, SocketConstants.types))
    case "protocol": set("len", try constant(value, SocketConstants.protocols))
    case "to":
      let address = try SocketAddress(value)
      set("addr", Memory.address(of: address.bytes))
      set("off", UInt64(address.bytes.count))
    case "addrlen": set("off", try Number.parse(value))
    default:
      guard Self.fields[key] != nil else { throw UsageError("'\(key)' is no field of \(operation.name)") }
      set(key, try Number.parse(value))
    }
  }

  private mutating func set(_ key: String, _ value: UInt64) {
    guard let field = Self.fields[key] else { preconditionFailure("'\(key)' is in the table") }
    for index in 0..<field.width { bytes[field.offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
  }

  private func get(_ key: String) -> UInt64 {
    guard let field = Self.fields[key] else { preconditionFailure("'\(key)' is in the table") }
    return (0..<field.width).reduce(0) { $0 | UInt64(bytes[field.offset + $1]) << UInt64(8 * $1) }
  }

  private func constant(_ value: String, _ table: [SocketConstants.Constant]) throws(UsageError) -> UInt64 {
    var names = Dictionary(uniqueKeysWithValues: table.map { ($0.name, $0.value) })
    names["cloexec"] = UInt32(SOCK_CLOEXEC.rawValue)
    names["nonblock"] = UInt32(SOCK_NONBLOCK.rawValue)
    return try Number.sum(value, names: names)
  }

  private func openFlags(_ value: String) throws(UsageError) -> UInt64 {
    let access = ["rdonly": OpenConstants.readOnly, "wronly": OpenConstants.writeOnly, "rdwr": OpenConstants.readWrite]
    return try bits(value, OpenConstants.flags, access)
  }

  private func resolveFlags(_ value: String) throws(UsageError) -> UInt64 { try bits(value, OpenConstants.resolve) }

  /// Names and numbers joined by `+`.
  private func bits(
    _ value: String, _ vocabulary: FlagVocabulary, _ others: [String: UInt64] = [:]
  ) throws(UsageError) -> UInt64 {
    var bits: UInt64 = 0
    for part in value.split(separator: "+").map(String.init) {
      if let known = vocabulary.flag(named: part)?.bits ?? others[part] {
        bits |= known
      } else {
        bits |= try Number.parse(part)
      }
    }
    return bits
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
