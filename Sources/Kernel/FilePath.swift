/// A path as the kernel takes it: any bytes but NUL, not necessarily UTF-8.
package struct FilePath: Hashable, Sendable, CustomStringConvertible {
  /// Bytes that a path may have for open(2), with its NUL: PATH_MAX.
  package static var longest: Int { 4096 }

  private static var slash: CChar { CChar(bitPattern: UInt8(ascii: "/")) }

  /// Ends with a NUL, and has no other.
  let bytes: [CChar]

  /// - Precondition: no byte is NUL; a C string, where every path comes from, has none.
  package init(_ bytes: [UInt8]) {
    // A launch runs this: see docs/design/0013-speed-of-a-launch.md.
    var characters: [CChar] = []
    characters.reserveCapacity(bytes.count + 1)
    for byte in bytes {
      precondition(byte != 0, "a path has no NUL")
      characters.append(CChar(bitPattern: byte))
    }
    characters.append(0)
    self.bytes = characters
  }

  /// The bytes that came in.
  package var withoutTerminator: [UInt8] { Self.unsigned(bytes.dropLast()) }

  package init(_ text: String) {
    self.init(Array(text.utf8))
  }

  /// Begins at the root, not in the current directory.
  package var isAbsolute: Bool { bytes.first == Self.slash }

  /// The names that the path goes through; `.`, which goes nowhere, is left out.
  package var components: [[UInt8]] {
    // And this.
    var names: [[UInt8]] = []
    var rest = bytes.dropLast()
    while let start = rest.firstIndex(where: { $0 != Self.slash }) {
      let end = rest[start...].firstIndex(of: Self.slash) ?? rest.endIndex
      let name = Self.unsigned(rest[start..<end])
      if name != [UInt8(ascii: ".")] { names.append(name) }
      rest = rest[end...]
    }
    return names
  }

  /// The directory part, as the path has it: what is before the last slash, without slashes at its end. `/` for what
  /// is in the root, and empty for a path without a slash, which begins in the current directory.
  package var folder: [UInt8] {
    guard let end = bytes.lastIndex(of: Self.slash) else { return [] }
    guard let last = bytes[..<end].lastIndex(where: { $0 != Self.slash }) else { return [UInt8(ascii: "/")] }
    return Self.unsigned(bytes[...last])
  }

  /// For messages: what is not UTF-8 is replaced.
  package var description: String { String(decoding: withoutTerminator, as: UTF8.self) }

  private static func unsigned(_ bytes: ArraySlice<CChar>) -> [UInt8] { bytes.map { UInt8(bitPattern: $0) } }
}
