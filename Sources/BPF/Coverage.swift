/// What runs of one program have been through: its instructions, and both sides of its conditional jumps.
package struct Coverage: Hashable, Sendable {
  /// Something that no run has done.
  package enum Gap: Hashable, Sendable {
    case neverExecuted(at: Int)
    /// The condition was never true.
    case neverTrue(at: Int)
    /// The condition was never false.
    case neverFalse(at: Int)
  }

  /// How often each instruction was executed.
  package private(set) var executions: [Int]
  /// How often the condition of each conditional jump was true; 0 for other instructions.
  package private(set) var jumpsTaken: [Int]
  private let isConditional: [Bool]

  package init(of program: Program) {
    executions = [Int](repeating: 0, count: program.instructions.count)
    jumpsTaken = executions
    isConditional = program.instructions.map { Opcode.conditionalJumps.contains($0.code) }
  }

  /// Counts one execution; `condition` is `nil` if the instruction is no conditional jump.
  mutating func record(at index: Int, condition: Bool?) {
    executions[index] += 1
    if condition == true { jumpsTaken[index] += 1 }
  }

  /// In the order of the program; of an instruction that was never executed, only that.
  package var gaps: [Gap] {
    executions.indices.flatMap { index -> [Gap] in
      guard executions[index] > 0 else { return [.neverExecuted(at: index)] }
      guard isConditional[index] else { return [] }
      return (jumpsTaken[index] == 0 ? [.neverTrue(at: index)] : [])
        + (jumpsTaken[index] == executions[index] ? [.neverFalse(at: index)] : [])
    }
  }

  package var isComplete: Bool { gaps.isEmpty }
}
