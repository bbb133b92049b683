/// Runs a program as the kernel does (bpf_convert_filter(), net/core/filter.c, and what it converts to). Shares nothing
/// with the assembler but the instruction itself: codes are taken apart into their bits here.
package enum Simulator {
  package struct Outcome: Equatable, Sendable {
    /// The value returned; 0 denies, anything else allows.
    package let result: UInt32
    /// Instructions executed, the last one included.
    package let executed: Int
    package var isAllowed: Bool { result != 0 }
  }

  package enum Fault: Error, Equatable {
    /// The kernel would have refused the program: unknown code, jump or load out of bounds, no return at the end.
    case invalidProgram(at: Int)
    /// The instruction loads a word that the given context does not have; that of an io_uring request always has 40 bytes.
    case contextTooShort(at: Int)
  }

  /// Runs the program from its first instruction.
  ///
  /// `context`: its words, the one at byte offset 4·i being `context[i]`. It may be shorter than the kernel's as long
  /// as the program does not load what is missing. `contextSize`: the bytes that the kernel's has.
  package static func run(
    _ program: Program, context: [UInt32], contextSize: Int = Program.contextSize
  ) throws(Fault) -> Outcome {
    var machine = Machine(instructions: program.instructions, context: context, contextSize: contextSize)
    var executed = 0
    while true {
      executed += 1
      if case .end(let result) = try machine.step() { return Outcome(result: result, executed: executed) }
    }
  }

  /// Runs the program and adds to `coverage` what was executed, even if the run ends in a fault.
  package static func run(
    _ program: Program, context: [UInt32], coverage: inout Coverage
  ) throws(Fault) -> Outcome {
    var machine = Machine(
      instructions: program.instructions, context: context, contextSize: Program.contextSize)
    var executed = 0
    while true {
      let index = machine.counter
      let step = try machine.step()
      executed += 1
      coverage.record(at: index, condition: step.condition)
      if case .end(let result) = step { return Outcome(result: result, executed: executed) }
    }
  }
}

/// What one instruction led to.
private enum Step {
  case next
  /// A conditional jump, and what its condition came to.
  case branch(Bool)
  case end(UInt32)

  var condition: Bool? {
    if case .branch(let condition) = self { condition } else { nil }
  }
}

/// The registers, and what they work on. All of them start as 0.
private struct Machine {
  let instructions: [Instruction]
  let context: [UInt32]
  let contextSize: Int
  private(set) var counter = 0
  private var accumulator: UInt32 = 0
  private var index: UInt32 = 0
  private var memory = [UInt32](repeating: 0, count: 16)

  init(instructions: [Instruction], context: [UInt32], contextSize: Int) {
    self.instructions = instructions
    self.context = context
    self.contextSize = contextSize
  }

  /// Executes one instruction. Its class is in bits 0 to 2 of the code.
  mutating func step() throws(Simulator.Fault) -> Step {
    let at = counter
    guard at < instructions.count else { throw .invalidProgram(at: at) }
    let instruction = instructions[at]
    counter += 1
    switch instruction.code & 0xFF07 {
    case 0: accumulator = try loaded(instruction, at)
    case 1: index = try loaded(instruction, at)
    case 2: try store(accumulator, instruction, at)
    case 3: try store(index, instruction, at)
    case 4: return try calculate(instruction, at)
    case 5: return try jump(instruction, at)
    case 6 where instruction.code == 0x06: return .end(instruction.k)
    case 6 where instruction.code == 0x16: return .end(accumulator)
    case 7 where instruction.code == 0x07: index = accumulator
    case 7 where instruction.code == 0x87: accumulator = index
    default: throw .invalidProgram(at: at)
    }
    return .next
  }

  /// Bits 3 and 4 of a load are its size, of which the word is 0; bits 5 to 7 say from where.
  private func loaded(_ instruction: Instruction, _ at: Int) throws(Simulator.Fault) -> UInt32 {
    let k = Int(instruction.k)
    switch instruction.code & 0xF8 {
    case 0x00: return instruction.k
    case 0x20 where instruction.code & 1 == 0:
      guard k.isMultiple(of: 4), k < contextSize else { throw .invalidProgram(at: at) }
      guard k / 4 < context.count else { throw .contextTooShort(at: at) }
      return context[k / 4]
    case 0x60 where k < memory.count: return memory[k]
    case 0x80: return UInt32(contextSize)
    default: throw .invalidProgram(at: at)
    }
  }

  private mutating func store(_ value: UInt32, _ instruction: Instruction, _ at: Int) throws(Simulator.Fault) {
    guard instruction.code < 8, instruction.k < 16 else { throw .invalidProgram(at: at) }
    memory[Int(instruction.k)] = value
  }

  /// Bit 3 says which operand, in arithmetic and in jumps: k or X.
  private func operand(of instruction: Instruction) -> UInt32 {
    instruction.code & 0x08 == 0 ? instruction.k : index
  }

  private mutating func calculate(_ instruction: Instruction, _ at: Int) throws(Simulator.Fault) -> Step {
    let operand = operand(of: instruction)
    switch instruction.code & 0xF0 {
    case 0x00: accumulator &+= operand
    case 0x10: accumulator &-= operand
    case 0x20: accumulator &*= operand
    case 0x30:
      // bpf_convert_filter() puts a test in front of the division.
      if operand == 0 { return .end(0) }
      accumulator /= operand
    case 0x40: accumulator |= operand
    case 0x50: accumulator &= operand
    // Only the low five bits of the distance count: ___bpf_prog_run(), kernel/bpf/core.c (5.14), and so the processor's
    // own shift that the x86 compiler emits. Constants of 32 and more are refused.
    case 0x60: accumulator &<<= operand
    case 0x70: accumulator &>>= operand
    case 0x80 where instruction.code == 0x84: accumulator = 0 &- accumulator
    case 0xA0: accumulator ^= operand
    default: throw .invalidProgram(at: at)
    }
    return .next
  }

  private mutating func jump(_ instruction: Instruction, _ at: Int) throws(Simulator.Fault) -> Step {
    let operand = operand(of: instruction)
    let condition: Bool
    switch instruction.code & 0xF0 {
    case 0x00 where instruction.code == 0x05:
      counter += Int(instruction.k)
      return .next
    case 0x10: condition = accumulator == operand
    case 0x20: condition = accumulator > operand
    case 0x30: condition = accumulator >= operand
    case 0x40: condition = accumulator & operand != 0
    default: throw .invalidProgram(at: at)
    }
    counter += Int(condition ? instruction.jumpTrue : instruction.jumpFalse)
    return .branch(condition)
  }
}
