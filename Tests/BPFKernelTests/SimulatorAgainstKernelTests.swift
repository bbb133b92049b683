import BPF
import Foundation
import TestSupport
import Testing

/// The running kernel and the simulator must agree on random programs.
///
/// `URING_JAIL_KERNEL_SAMPLES` is how many pairs of a program and a context are tried (default 100000).
@Suite(.serialized)
struct SimulatorAgainstKernelTests {
  static let samples =
    ProcessInfo.processInfo.environment["URING_JAIL_KERNEL_SAMPLES"].flatMap { Int($0) } ?? 100_000
  static let contextsPerProgram = 50

  /// Each sample is run twice: as it is, which shows whether the result is 0 and how large it is up to 40, and with a
  /// comparison of the whole result behind it.
  @Test func kernelComputesWhatTheSimulatorComputes() throws {
    let kernel = try SocketFilter()
    var executions: [UInt16: Int] = [:]
    var jumpsTaken: [UInt16: Int] = [:]
    for seed in 0..<UInt64(Self.samples / Self.contextsPerProgram) {
      var generator = ProgramGenerator(seed: seed)
      let length = seed % 50 == 49 ? 40 * Int(seed / 50 % 40 + 2) : Int(seed % 50) + 1
      let program = try #require(Program(checking: generator.program(length: length)), "seed \(seed)")
      let contexts = (0..<Self.contextsPerProgram).map { _ in generator.context() }
      var coverage = Coverage(of: program)
      let expected = try contexts.map { try Simulator.run(program, context: $0, coverage: &coverage).result }

      try #require(kernel.attach(program.instructions) == 0, "seed \(seed)")
      let lengths = try kernel.pass(contexts)
      try #require(kernel.attach(ResultComparison(program).instructions) == 0, "seed \(seed)")
      let comparisons = try kernel.pass(zip(contexts, expected).map { $0 + [$1] })
      for (index, result) in expected.enumerated() {
        // A division by zero ends the program before it comes to its comparison.
        let isSame =
          comparisons[index] == ResultComparison.equal || (comparisons[index] == nil && result == 0)
        if lengths[index] != (result == 0 ? nil : Int(min(result, 40))) || !isSame {
          Issue.record(
            """
            seed \(seed): not \(result) for \(contexts[index]): \(String(describing: lengths[index])), \
            \(String(describing: comparisons[index])):
            \(Disassembler.text(of: program))
            """)
          return
        }
      }
      for (index, instruction) in program.instructions.enumerated() {
        executions[instruction.code, default: 0] += coverage.executions[index]
        jumpsTaken[instruction.code, default: 0] += coverage.jumpsTaken[index]
      }
    }
    expectThorough(executions, jumpsTaken)
  }

  /// The samples prove something only about instructions that they executed.
  private func expectThorough(_ executions: [UInt16: Int], _ jumpsTaken: [UInt16: Int]) {
    let enough = Self.samples / 1000
    for code in Opcode.all.sorted() {
      let count = executions[code] ?? 0
      #expect(count >= enough, "\(Disassembler.text(of: Instruction(code: code), at: 0)) executed \(count) times")
    }
    for code in Opcode.conditionalJumps.sorted() {
      let (taken, all) = (jumpsTaken[code] ?? 0, executions[code] ?? 0)
      #expect(min(taken, all - taken) >= enough / 10, "\(Disassembler.text(of: Instruction(code: code), at: 0))")
    }
  }
}
