/// A classic BPF program of 1 to 4096 instructions that ends on every path.
package struct Program: Hashable, Sendable {
  /// Most instructions a program may have (`BPF_MAXINSNS`, include/uapi/linux/bpf_common.h).
  package static let mostInstructions = 4096

  /// Bytes of context that a program may load from.
  package static let contextSize = 40

  package let instructions: [Instruction]

  init(unchecked instructions: [Instruction]) {
    self.instructions = instructions
  }

  /// Instructions from elsewhere; `nil` if the kernel would refuse them. Accepts the instructions that `Opcode` names.
  package init?(checking instructions: [Instruction]) {
    guard (1...Self.mostInstructions).contains(instructions.count), let last = instructions.last,
      last.code == Opcode.returnImmediate || last.code == Opcode.returnAccumulator
    else { return nil }
    for (index, instruction) in instructions.enumerated() {
      // How many instructions a jump may skip and still land inside the program.
      let reach = instructions.count - index - 2
      switch instruction.code {
      case Opcode.loadWord:
        guard instruction.k.isMultiple(of: 4), Int(instruction.k) < Self.contextSize else { return nil }
      case Opcode.jump:
        guard Int(instruction.k) <= reach else { return nil }
      case Opcode.jumpEqual, Opcode.jumpGreater, Opcode.jumpGreaterOrEqual, Opcode.jumpBitsSet:
        guard max(Int(instruction.jumpTrue), Int(instruction.jumpFalse)) <= reach else { return nil }
      case Opcode.shiftRightImmediate:
        guard instruction.k < 32 else { return nil }
      case Opcode.multiplyImmediate, Opcode.copyToIndex, Opcode.orIndex: break
      case Opcode.loadImmediate, Opcode.andImmediate, Opcode.returnImmediate, Opcode.returnAccumulator:
        break
      default:
        return nil
      }
    }
    self.instructions = instructions
  }

  /// The program that says the same about every request.
  package static func always(_ verdict: Verdict) -> Program {
    Program(unchecked: [Instruction(code: Opcode.returnImmediate, k: verdict.rawValue)])
  }
}
