import BPF
import TestSupport
import Testing

/// Each reason once, and where it is seen; the kernel itself judges random programs in BPFKernelTests and LabTests.
struct VerifierTests {
  typealias Refusal = Verifier.Refusal

  private func refusal(_ text: String) throws -> Refusal? {
    Verifier.refusal(of: try AssemblyText.instructions(of: text))
  }

  @Test func lengthIsOneTo4096Instructions() {
    func straight(_ count: Int) -> Refusal? {
      Verifier.refusal(of: [Instruction](repeating: Instruction(code: Opcode.returnAccumulator), count: count))
    }
    #expect(straight(0) == Refusal(at: nil, .empty))
    #expect(straight(1) == nil)
    #expect(straight(4096) == nil)
    #expect(straight(4097) == Refusal(at: nil, .tooLong(4097)))
  }

  @Test(
    arguments: [
      ("ld #1\ndiv #0\nret a", 1, .divisionByZero), ("lsh #31\nlsh #32\nret a", 1, .shiftTooFar),
      ("rsh #32\nret a", 0, .shiftTooFar), ("st M[15]\nst M[16]\nret a", 1, .noSuchSlot),
      ("ldx M[16]\nret a", 0, .noSuchSlot), ("ret a\nneg", 1, .noReturnAtEnd), ("ld [2]\nret a", 0, .loadOutOfContext),
      ("ld [36]\nld [40]\nret a", 1, .loadOutOfContext), ("ld M[3]\nret a", 0, .slotNotWritten),
    ] as [(String, Int, Verifier.Reason)])
  func refusalNamesTheInstruction(text: String, index: Int, reason: Verifier.Reason) throws {
    #expect(try refusal(text) == Refusal(at: index, reason))
    #expect(try Program(checking: AssemblyText.instructions(of: text)) == nil)
  }

  @Test func jumpsEndInTheProgram() {
    let end = Instruction(code: Opcode.returnAccumulator)
    for code in Opcode.conditionalJumps + [Opcode.jump] {
      func jump(_ distance: UInt8, onTrue: Bool) -> Refusal? {
        let isJump = code == Opcode.jump
        let first = Instruction(
          code: code, jumpTrue: onTrue ? distance : 0, jumpFalse: onTrue ? 0 : distance,
          k: isJump ? UInt32(distance) : 0)
        return Verifier.refusal(of: [first, end, end])
      }
      for onTrue in [true, false] {
        #expect(jump(1, onTrue: onTrue) == nil)
        #expect(jump(2, onTrue: onTrue) == Refusal(at: 0, .jumpOutOfProgram))
      }
    }
    #expect(
      Verifier.refusal(of: [Instruction(code: Opcode.jump, k: .max), end]) == Refusal(at: 0, .jumpOutOfProgram))
  }

  @Test func codesAreThoseThatHaveNames() {
    // Eight more are classic, but not for filters.
    #expect(Opcode.all.count == 41 && Set(Opcode.all).count == 41)
    for code in 0...UInt16.max {
      // With k = 1, a slot that is written and a jump that lands.
      let first = Instruction(code: code, k: code == Opcode.loadWord ? 4 : 1)
      let refusal = Verifier.refusal(of: [
        Instruction(code: Opcode.store, k: 1), first, Instruction(code: Opcode.negate),
        Instruction(code: Opcode.returnAccumulator),
      ])
      let classicOnly: Set<UInt16> = [0x28, 0x30, 0x40, 0x48, 0x50, 0xB1, 0x94, 0x9C]
      let expected: Verifier.Reason? =
        Opcode.all.contains(code) ? nil : classicOnly.contains(code) ? .codeNotAllowed : .unknownCode
      if refusal?.reason != expected { Issue.record("code \(code): \(String(describing: refusal))") }
    }
  }

  @Test func slotIsWrittenOnEveryWay() throws {
    #expect(try refusal("jeq #0x1, a, b\na: st M[0]\nb: ld M[0]\nret a") == Refusal(at: 2, .slotNotWritten))
    #expect(try refusal("jeq #0x1, a, b\na: st M[0]\nja c\nb: stx M[0]\nc: ld M[0]\nret a") == nil)
    #expect(
      try refusal("jeq #0x1, a, b\na: st M[0]\nja c\nb: stx M[1]\nc: ld M[0]\nret a") == Refusal(at: 4, .slotNotWritten)
    )
  }

  @Test func kernelTakesAReturnForAWayOn() throws {
    // Nothing goes from the return to the load, but the kernel wants the slot written before the return as well.
    #expect(
      try refusal("jeq #0x1, a, b\na: st M[0]\nja c\nb: ret #0\nc: ld M[0]\nret a") == Refusal(at: 4, .slotNotWritten))
    #expect(try refusal("jeq #0x1, a, b\na: st M[0]\nja c\nb: ja c\nret #0\nc: ret a") == nil)
  }

  @Test func codeThatNothingReachesMayLoadAnySlot() throws {
    #expect(try refusal("ja out\nld M[0]\nout: ret a") == nil)
    #expect(try refusal("ret a\nld M[0]\nret a") == Refusal(at: 1, .slotNotWritten))
  }

  @Test func fieldsWithoutMeaningAreFree() {
    #expect(
      Verifier.refusal(of: [
        Instruction(code: Opcode.copyToIndex, jumpTrue: 9, jumpFalse: 9, k: .max),
        Instruction(code: Opcode.returnAccumulator, jumpTrue: 1, jumpFalse: 1, k: 7),
      ]) == nil)
  }
}
