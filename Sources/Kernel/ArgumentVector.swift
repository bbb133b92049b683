/// The arguments of this process, or the tail of them that belongs to the target, as the kernel handed them over: any
/// bytes, nothing copied or re-encoded.
@safe
package struct ArgumentVector: @unchecked Sendable {
  // SAFETY: points into the process's own argument vector, which the C runtime keeps until the process ends and
  // nobody writes to; `count` elements are valid and a NULL follows the last.
  let base: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  package let count: Int

  /// `base`: `argv` as `main` got it, or a copy of that form that lives as long as the process.
  @unsafe
  package init(base: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>, count: Int) {
    unsafe self.base = unsafe base
    self.count = count
  }

  /// The arguments without the first `length`.
  package func dropFirst(_ length: Int) -> ArgumentVector {
    precondition(length <= count, "cannot drop more arguments than there are")
    return unsafe ArgumentVector(base: base + length, count: count - length)
  }

  /// The bytes of one argument.
  package func bytes(at index: Int) -> [UInt8] {
    precondition(index < count, "argument index out of range")
    // SAFETY: an argument is a C string; see `base`.
    guard let argument = unsafe base[index] else { return [] }
    return unsafe Array(String.bytes(of: argument))
  }

  /// One argument as text; bytes that are not UTF-8 are replaced.
  package subscript(index: Int) -> String { String(decoding: bytes(at: index), as: UTF8.self) }

  /// All arguments as text.
  package var strings: [String] { (0..<count).map { self[$0] } }
}

extension String {
  /// The bytes of a C string without its NUL.
  @unsafe
  static func bytes(of text: UnsafePointer<CChar>) -> [UInt8] {
    var bytes: [UInt8] = []
    var index = 0
    while unsafe text[index] != 0 {
      unsafe bytes.append(UInt8(bitPattern: text[index]))
      index += 1
    }
    return bytes
  }
}
