package import BPF

/// Random programs of every instruction that filters may use, and contexts that bring them to life.
///
/// The constants of a program and the words of its contexts come out of one small pool, so that comparisons come out
/// both ways, and lean towards the values at which arithmetic changes its mind.
package struct ProgramGenerator {
  private var random: SplitMix64
  private var pool: [UInt32] = []

  package init(seed: UInt64) {
    random = SplitMix64(seed: seed)
    pool = (0..<6).map { _ in anyWord() }
  }

  // MARK: Values

  private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  /// True once in `count` times.
  package mutating func once(in count: Int) -> Bool { number(1...count) == 1 }

  private mutating func oneOf<Value>(_ values: [Value]) -> Value { values[number(0...values.count - 1)] }

  private mutating func anyWord() -> UInt32 {
    switch number(0...3) {
    case 0: UInt32.random(in: 0...UInt32.max, using: &random)
    case 1: UInt32(number(0...40))
    case 2: 1 << UInt32(number(0...31))
    default: oneOf([0, 1, 31, 32, 33, 0x7FFF_FFFF, 0x8000_0000, 0x8000_0001, 0xFFFF_FFFE, 0xFFFF_FFFF])
    }
  }

  private mutating func word() -> UInt32 {
    guard once(in: 3) else { return oneOf(pool) &+ oneOf([0, 0, 0, 1, .max]) }
    return anyWord()
  }

  /// The ten words of a context.
  package mutating func context() -> [UInt32] { (0..<Program.contextSize / 4).map { _ in word() } }

  // MARK: Programs that the kernel accepts

  /// A program of the length, every field that an instruction does not use being 0.
  package mutating func program(length: Int) -> [Instruction] {
    var program: [Instruction] = []
    // What surely is written at each instruction; a jump leaves that to its target.
    var written: Set<UInt32> = []
    var atTarget: [Int: Set<UInt32>] = [:]
    while program.count < length - 1 {
      let index = program.count
      if let common = atTarget[index] { written.formIntersection(common) }
      let next = instruction(written: written, reach: length - index - 2)
      program.append(next)
      if next.code == Opcode.store || next.code == Opcode.storeIndex { written.insert(next.k) }
      var targets: [Int] = []
      if next.code == Opcode.jump { targets = [index + 1 + Int(next.k)] }
      if Opcode.conditionalJumps.contains(next.code) {
        targets = [index + 1 + Int(next.jumpTrue), index + 1 + Int(next.jumpFalse)]
      }
      for target in targets { atTarget[target] = atTarget[target]?.intersection(written) ?? written }
      // Behind a jump, only what other jumps bring is known. Nothing is assumed where none does.
      if !targets.isEmpty { written = atTarget[index + 1] ?? [] }
    }
    program.append(end())
    return program
  }

  private mutating func end() -> Instruction {
    once(in: 3)
      ? Instruction(code: Opcode.returnImmediate, k: oneOf([0, 1, word()]))
      : Instruction(code: Opcode.returnAccumulator)
  }

  /// `reach`: how many instructions a jump may skip.
  private mutating func instruction(written: Set<UInt32>, reach: Int) -> Instruction {
    switch number(0...99) {
    case 0..<22: return load(written: written)
    case 22..<30: return Instruction(code: oneOf([Opcode.store, Opcode.storeIndex]), k: UInt32(number(0...15)))
    case 30..<42: return Instruction(code: oneOf([Opcode.copyToIndex, Opcode.copyToIndex, Opcode.copyFromIndex]))
    case 42..<70: return calculation()
    case 70..<73: return Instruction(code: Opcode.jump, k: UInt32(distance(reach)))
    case 73..<98:
      let code = oneOf(Self.conditionalJumps)
      let operand = code & 0x08 == 0 ? word() : 0
      return Instruction(
        code: code, jumpTrue: UInt8(min(distance(reach), 255)), jumpFalse: UInt8(min(distance(reach), 255)), k: operand)
    default: return end()
    }
  }

  private mutating func distance(_ reach: Int) -> Int {
    once(in: 8) ? number(0...reach) : number(0...min(reach, 5))
  }

  private mutating func load(written: Set<UInt32>) -> Instruction {
    switch number(0...9) {
    case 0: return Instruction(code: oneOf([Opcode.loadImmediate, Opcode.loadIndexImmediate]), k: word())
    case 1: return Instruction(code: oneOf([Opcode.loadLength, Opcode.loadIndexLength]))
    case 2..<5:
      guard !written.isEmpty else { break }
      return Instruction(code: oneOf([Opcode.loadMemory, Opcode.loadIndexMemory]), k: oneOf(written.sorted()))
    default: break
    }
    return Instruction(code: Opcode.loadWord, k: UInt32(number(0...9) * 4))
  }

  private mutating func calculation() -> Instruction {
    let code = oneOf(Self.calculations)
    switch code {
    case Opcode.negate: return Instruction(code: code)
    case Opcode.shiftLeftImmediate, Opcode.shiftRightImmediate:
      return Instruction(code: code, k: UInt32(number(0...31)))
    case Opcode.divideImmediate: return Instruction(code: code, k: max(word(), 1))
    default: return Instruction(code: code, k: code & 0x08 == 0 ? word() : 0)
    }
  }

  private static let conditionalJumps = Opcode.conditionalJumps.sorted()
  private static let calculations = (Opcode.arithmetic + Opcode.bitOperations).sorted()

  // MARK: Programs that it may refuse

  /// Loads, stores and jumps among few slots of memory: often refused for a slot that is not written on some way.
  package mutating func memoryProgram(length: Int) -> [Instruction] {
    var program: [Instruction] = []
    while program.count < length - 1 {
      let reach = length - program.count - 2
      let slot = UInt32(number(0...1))
      switch number(0...9) {
      case 0..<4: program.append(Instruction(code: oneOf([Opcode.store, Opcode.storeIndex]), k: slot))
      case 4..<6: program.append(Instruction(code: oneOf([Opcode.loadMemory, Opcode.loadIndexMemory]), k: slot))
      case 6: program.append(end())
      case 7: program.append(Instruction(code: Opcode.jump, k: UInt32(number(0...min(reach, 3)))))
      default:
        program.append(
          Instruction(
            code: Opcode.jumpEqual, jumpTrue: UInt8(number(0...min(reach, 3))),
            jumpFalse: UInt8(number(0...min(reach, 3))), k: slot))
      }
    }
    return program + [end()]
  }

  /// The program with one to three small changes, each near what the kernel still accepts.
  package mutating func changed(_ program: [Instruction]) -> [Instruction] {
    var program = program
    for _ in 1...number(1...3) where !program.isEmpty { change(&program) }
    return program
  }

  private mutating func change(_ program: inout [Instruction]) {
    let index = number(0...program.count - 1)
    let old = program[index]
    let behind = program.count - index - 1
    switch number(0...9) {
    case 0: program.remove(at: index)
    case 1: program.swapAt(index, number(0...program.count - 1))
    case 2: program.insert(Instruction(code: oneOf(Self.memoryCodes), k: oneOf([0, 1, 14, 15, 16, 17])), at: index)
    case 3: program[index] = Instruction(code: Opcode.loadWord, k: oneOf([0, 1, 2, 3, 4, 35, 36, 37, 38, 39, 40, 44]))
    case 4:
      let codes = [Opcode.shiftLeftImmediate, Opcode.shiftRightImmediate, Opcode.divideImmediate, 0x94]
      program[index] = Instruction(code: oneOf(codes), k: oneOf([0, 1, 30, 31, 32, 33, 0x8000_0000]))
    case 5: program[index] = Instruction(code: Opcode.jump, k: UInt32(max(0, behind + oneOf([-2, -1, 0, 1]))))
    case 6:
      let sides = [0, behind - 2, behind - 1, behind, behind + 1].map { UInt8(min(max($0, 0), 255)) }
      let (code, k) = (oneOf(Self.conditionalJumps), word())
      program[index] = Instruction(code: code, jumpTrue: oneOf(sides), jumpFalse: oneOf(sides), k: k)
    case 7:
      // One bit of the code, or any code at all.
      let code = once(in: 4) ? UInt16(number(0...0xFFFF)) : old.code ^ 1 << UInt16(number(0...8))
      program[index] = Instruction(code: code, jumpTrue: old.jumpTrue, jumpFalse: old.jumpFalse, k: old.k)
    case 8: program[index] = Instruction(code: UInt16(number(0...0xFF)), k: UInt32(number(0...40)))
    default:
      // Fields that the instruction does not use are free.
      let (left, right) = (UInt8(number(0...255)), UInt8(number(0...255)))
      program[index] =
        old.code & 7 == 5
        ? Instruction(code: old.code, jumpTrue: left, jumpFalse: right, k: old.k)
        : Instruction(code: old.code, jumpTrue: left, jumpFalse: right, k: once(in: 2) ? old.k : word())
    }
  }

  private static let memoryCodes = [Opcode.store, Opcode.storeIndex, Opcode.loadMemory, Opcode.loadIndexMemory]
}
