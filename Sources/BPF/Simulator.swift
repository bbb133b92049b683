/// Runs a program as the kernel does (bpf_prog_run() on an `io_uring_bpf_ctx`), for the instructions that the
/// compiler uses. Shares nothing with the assembler but the instruction itself.
package enum Simulator {
  package struct Outcome: Equatable, Sendable {
    /// The value returned; 0 denies, anything else allows.
    package let result: UInt32
    /// Instructions executed, the last `ret` included.
    package let executed: Int
    package var isAllowed: Bool { result != 0 }
  }

  package enum Fault: Error, Equatable {
    /// The kernel would have refused the program: unknown code, jump or load out of bounds, no `ret` at the end.
    case invalidProgram(at: Int)
  }

  /// `context`: the words of the context, the word at byte offset 4·i being `context[i]`.
  package static func run(_ program: Program, context: [UInt32]) throws(Fault) -> Outcome {
    var accumulator: UInt32 = 0
    var index: UInt32 = 0
    var counter = 0
    var executed = 0
    while counter < program.instructions.count {
      let at = counter
      let instruction = program.instructions[at]
      counter += 1
      executed += 1
      func branch(_ condition: Bool) -> Int { Int(condition ? instruction.jumpTrue : instruction.jumpFalse) }
      switch instruction.code {
      case 0x20:
        guard instruction.k.isMultiple(of: 4), Int(instruction.k / 4) < context.count else {
          throw .invalidProgram(at: at)
        }
        accumulator = context[Int(instruction.k / 4)]
      case 0x00: accumulator = instruction.k
      case 0x54: accumulator &= instruction.k
      case 0x24: accumulator &*= instruction.k
      case 0x74: accumulator >>= instruction.k
      case 0x07: index = accumulator
      case 0x4C: accumulator |= index
      case 0x05: counter += Int(instruction.k)
      case 0x15: counter += branch(accumulator == instruction.k)
      case 0x25: counter += branch(accumulator > instruction.k)
      case 0x35: counter += branch(accumulator >= instruction.k)
      case 0x45: counter += branch(accumulator & instruction.k != 0)
      case 0x06: return Outcome(result: instruction.k, executed: executed)
      case 0x16: return Outcome(result: accumulator, executed: executed)
      default: throw .invalidProgram(at: at)
      }
    }
    throw .invalidProgram(at: program.instructions.count)
  }
}
