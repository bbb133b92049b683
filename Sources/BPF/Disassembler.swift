/// Writes a program in the syntax of the kernel's `bpf_asm` (tools/bpf in the kernel tree), one instruction a line.
///
/// Fields that an instruction does not use are not shown.
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
    case Opcode.loadImmediate: return "ld \(k)"
    case Opcode.loadWord: return "ld [\(instruction.k)]"
    case Opcode.loadMemory: return "ld M[\(instruction.k)]"
    case Opcode.loadLength: return "ld #len"
    case Opcode.loadIndexImmediate: return "ldx \(k)"
    case Opcode.loadIndexMemory: return "ldx M[\(instruction.k)]"
    case Opcode.loadIndexLength: return "ldx #len"
    case Opcode.store: return "st M[\(instruction.k)]"
    case Opcode.storeIndex: return "stx M[\(instruction.k)]"
    case Opcode.copyToIndex: return "tax"
    case Opcode.copyFromIndex: return "txa"
    case Opcode.negate: return "neg"
    case Opcode.shiftLeftImmediate: return "lsh #\(instruction.k)"
    case Opcode.shiftRightImmediate: return "rsh #\(instruction.k)"
    case Opcode.jump: return "ja l\(index + 1 + Int(instruction.k))"
    case Opcode.returnImmediate: return "ret \(k)"
    case Opcode.returnAccumulator: return "ret a"
    default: break
    }
    if let name = withConstant[instruction.code] { return "\(name) \(k)" }
    if let name = withIndex[instruction.code] { return "\(name) x" }
    if let name = jumpsOnConstant[instruction.code] { return branch("\(name) \(k)", instruction, index) }
    if let name = jumpsOnIndex[instruction.code] { return branch("\(name) x", instruction, index) }
    return ".insn 0x\(String(instruction.code, radix: 16)), \(instruction.jumpTrue), \(instruction.jumpFalse), \(k)"
  }

  private static func branch(_ test: String, _ instruction: Instruction, _ index: Int) -> String {
    "\(test), l\(index + 1 + Int(instruction.jumpTrue)), l\(index + 1 + Int(instruction.jumpFalse))"
  }

  private static let withConstant: [UInt16: String] = [
    Opcode.addImmediate: "add", Opcode.subtractImmediate: "sub", Opcode.multiplyImmediate: "mul",
    Opcode.divideImmediate: "div", Opcode.orImmediate: "or", Opcode.andImmediate: "and",
    Opcode.exclusiveOrImmediate: "xor",
  ]

  private static let withIndex: [UInt16: String] = [
    Opcode.addIndex: "add", Opcode.subtractIndex: "sub", Opcode.multiplyIndex: "mul", Opcode.divideIndex: "div",
    Opcode.orIndex: "or", Opcode.andIndex: "and", Opcode.exclusiveOrIndex: "xor", Opcode.shiftLeftIndex: "lsh",
    Opcode.shiftRightIndex: "rsh",
  ]

  private static let jumpsOnConstant: [UInt16: String] = [
    Opcode.jumpEqual: "jeq", Opcode.jumpGreater: "jgt", Opcode.jumpGreaterOrEqual: "jge", Opcode.jumpBitsSet: "jset",
  ]

  private static let jumpsOnIndex: [UInt16: String] = [
    Opcode.jumpEqualIndex: "jeq", Opcode.jumpGreaterIndex: "jgt", Opcode.jumpGreaterOrEqualIndex: "jge",
    Opcode.jumpBitsSetIndex: "jset",
  ]
}
