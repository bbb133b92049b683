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

  /// The bytes of one argument, from an offset that is not behind its end.
  package func bytes(at index: Int, from start: Int = 0) -> [UInt8] {
    precondition(index < count, "argument index out of range")
    // SAFETY: an argument is a C string of which at least `start` bytes precede the NUL; see `base`.
    guard let argument = unsafe base[index] else { return [] }
    return unsafe Array(String.bytes(of: argument + start))
  }

  /// How an argument compares with a name. For launches: bytes are compared, and nothing is copied.
  package enum Likeness: Sendable {
    case other
    case same
    /// The name, an equals sign, and perhaps more, which begins at this offset.
    case joined(at: Int)
    /// The name and more.
    case longer
  }

  /// Compares one argument with a name.
  package func likeness(of index: Int, to name: StaticString) -> Likeness {
    precondition(index < count, "argument index out of range")
    // SAFETY: an argument is a C string, whose NUL ends the comparison; a static string has its count of bytes.
    guard let argument = unsafe base[index] else { return .other }
    let length = name.utf8CodeUnitCount
    for offset in 0..<length where unsafe UInt8(bitPattern: argument[offset]) != name.utf8Start[offset] {
      return .other
    }
    let next = unsafe UInt8(bitPattern: argument[length])
    if next == 0 { return .same }
    return next == UInt8(ascii: "=") ? .joined(at: length + 1) : .longer
  }

  /// True if an argument is this text.
  package func argument(_ index: Int, is text: StaticString) -> Bool {
    if case .same = likeness(of: index, to: text) { return true }
    return false
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
