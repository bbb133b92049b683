import Policy
import PolicyLanguage
import URingABI

/// A socket address in the kernel's form.
struct SocketAddress {
  let bytes: [UInt8]

  init(_ address: IPAddress, port: UInt16) {
    switch address {
    case .v4(let value):
      bytes = Self.word(SocketConstants.inet) + Self.bigEndian(port) + Self.bigEndian(value) + Self.zeros(8)
    case .v6(let value):
      // family, port, flow information, address, scope
      bytes =
        Self.word(SocketConstants.inet6) + Self.bigEndian(port) + Self.zeros(4) + Self.bigEndian(value) + Self.zeros(4)
    }
  }

  /// One that has nothing but its family.
  init(family: UInt32) {
    bytes = Self.word(family) + Self.zeros(14)
  }

  /// The path of a Unix socket, in an address of any family.
  init(family: UInt32, path: String) {
    bytes = Self.word(family) + Array(path.utf8) + [0]
  }

  /// `text`: a peer as `connect to=` has it.
  init(_ text: String) throws(UsageError) {
    let request: Request
    do throws(RequestText.Failure) {
      request = try RequestText.written("connect to=\(text)")
    } catch {
      throw UsageError(error)
    }
    guard case .submission(let submission) = request, case .connect(let address, let port) = submission.payload else {
      throw UsageError("'\(text)' is not an address")
    }
    self.init(address, port: port)
  }

  private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

  /// An address family has 16 bits, in the machine's own byte order.
  private static func word(_ value: UInt32) -> [UInt8] {
    let word = UInt16(truncatingIfNeeded: value).littleEndian
    return [UInt8(truncatingIfNeeded: word), UInt8(truncatingIfNeeded: word >> 8)]
  }

  private static func bigEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    let count = Value.bitWidth / 8
    return (0..<count).map { UInt8(truncatingIfNeeded: value >> Value(8 * (count - 1 - $0))) }
  }
}
