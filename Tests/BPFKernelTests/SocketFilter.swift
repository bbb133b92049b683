import BPF
import CTestSockets

/// The kernel's own machine, as far as any process may use it: programs run as socket filters on the packets between
/// two sockets.
struct SocketFilter: ~Copyable {
  struct Failure: Error {
    let call: String
    let errno: Int32
  }

  private var pair: [Int32] = [-1, -1]

  init() throws {
    // SAFETY: the array has the two elements that the function writes.
    let result = unsafe ts_open(&pair)
    guard result == 0 else { throw Failure(call: "socketpair", errno: -result) }
  }

  deinit {
    // SAFETY: the array has the two elements that the function reads.
    unsafe ts_close(pair)
  }

  /// Replaces the program: 0, or the errno of the refusal.
  func attach(_ instructions: [Instruction]) -> Int32 {
    // `struct sock_filter` in the byte order of the machine.
    let words = instructions.map { instruction in
      UInt64(instruction.code) | UInt64(instruction.jumpTrue) << 16 | UInt64(instruction.jumpFalse) << 24
        | UInt64(instruction.k) << 32
    }
    // SAFETY: one word is one instruction, and the count is theirs; an empty program is refused unread.
    return unsafe -ts_attach(pair, words.map(\.littleEndian), UInt16(words.count))
  }

  /// How many bytes of each packet the program lets through: the value it returns, and at most the packet; `nil` where
  /// it returned 0 and the packet was dropped.
  func pass(_ packets: [[UInt32]]) throws -> [Int?] {
    // A packet is read in network byte order, a context in that of the machine.
    let words = packets.flatMap { $0.map(\.bigEndian) }
    let size = (packets.first?.count ?? 0) * 4
    precondition(packets.allSatisfy { $0.count * 4 == size }, "packets have one size")
    var lengths = [Int32](repeating: -2, count: packets.count)
    // SAFETY: there are `packets.count` packets of `size` bytes, and as many lengths.
    let result = unsafe ts_pass(pair, words, size, packets.count, &lengths)
    guard result == 0 else { throw Failure(call: "send or recv", errno: -result) }
    return lengths.map { $0 < 0 ? nil : Int($0) }
  }
}

/// A program made to compare its own result, all 32 bits of it, with a word that stands behind the context.
///
/// Before: `ret a`, and `ret #k`. After: a jump to `tax; ld [40]; jeq x, …`, and a jump to `ld #k` in front of that.
/// The packet is longer than a context, so the length of the context is a constant, as the kernel makes it for
/// filters. Nothing else changes, and no instruction moves.
struct ResultComparison {
  static let equal = 1
  static let different = 2

  let instructions: [Instruction]

  init(_ program: Program) {
    var instructions = program.instructions
    let constants = Set(instructions.filter { $0.code == Opcode.returnImmediate }.map(\.k)).sorted()
    // Two instructions a constant, and then the comparison.
    let stubs = instructions.count
    let comparison = stubs + constants.count * 2
    for (index, instruction) in instructions.enumerated() {
      func jump(to target: Int) -> Instruction { Instruction(code: Opcode.jump, k: UInt32(target - index - 1)) }
      switch instruction.code {
      case Opcode.returnAccumulator: instructions[index] = jump(to: comparison)
      case Opcode.returnImmediate:
        let stub = constants.firstIndex(of: instruction.k).map { stubs + $0 * 2 }
        instructions[index] = jump(to: stub ?? comparison)
      case Opcode.loadLength: instructions[index] = Instruction(code: Opcode.loadImmediate, k: 40)
      case Opcode.loadIndexLength: instructions[index] = Instruction(code: Opcode.loadIndexImmediate, k: 40)
      default: break
      }
    }
    for (number, constant) in constants.enumerated() {
      instructions += [
        Instruction(code: Opcode.loadImmediate, k: constant),
        Instruction(code: Opcode.jump, k: UInt32((constants.count - number - 1) * 2)),
      ]
    }
    self.instructions =
      instructions + [
        Instruction(code: Opcode.copyToIndex), Instruction(code: Opcode.loadWord, k: 40),
        Instruction(code: Opcode.jumpEqualIndex, jumpTrue: 0, jumpFalse: 1),
        Instruction(code: Opcode.returnImmediate, k: UInt32(Self.equal)),
        Instruction(code: Opcode.returnImmediate, k: UInt32(Self.different)),
      ]
  }
}
