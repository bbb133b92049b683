import BPF
import Testing

struct SimulatorTests {
  private func result(_ instructions: [Instruction], _ context: [UInt32] = []) throws -> UInt32 {
    try Simulator.run(#require(Program(checking: instructions)), context: context).result
  }

  @Test func loadsAreWordsOfTheContext() throws {
    let program = [Instruction(code: Opcode.loadWord, k: 8), Instruction(code: Opcode.returnAccumulator)]
    #expect(try result(program, [1, 2, 0xDEAD_BEEF]) == 0xDEAD_BEEF)
  }

  @Test func comparisonsAreUnsigned() throws {
    func taken(_ code: UInt16, _ a: UInt32, _ k: UInt32) throws -> Bool {
      try result(
        [
          Instruction(code: Opcode.loadImmediate, k: a), Instruction(code: code, jumpTrue: 0, jumpFalse: 1, k: k),
          Instruction(code: Opcode.returnImmediate, k: 1), Instruction(code: Opcode.returnImmediate, k: 0),
        ]) == 1
    }
    #expect(try taken(Opcode.jumpGreater, 0xFFFF_FFFF, 1))
    #expect(try !taken(Opcode.jumpGreater, 1, 1))
    #expect(try taken(Opcode.jumpGreaterOrEqual, 1, 1))
    #expect(try !taken(Opcode.jumpGreaterOrEqual, 0, 0x8000_0000))
    #expect(try taken(Opcode.jumpEqual, 5, 5))
    #expect(try taken(Opcode.jumpBitsSet, 6, 2))
    #expect(try !taken(Opcode.jumpBitsSet, 6, 1))
  }

  @Test func executedInstructionsAreCounted() throws {
    let program = try #require(
      Program(checking: [
        Instruction(code: Opcode.jump, k: 1), Instruction(code: Opcode.returnImmediate, k: 0),
        Instruction(code: Opcode.returnImmediate, k: 9),
      ]))
    let outcome = try Simulator.run(program, context: [])
    #expect(outcome.result == 9)
    #expect(outcome.executed == 2)
  }

  @Test(arguments: [
    [Instruction(code: Opcode.loadImmediate, k: 1)],
    [Instruction(code: Opcode.jump, k: 1), Instruction(code: Opcode.returnImmediate)],
    [Instruction(code: Opcode.loadWord, k: 2), Instruction(code: Opcode.returnImmediate)],
    [Instruction(code: Opcode.loadWord, k: 40), Instruction(code: Opcode.returnImmediate)],
    [Instruction(code: 0xFFFF)], [],
  ])
  func programThatTheKernelRefusesIsNoProgram(instructions: [Instruction]) {
    #expect(Program(checking: instructions) == nil)
  }
}
