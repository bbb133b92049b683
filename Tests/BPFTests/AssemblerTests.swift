import BPF
import TestSupport
import Testing

struct AssemblerTests {
  @Test func shortProgramIsLaidOutAsWritten() throws {
    var assembler = Assembler()
    let allow = assembler.makeLabel()
    assembler.loadWord(at: 20)
    assembler.and(0xF)
    assembler.branchIfEqual(3, then: .label(allow), else: .next)
    assembler.end(.deny)
    assembler.place(allow)
    assembler.end(.allow)
    let text = Disassembler.text(of: try assembler.assemble())
    #expect(
      text == """
        l0:\tld [20]
        l1:\tand #0xf
        l2:\tjeq #0x3, l4, l3
        l3:\tret #0x0
        l4:\tret #0x1

        """)
  }

  @Test func everyInstructionCanBeAssembled() throws {
    let written = try AssemblyText.instructions(of: DisassemblerTests.everything)
    var assembler = Assembler()
    let labels = written.map { _ in assembler.makeLabel() }
    for (index, instruction) in written.enumerated() {
      assembler.place(labels[index])
      if instruction.code == Opcode.jump {
        assembler.jump(to: labels[index + 1 + Int(instruction.k)])
      } else if Opcode.conditionalJumps.contains(instruction.code) {
        let ifTrue = Assembler.Target.label(labels[index + 1 + Int(instruction.jumpTrue)])
        let ifFalse = Assembler.Target.label(labels[index + 1 + Int(instruction.jumpFalse)])
        assembler.branch(instruction.code, instruction.k, then: ifTrue, else: ifFalse)
      } else {
        assembler.append(instruction)
      }
    }
    #expect(Disassembler.text(of: try assembler.assemble()) == DisassemblerTests.everything)
  }

  @Test func emptyProgramIsRefused() {
    #expect(throws: Assembler.Failure.empty) { try Assembler().assemble() }
  }

  @Test(arguments: [4095, 4096])
  func longestProgramIsAccepted(count: Int) throws {
    #expect(try straightLine(count).assemble().instructions.count == count)
  }

  @Test func programOneTooLongIsRefused() {
    #expect(throws: Assembler.Failure.tooLong(4097)) { try straightLine(4097).assemble() }
  }

  private func straightLine(_ count: Int) -> Assembler {
    var assembler = Assembler()
    for _ in 1..<count { assembler.loadWord(at: 0) }
    assembler.end(.allow)
    return assembler
  }

  /// The target is `distance` instructions behind the test, on the true, the false, or both sides.
  @Test(arguments: [0, 1, 253, 254, 255, 256, 257, 300, 4000])
  func jumpsOfAnyDistanceGoWhereTheyShould(distance: Int) throws {
    for (onTrue, onFalse) in [(true, false), (false, true), (true, true)] {
      var assembler = Assembler()
      let far = assembler.makeLabel()
      assembler.loadWord(at: 0)
      assembler.branchIfEqual(7, then: onTrue ? .label(far) : .next, else: onFalse ? .label(far) : .next)
      for _ in 0..<distance { assembler.end(.deny) }
      assembler.place(far)
      assembler.end(.allow)
      let program = try assembler.assemble()
      for value: UInt32 in [7, 8] {
        let jumps = value == 7 ? onTrue : onFalse
        let outcome = try Simulator.run(program, context: [value])
        #expect(outcome.isAllowed == (jumps || distance == 0), "distance \(distance), value \(value)")
      }
    }
  }

  @Test func lengtheningOneBranchMovesOthersOutOfReach() throws {
    // Each branch alone reaches its target; the jump inserted for a later one pushes it away.
    var assembler = Assembler()
    let target = assembler.makeLabel()
    for value in 0..<200 as Range<UInt32> {
      assembler.branchIfEqual(value, then: .label(target), else: .next)
    }
    for _ in 0..<100 { assembler.loadWord(at: 0) }
    assembler.end(.deny)
    assembler.place(target)
    assembler.end(.allow)
    let program = try assembler.assemble()
    for value: UInt32 in [0, 1, 99, 199, 200] {
      // A starts as 0 and nothing is loaded before the tests, so put the value there first.
      let loaded = Program(checking: [Instruction(code: Opcode.loadImmediate, k: value)] + program.instructions)
      #expect(try Simulator.run(#require(loaded), context: [0]).isAllowed == (value < 200), "\(value)")
    }
  }
}
