/// Numeric codes, include/uapi/linux/bpf_common.h, already combined as the instructions use them.
///
/// These are all that the kernel lets a filter use (io_uring_check_cbpf_filter(), io_uring/bpf_filter.c, 7.0). Names
/// that end in `Immediate` take k for the second operand, names that end in `Index` take X.
package enum Opcode {
  // MARK: Loads into A

  /// A ← k.
  package static let loadImmediate: UInt16 = 0x00
  /// A ← word of the context at offset k.
  package static let loadWord: UInt16 = 0x20
  /// A ← M[k].
  package static let loadMemory: UInt16 = 0x60
  /// A ← size of the context in bytes.
  package static let loadLength: UInt16 = 0x80

  // MARK: Loads into X

  /// X ← k.
  package static let loadIndexImmediate: UInt16 = 0x01
  /// X ← M[k].
  package static let loadIndexMemory: UInt16 = 0x61
  /// X ← size of the context in bytes.
  package static let loadIndexLength: UInt16 = 0x81

  // MARK: Stores and copies

  /// M[k] ← A.
  package static let store: UInt16 = 0x02
  /// M[k] ← X.
  package static let storeIndex: UInt16 = 0x03
  /// X ← A.
  package static let copyToIndex: UInt16 = 0x07
  /// A ← X.
  package static let copyFromIndex: UInt16 = 0x87

  // MARK: Arithmetic: all of it modulo 2³²

  /// A ← A + k.
  package static let addImmediate: UInt16 = 0x04
  /// A ← A + X.
  package static let addIndex: UInt16 = 0x0C
  /// A ← A - k.
  package static let subtractImmediate: UInt16 = 0x14
  /// A ← A - X.
  package static let subtractIndex: UInt16 = 0x1C
  /// A ← A · k.
  package static let multiplyImmediate: UInt16 = 0x24
  /// A ← A · X.
  package static let multiplyIndex: UInt16 = 0x2C
  /// A ← A / k, unsigned; k ≠ 0.
  package static let divideImmediate: UInt16 = 0x34
  /// A ← A / X, unsigned; X = 0 ends the program with result 0.
  package static let divideIndex: UInt16 = 0x3C
  /// A ← -A.
  package static let negate: UInt16 = 0x84

  // MARK: Bits

  /// A ← A | k.
  package static let orImmediate: UInt16 = 0x44
  /// A ← A | X.
  package static let orIndex: UInt16 = 0x4C
  /// A ← A & k.
  package static let andImmediate: UInt16 = 0x54
  /// A ← A & X.
  package static let andIndex: UInt16 = 0x5C
  /// A ← A ^ k.
  package static let exclusiveOrImmediate: UInt16 = 0xA4
  /// A ← A ^ X.
  package static let exclusiveOrIndex: UInt16 = 0xAC
  /// A ← A << k; k < 32.
  package static let shiftLeftImmediate: UInt16 = 0x64
  /// A ← A << (X & 31).
  package static let shiftLeftIndex: UInt16 = 0x6C
  /// A ← A >> k; k < 32.
  package static let shiftRightImmediate: UInt16 = 0x74
  /// A ← A >> (X & 31).
  package static let shiftRightIndex: UInt16 = 0x7C

  // MARK: Jumps, forward only

  /// Skip k instructions.
  package static let jump: UInt16 = 0x05
  /// A = k?
  package static let jumpEqual: UInt16 = 0x15
  /// A = X?
  package static let jumpEqualIndex: UInt16 = 0x1D
  /// A > k, unsigned?
  package static let jumpGreater: UInt16 = 0x25
  /// A > X, unsigned?
  package static let jumpGreaterIndex: UInt16 = 0x2D
  /// A ≥ k, unsigned?
  package static let jumpGreaterOrEqual: UInt16 = 0x35
  /// A ≥ X, unsigned?
  package static let jumpGreaterOrEqualIndex: UInt16 = 0x3D
  /// A & k ≠ 0?
  package static let jumpBitsSet: UInt16 = 0x45
  /// A & X ≠ 0?
  package static let jumpBitsSetIndex: UInt16 = 0x4D

  // MARK: Ends

  /// End with result k.
  package static let returnImmediate: UInt16 = 0x06
  /// End with result A.
  package static let returnAccumulator: UInt16 = 0x16
}

extension Opcode {
  package static let loads: [UInt16] = [
    loadImmediate, loadWord, loadMemory, loadLength, loadIndexImmediate, loadIndexMemory, loadIndexLength,
  ]

  package static let storesAndCopies: [UInt16] = [store, storeIndex, copyToIndex, copyFromIndex]

  package static let arithmetic: [UInt16] = [
    addImmediate, addIndex, subtractImmediate, subtractIndex, multiplyImmediate, multiplyIndex, divideImmediate,
    divideIndex, negate,
  ]

  package static let bitOperations: [UInt16] = [
    orImmediate, orIndex, andImmediate, andIndex, exclusiveOrImmediate, exclusiveOrIndex, shiftLeftImmediate,
    shiftLeftIndex, shiftRightImmediate, shiftRightIndex,
  ]

  package static let conditionalJumps: [UInt16] = [
    jumpEqual, jumpEqualIndex, jumpGreater, jumpGreaterIndex, jumpGreaterOrEqual, jumpGreaterOrEqualIndex,
    jumpBitsSet, jumpBitsSetIndex,
  ]

  package static let returns: [UInt16] = [returnImmediate, returnAccumulator]

  /// Every code that a filter may use.
  package static let all: [UInt16] =
    loads + storesAndCopies + arithmetic + bitOperations + conditionalJumps + returns + [jump]
}
