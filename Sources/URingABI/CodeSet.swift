/// A set of 8-bit codes: of operations, or of register opcodes.
package struct CodeSet: Hashable, Sendable {
  /// 256 bits, the lowest code first.
  package private(set) var words: [UInt64] = [0, 0, 0, 0]

  package init() {}

  package init(_ operations: [Operation]) {
    for operation in operations { insert(operation.code) }
  }

  package init(where contains: (UInt8) -> Bool) {
    for code in UInt8.min...UInt8.max where contains(code) { insert(code) }
  }

  package init(words: [UInt64]) {
    precondition(words.count == 4, "there are 256 codes")
    self.words = words
  }

  package mutating func insert(_ code: UInt8) { words[Int(code >> 6)] |= 1 << UInt64(code & 63) }

  package func contains(_ code: UInt8) -> Bool { words[Int(code >> 6)] >> UInt64(code & 63) & 1 == 1 }

  package func union(_ other: CodeSet) -> CodeSet {
    CodeSet(words: words.indices.map { words[$0] | other.words[$0] })
  }
}
