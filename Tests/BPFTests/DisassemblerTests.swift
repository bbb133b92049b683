import BPF
import TestSupport
import Testing

struct DisassemblerTests {
  /// Accepted by the kernel's `bpf_asm` (tools/bpf, 6.1), which makes the same instructions of it.
  static let everything = """
    l0:\tld #0x1
    l1:\tld [36]
    l2:\tld #len
    l3:\tldx #0xffffffff
    l4:\tldx #len
    l5:\tst M[0]
    l6:\tstx M[15]
    l7:\tld M[0]
    l8:\tldx M[15]
    l9:\ttax
    l10:\ttxa
    l11:\tadd #0x1
    l12:\tadd x
    l13:\tsub #0x2
    l14:\tsub x
    l15:\tmul #0x3
    l16:\tmul x
    l17:\tdiv #0x4
    l18:\tdiv x
    l19:\tneg
    l20:\tor #0x5
    l21:\tor x
    l22:\tand #0x6
    l23:\tand x
    l24:\txor #0x7
    l25:\txor x
    l26:\tlsh #31
    l27:\tlsh x
    l28:\trsh #30
    l29:\trsh x
    l30:\tja l31
    l31:\tjeq #0x8, l32, l40
    l32:\tjeq x, l33, l40
    l33:\tjgt #0x9, l34, l40
    l34:\tjgt x, l35, l40
    l35:\tjge #0xa, l36, l40
    l36:\tjge x, l37, l40
    l37:\tjset #0xb, l38, l40
    l38:\tjset x, l39, l40
    l39:\tret #0xc
    l40:\tret a

    """

  @Test func everyInstructionIsWrittenAsBpfAsmWritesIt() throws {
    let program = try #require(Program(checking: AssemblyText.instructions(of: Self.everything)))
    #expect(Set(program.instructions.map(\.code)) == Set(Opcode.all))
    #expect(Disassembler.text(of: program) == Self.everything)
  }

  @Test(arguments: 0..<300 as Range<UInt64>)
  func textMeansTheProgram(seed: UInt64) throws {
    var generator = ProgramGenerator(seed: seed)
    let program = try #require(Program(checking: generator.program(length: Int(seed) + 1)))
    #expect(try AssemblyText.instructions(of: Disassembler.text(of: program)) == program.instructions)
  }

  @Test func codesWithoutANameAreShownAsNumbers() {
    let instruction = Instruction(code: 0xFFFF, jumpTrue: 1, jumpFalse: 2, k: 3)
    #expect(Disassembler.text(of: instruction, at: 0) == ".insn 0xffff, 1, 2, #0x3")
  }
}
