import BPF
import TestSupport
import Testing

/// One fact each; the kernel itself judges random programs in BPFKernelTests and LabTests.
struct SimulatorTests {
  private func program(_ text: String) throws -> Program {
    try #require(Program(checking: AssemblyText.instructions(of: text)))
  }

  private func result(_ text: String, _ context: [UInt32] = []) throws -> UInt32 {
    try Simulator.run(program(text), context: context).result
  }

  @Test func loadsAreWordsOfTheContext() throws {
    #expect(try result("ld [8]\nret a", [1, 2, 0xDEAD_BEEF]) == 0xDEAD_BEEF)
    #expect(try result("ld #len\nret a") == 40)
    #expect(try result("ldx #len\ntxa\nret a") == 40)
  }

  @Test func onlyAWordThatTheContextLacksIsAFault() throws {
    let program = try program("ld [0]\njeq #0x7, in, out\nin: ld [36]\nout: ret a")
    #expect(try Simulator.run(program, context: [6]).result == 6)
    #expect(throws: Simulator.Fault.contextTooShort(at: 2)) { try Simulator.run(program, context: [7]) }
    #expect(try Simulator.run(program, context: [7, 0, 0, 0, 0, 0, 0, 0, 0, 9]).result == 9)
  }

  @Test func comparisonsAreUnsigned() throws {
    func taken(_ jump: String, _ a: UInt32, _ other: UInt32) throws -> Bool {
      let constant = try result("ld [0]\n\(jump) #\(other), yes, no\nyes: ret #1\nno: ret #0", [a])
      let index = try result("ldx #\(other)\nld [0]\n\(jump) x, yes, no\nyes: ret #1\nno: ret #0", [a])
      #expect(constant == index)
      return constant == 1
    }
    #expect(try taken("jgt", 0xFFFF_FFFF, 1))
    #expect(try !taken("jgt", 1, 1))
    #expect(try taken("jge", 1, 1))
    #expect(try !taken("jge", 0, 0x8000_0000))
    #expect(try taken("jeq", 5, 5))
    #expect(try !taken("jeq", 5, 6))
    #expect(try taken("jset", 6, 2))
    #expect(try !taken("jset", 6, 1))
  }

  @Test(
    arguments: [
      ("add", 0xFFFF_FFFF, 2, 1), ("sub", 1, 2, 0xFFFF_FFFF), ("mul", 0x8000_0001, 2, 2), ("div", 7, 2, 3),
      ("div", 0xFFFF_FFFE, 0xFFFF_FFFF, 0), ("or", 5, 3, 7), ("and", 5, 3, 1), ("xor", 5, 3, 6),
      ("lsh", 3, 31, 1 << 31), ("rsh", 0x8000_0000, 31, 1),
    ] as [(String, UInt32, UInt32, UInt32)])
  func arithmeticWrapsAround(operation: String, a: UInt32, operand: UInt32, expected: UInt32) throws {
    #expect(try result("ld [0]\n\(operation) #\(operand)\nret a", [a]) == expected)
    #expect(try result("ldx #\(operand)\nld [0]\n\(operation) x\nret a", [a]) == expected)
  }

  @Test func negationIsTwosComplement() throws {
    #expect(try result("ld #1\nneg\nret a") == 0xFFFF_FFFF)
    #expect(try result("ld #0\nneg\nret a") == 0)
  }

  @Test(arguments: [(32, 3), (33, 6), (0xFFFF_FFFF, 0x8000_0000)] as [(UInt32, UInt32)])
  func onlyFiveBitsOfAShiftInXCount(distance: UInt32, expected: UInt32) throws {
    #expect(try result("ldx #\(distance)\nld #3\nlsh x\nret a") == expected)
    #expect(try result("ldx #\(distance)\nld #3\nrsh x\nret a") == 3 >> (distance & 31))
  }

  @Test func divisionByAnXOfZeroEndsTheProgramWithZero() throws {
    let outcome = try Simulator.run(program("ld #9\nldx #0\ndiv x\nret #1"), context: [])
    #expect(outcome.result == 0)
    #expect(outcome.executed == 3)
  }

  @Test func registersStartAsZero() throws {
    #expect(try result("ret a") == 0)
    #expect(try result("ld #5\nadd x\nret a") == 5)
  }

  @Test func memoryKeepsBothRegisters() throws {
    #expect(
      try result(
        "ld #6\nst M[0]\nldx #7\nstx M[15]\nld #0\nldx #0\nld M[15]\nldx M[0]\nlsh #8\nor x\nret a") == 0x706)
    #expect(try result("ld #6\ntax\nld #0\ntxa\nret a") == 6)
  }

  @Test func executedInstructionsAreCounted() throws {
    let outcome = try Simulator.run(program("ja out\nret #0\nout: ret #9"), context: [])
    #expect(outcome.result == 9)
    #expect(outcome.executed == 2)
  }

  @Test func coverageTellsWhatNoRunHasDone() throws {
    let program = try program("ld [0]\njeq #0x1, yes, no\nyes: jset #0x2, out, out\nno: ret #0\nout: ret #1")
    var coverage = Coverage(of: program)
    #expect(coverage.gaps == (0..<5).map(Coverage.Gap.neverExecuted(at:)))
    #expect(try Simulator.run(program, context: [1], coverage: &coverage).result == 1)
    #expect(coverage.gaps == [.neverFalse(at: 1), .neverTrue(at: 2), .neverExecuted(at: 3)])
    #expect(try Simulator.run(program, context: [2], coverage: &coverage).result == 0)
    #expect(coverage.gaps == [.neverTrue(at: 2)])
    #expect(coverage.executions == [2, 2, 1, 1, 1])
    #expect(coverage.jumpsTaken == [0, 1, 0, 0, 0])
    #expect(!coverage.isComplete)
  }
}
