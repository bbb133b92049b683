/// Accepts exactly the programs that the kernel accepts as filters.
///
/// The kernel checks a program twice: as any classic program (bpf_check_classic(), net/core/filter.c), and then for
/// what only filters must not do (io_uring_check_cbpf_filter(), io_uring/bpf_filter.c, 7.0). Either refuses with EINVAL
/// and without a place; this names the first instruction in the same order.
package enum Verifier {
  /// Why the kernel would refuse a program.
  package struct Refusal: Error, Hashable, Sendable {
    /// The instruction at fault; `nil` if it is the program as a whole.
    package let index: Int?
    package let reason: Reason

    package init(at index: Int?, _ reason: Reason) {
      self.index = index
      self.reason = reason
    }
  }

  package enum Reason: Hashable, Sendable {
    /// The program has no instruction.
    case empty
    /// More than 4096 instructions; their number.
    case tooLong(Int)
    /// No classic instruction has this code.
    case unknownCode
    /// A division by the constant 0.
    case divisionByZero
    /// A shift by a constant of 32 or more.
    case shiftTooFar
    /// A slot of memory beyond M[15].
    case noSuchSlot
    /// A jump to behind the last instruction.
    case jumpOutOfProgram
    /// The last instruction is no return.
    case noReturnAtEnd
    /// A load from a slot of memory that some way to it does not store to first.
    case slotNotWritten
    /// A classic instruction that filters must not use: packet access other than whole words, and the remainder.
    case codeNotAllowed
    /// A load from an offset that is no multiple of 4 below 40.
    case loadOutOfContext
  }

  /// The first thing that the kernel would object to.
  ///
  /// `contextSize`: bytes that the program may load from. The second check has the same rules for the data of a system
  /// call (seccomp_check_filter(), kernel/seccomp.c), of which there are 64.
  package static func refusal(
    of instructions: [Instruction], contextSize: Int = Program.contextSize
  ) -> Refusal? {
    classicRefusal(of: instructions) ?? restrictionRefusal(of: instructions, contextSize: contextSize)
  }

  /// The classic check alone, which holds for socket filters, too.
  ///
  /// It differs from the kernel's in one point that no filter can reach: offsets from 0xFFFFF000 on, which address
  /// properties of a packet, are not looked at here. The second check refuses them all.
  package static func classicRefusal(of instructions: [Instruction]) -> Refusal? {
    guard !instructions.isEmpty else { return Refusal(at: nil, .empty) }
    guard instructions.count <= Program.mostInstructions else { return Refusal(at: nil, .tooLong(instructions.count)) }
    for (index, instruction) in instructions.enumerated() {
      // A jump that skips this many lands on the last instruction.
      let reach = instructions.count - index - 2
      if let reason = classicRefusal(of: instruction, reach: reach) { return Refusal(at: index, reason) }
    }
    guard let last = instructions.last, Opcode.returns.contains(last.code) else {
      return Refusal(at: instructions.count - 1, .noReturnAtEnd)
    }
    return unwrittenLoad(in: instructions).map { Refusal(at: $0, .slotNotWritten) }
  }

  private static func classicRefusal(of instruction: Instruction, reach: Int) -> Reason? {
    switch instruction.code {
    case Opcode.divideImmediate, remainderImmediate:
      instruction.k == 0 ? .divisionByZero : nil
    case Opcode.shiftLeftImmediate, Opcode.shiftRightImmediate:
      instruction.k >= 32 ? .shiftTooFar : nil
    case Opcode.store, Opcode.storeIndex, Opcode.loadMemory, Opcode.loadIndexMemory:
      instruction.k >= Program.memoryWords ? .noSuchSlot : nil
    case Opcode.jump:
      Int(instruction.k) > reach ? .jumpOutOfProgram : nil
    case let code where Opcode.conditionalJumps.contains(code):
      Int(max(instruction.jumpTrue, instruction.jumpFalse)) > reach ? .jumpOutOfProgram : nil
    case let code:
      Opcode.all.contains(code) || classicOnly.contains(code) ? nil : .unknownCode
    }
  }

  private static let remainderImmediate: UInt16 = 0x94

  /// chk_code_allowed() knows these as well, net/core/filter.c: loads of half words and bytes, loads relative to X, the
  /// header length of IPv4, and both remainders.
  private static let classicOnly: [UInt16] = [0x28, 0x30, 0x40, 0x48, 0x50, 0xB1, remainderImmediate, 0x9C]

  /// check_load_and_stores(), net/core/filter.c: the first load of a slot that need not have been written.
  ///
  /// It errs on the strict side, as the kernel does: what stands behind a return is taken to follow it, so what was not
  /// written before the return counts as not written behind it. Code that nothing reaches may load anything.
  private static func unwrittenLoad(in instructions: [Instruction]) -> Int? {
    // Bit k: M[k] is written. `atTarget` gathers what the jumps to an instruction have in common.
    var written: UInt16 = 0
    var atTarget = [UInt16](repeating: .max, count: instructions.count)
    for (index, instruction) in instructions.enumerated() {
      written &= atTarget[index]
      switch instruction.code {
      case Opcode.store, Opcode.storeIndex:
        written |= 1 << instruction.k
      case Opcode.loadMemory, Opcode.loadIndexMemory:
        if written & 1 << instruction.k == 0 { return index }
      case Opcode.jump:
        atTarget[index + 1 + Int(instruction.k)] &= written
        written = .max
      case let code where Opcode.conditionalJumps.contains(code):
        atTarget[index + 1 + Int(instruction.jumpTrue)] &= written
        atTarget[index + 1 + Int(instruction.jumpFalse)] &= written
        written = .max
      default: break
      }
    }
    return nil
  }

  private static func restrictionRefusal(of instructions: [Instruction], contextSize: Int) -> Refusal? {
    for (index, instruction) in instructions.enumerated() {
      guard Opcode.all.contains(instruction.code) else { return Refusal(at: index, .codeNotAllowed) }
      if instruction.code == Opcode.loadWord,
        !instruction.k.isMultiple(of: 4) || instruction.k >= contextSize
      {
        return Refusal(at: index, .loadOutOfContext)
      }
    }
    return nil
  }
}
