package import BPF

/// What programs cost that must all run: instructions on the longest way, in the mean over all ways, and in all.
package struct ProgramCost: Comparable, Sendable {
  package let worst: Int
  /// Every way through a test being as likely as the other.
  package let mean: Double
  package let size: Int

  package init(_ programs: [Program]) {
    let costs = programs.map { Self.cost(of: $0.instructions) }
    worst = costs.reduce(0) { $0 + $1.worst }
    mean = costs.reduce(0) { $0 + $1.mean }
    size = programs.reduce(0) { $0 + $1.instructions.count }
  }

  package static func < (a: ProgramCost, b: ProgramCost) -> Bool {
    (a.worst, a.mean, a.size) < (b.worst, b.mean, b.size)
  }

  /// Jumps go forward only, so one walk from the end knows every way.
  private static func cost(of instructions: [Instruction]) -> (worst: Int, mean: Double) {
    var costs = [(worst: Int, mean: Double)](repeating: (0, 0), count: instructions.count)
    for (index, instruction) in instructions.enumerated().reversed() {
      switch instruction.code & 0x07 {
      case 0x06:
        costs[index] = (1, 1)
      case 0x05 where instruction.code == Opcode.jump:
        let next = costs[index + 1 + Int(instruction.k)]
        costs[index] = (next.worst + 1, next.mean + 1)
      case 0x05:
        let then = costs[index + 1 + Int(instruction.jumpTrue)]
        let otherwise = costs[index + 1 + Int(instruction.jumpFalse)]
        costs[index] = (1 + max(then.worst, otherwise.worst), 1 + (then.mean + otherwise.mean) / 2)
      default:
        let next = costs[index + 1]
        costs[index] = (next.worst + 1, next.mean + 1)
      }
    }
    return costs.first ?? (0, 0)
  }
}
