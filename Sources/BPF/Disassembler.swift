/// Writes a program in the syntax of the kernel's `bpf_asm` (tools/bpf in the kernel tree), one instruction a line.
package enum Disassembler {
  package static func text(of program: Program) -> String {
    program.instructions.enumerated()
      .map { index, instruction in "l\(index):\t\(text(of: instruction, at: index))\n" }
      .joined()
  }

  /// One instruction; `index` is its place in the program, which names its jump targets.
  package static func text(of instruction: Instruction, at index: Int) -> String {
    let k = "#0x" + String(instruction.k, radix: 16)
    switch instruction.code {
    case Opcode.loadWord: return "ld [\(instruction.k)]"
    case Opcode.loadImmediate: return "ld \(k)"
    case Opcode.andImmediate: return "and \(k)"
    case Opcode.multiplyImmediate: return "mul \(k)"
    case Opcode.shiftRightImmediate: return "rsh #\(instruction.k)"
    case Opcode.copyToIndex: return "tax"
    case Opcode.orIndex: return "or x"
    case Opcode.jump: return "ja l\(index + 1 + Int(instruction.k))"
    case Opcode.jumpEqual: return branch("jeq", k, instruction, index)
    case Opcode.jumpGreater: return branch("jgt", k, instruction, index)
    case Opcode.jumpGreaterOrEqual: return branch("jge", k, instruction, index)
    case Opcode.jumpBitsSet: return branch("jset", k, instruction, index)
    case Opcode.returnImmediate: return "ret \(k)"
    case Opcode.returnAccumulator: return "ret a"
    default:
      return ".insn 0x\(String(instruction.code, radix: 16)), \(instruction.jumpTrue), \(instruction.jumpFalse), \(k)"
    }
  }

  private static func branch(_ name: String, _ k: String, _ instruction: Instruction, _ index: Int) -> String {
    "\(name) \(k), l\(index + 1 + Int(instruction.jumpTrue)), l\(index + 1 + Int(instruction.jumpFalse))"
  }
}
