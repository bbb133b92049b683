/// One classic BPF instruction (`struct sock_filter`, include/uapi/linux/filter.h): 8 bytes.
///
/// The machine has two 32-bit registers, the accumulator A and the index register X, and 16 words of memory M.
package struct Instruction: Hashable, Sendable {
  /// Class, size, mode and operation in one; `Opcode` names those that filters may use.
  package let code: UInt16
  /// Instructions to skip when a conditional jump is taken; without meaning in other instructions.
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

/// What a filter says about a request.
package enum Verdict: UInt32, Sendable {
  /// The request completes with `-EACCES`.
  case deny = 0
  /// This program has no objection; others of the same operation still may.
  case allow = 1
}
