/// A classic BPF program of 1 to 4096 instructions that ends on every path.
package struct Program: Hashable, Sendable {
  /// Most instructions a program may have (`BPF_MAXINSNS`, include/uapi/linux/bpf_common.h).
  package static let mostInstructions = 4096

  package let instructions: [Instruction]

  init(unchecked instructions: [Instruction]) {
    self.instructions = instructions
  }

  /// The program that says the same about every request.
  package static func always(_ verdict: Verdict) -> Program {
    Program(unchecked: [Instruction(code: Opcode.returnImmediate, k: verdict.rawValue)])
  }
}
