/// A classic BPF program that the kernel accepts as a filter: 1 to 4096 instructions, ending on every path.
package struct Program: Hashable, Sendable {
  /// Most instructions a program may have (`BPF_MAXINSNS`, include/uapi/linux/bpf_common.h).
  package static let mostInstructions = 4096

  /// Bytes of context that a program for io_uring requests may load from.
  package static let contextSize = 40

  /// Words of memory that a program has (`BPF_MEMWORDS`, include/uapi/linux/filter.h).
  package static let memoryWords = 16

  package let instructions: [Instruction]

  init(unchecked instructions: [Instruction]) {
    self.instructions = instructions
  }

  /// Instructions from elsewhere; `nil` if the kernel would refuse them, for the reason that `Verifier` gives.
  package init?(checking instructions: [Instruction], contextSize: Int = Program.contextSize) {
    guard Verifier.refusal(of: instructions, contextSize: contextSize) == nil else { return nil }
    self.instructions = instructions
  }

  /// Instructions of any number and from anywhere, for the simulator only: the kernel may refuse them.
  package init(forSimulation instructions: [Instruction]) {
    self.instructions = instructions
  }

  /// The program that says the same about every request.
  package static func always(_ verdict: Verdict) -> Program {
    Program(unchecked: [Instruction(code: Opcode.returnImmediate, k: verdict.rawValue)])
  }
}
