/// One classic BPF instruction (`struct sock_filter`, include/uapi/linux/filter.h): 8 bytes.
///
/// The machine has two 32-bit registers, the accumulator A and the index register X, and 16 words of memory M.
package struct Instruction: Hashable, Sendable {
  /// Class, size, mode and operation in one.
  package let code: UInt16
  /// Instructions to skip when a conditional jump is taken.
  package let jumpTrue: UInt8
  /// Instructions to skip when it is not.
  package let jumpFalse: UInt8
  /// The operand: a constant, an offset, a memory slot or a jump distance.
  package let k: UInt32

  package init(code: UInt16, jumpTrue: UInt8 = 0, jumpFalse: UInt8 = 0, k: UInt32 = 0) {
    self.code = code
    self.jumpTrue = jumpTrue
    self.jumpFalse = jumpFalse
    self.k = k
  }
}

/// Numeric codes, include/uapi/linux/bpf_common.h, already combined as the instructions use them.
package enum Opcode {
  /// A ← word of the context at offset k.
  package static let loadWord: UInt16 = 0x20
  /// A ← k.
  package static let loadImmediate: UInt16 = 0x00
  /// A ← A & k.
  package static let andImmediate: UInt16 = 0x54
  /// A ← A · k.
  package static let multiplyImmediate: UInt16 = 0x24
  /// A ← A >> k.
  package static let shiftRightImmediate: UInt16 = 0x74
  /// X ← A.
  package static let copyToIndex: UInt16 = 0x07
  /// A ← A | X.
  package static let orIndex: UInt16 = 0x4C
  /// Skip k instructions.
  package static let jump: UInt16 = 0x05
  /// A = k?
  package static let jumpEqual: UInt16 = 0x15
  /// A > k, unsigned?
  package static let jumpGreater: UInt16 = 0x25
  /// A ≥ k, unsigned?
  package static let jumpGreaterOrEqual: UInt16 = 0x35
  /// A & k ≠ 0?
  package static let jumpBitsSet: UInt16 = 0x45
  /// End with result k.
  package static let returnImmediate: UInt16 = 0x06
  /// End with result A.
  package static let returnAccumulator: UInt16 = 0x16
}

/// What a filter says about a request.
package enum Verdict: UInt32, Sendable {
  /// The request completes with `-EACCES`.
  case deny = 0
  /// This program has no objection; others of the same operation still may.
  case allow = 1
}
