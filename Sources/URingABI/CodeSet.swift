/// A set of 8-bit codes: of operations, or of register opcodes.
package struct CodeSet: Hashable, Sendable {
  /// The codes below 128, and those from 128 on.
  private var low: UInt128 = 0
  private var high: UInt128 = 0

  /// 256 bits, the lowest code first.
  package var words: [UInt64] {
    [low, low >> 64, high, high >> 64].map { UInt64(truncatingIfNeeded: $0) }
  }

  package init() {}

  package init(_ operations: [Operation]) {
    for operation in operations { insert(operation.code) }
  }

  package init(where contains: (UInt8) -> Bool) {
    for code in UInt8.min...UInt8.max where contains(code) { insert(code) }
  }

  package init(words: [UInt64]) {
    precondition(words.count == 4, "there are 256 codes")
    low = UInt128(words[0]) | UInt128(words[1]) << 64
    high = UInt128(words[2]) | UInt128(words[3]) << 64
  }

  /// True if every code is in it.
  package var isEverything: Bool { low == .max && high == .max }

  package mutating func insert(_ code: UInt8) {
    let bit: UInt128 = 1 << UInt128(code & 127)
    if code < 128 { low |= bit } else { high |= bit }
  }

  package func contains(_ code: UInt8) -> Bool {
    (code < 128 ? low : high) >> UInt128(code & 127) & 1 == 1
  }

  package func union(_ other: CodeSet) -> CodeSet {
    var result = self
    result.low |= other.low
    result.high |= other.high
    return result
  }
}
