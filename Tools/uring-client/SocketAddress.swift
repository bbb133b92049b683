import Glibc

/// A socket address in the kernel's form, from `ADDRESS:PORT`, `[ADDRESS]:PORT`, `unix:PATH` or
/// `family:NUMBER`, which has nothing but its family.
struct SocketAddress {
  let bytes: [UInt8]

  init(_ text: String) throws(UsageError) {
    if text.hasPrefix("unix:") {
      bytes = Self.word(UInt16(AF_UNIX)) + Array(text.dropFirst(5).utf8) + [0]
      return
    }
    if text.hasPrefix("family:") {
      guard let family = UInt16(exactly: try Number.parse(text.dropFirst(7))) else {
        throw UsageError("family \(text.dropFirst(7)) is too large")
      }
      bytes = Self.word(family) + [UInt8](repeating: 0, count: 14)
      return
    }
    guard let colon = text.lastIndex(of: ":") else { throw UsageError("'\(text)' has no port") }
    let portText = text[text.index(after: colon)...]
    guard let port = UInt16(exactly: try Number.parse(portText)) else {
      throw UsageError("port \(portText) is too large")
    }
    let bigEndianPort = [UInt8(port >> 8), UInt8(port & 0xFF)]
    let host = String(text[..<colon])
    if host.hasPrefix("[") {
      let address = try Self.binary(String(host.dropFirst().dropLast()), AF_INET6, size: 16)
      // family, port, flow information, address, scope
      bytes = Self.word(UInt16(AF_INET6)) + bigEndianPort + [0, 0, 0, 0] + address + [0, 0, 0, 0]
    } else {
      let address = try Self.binary(host, AF_INET, size: 4)
      bytes = Self.word(UInt16(AF_INET)) + bigEndianPort + address + [UInt8](repeating: 0, count: 8)
    }
  }

  private static func word(_ value: UInt16) -> [UInt8] {
    [UInt8(value.littleEndian & 0xFF), UInt8(value.littleEndian >> 8)]
  }

  private static func binary(_ text: String, _ family: Int32, size: Int) throws(UsageError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: size)
    // SAFETY: inet_pton writes 4 or 16 bytes, the size that the caller passes for the family.
    guard unsafe inet_pton(family, text, &bytes) == 1 else { throw UsageError("'\(text)' is no address") }
    return bytes
  }
}
