/// A path as the kernel takes it: any bytes but NUL, not necessarily UTF-8.
package struct FilePath: Hashable, Sendable, CustomStringConvertible {
  /// Ends with a NUL, and has no other.
  let bytes: [CChar]

  /// - Precondition: no byte is NUL; a C string, where every path comes from, has none.
  package init(_ bytes: some Sequence<UInt8>) {
    self.bytes = bytes.map { CChar(bitPattern: $0) } + [0]
    precondition(self.bytes.dropLast().allSatisfy { $0 != 0 }, "a path has no NUL")
  }

  /// The bytes that came in.
  package var withoutTerminator: [UInt8] { bytes.dropLast().map { UInt8(bitPattern: $0) } }

  package init(_ text: String) {
    self.init(text.utf8)
  }

  /// For messages: what is not UTF-8 is replaced.
  package var description: String {
    String(decoding: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
