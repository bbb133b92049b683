package import BPF

/// Runs a program for every context at once.
///
/// The machine's registers are words whose bits are functions of the context. At each instruction there is one state
/// for each different content of the registers; how it was reached does not matter to what comes of it. Programs only
/// jump forward, so one walk finds the states and one walk back finds what they lead to.
package struct SymbolicExecution {
  package typealias Function = BooleanFunctions.Function

  /// States of all instructions together, at most.
  static let mostStates = 1 << 20

  private let instructions: [Instruction]
  private let context: ContextVariables
  private var states: [[State]]
  private var steps: [[Step]]
  private var numbers: [[State: Int]]
  private var count = 0
  private var words = WordTable()

  /// Different contents of the registers; memory has 16 words.
  private struct State: Hashable {
    var accumulator: WordTable.ID
    var index: WordTable.ID
    var memory: [WordTable.ID]
  }

  /// A state of an instruction.
  private struct Place {
    let instruction: Int
    let state: Int
  }

  private enum Step {
    /// Ends the program where the guard does not hold. `isTaken`: by a conditional jump, as in every context.
    case next(Place, guardedBy: Function, isTaken: Bool = false)
    case branch(Function, Place, Place)
    /// The program allows where this holds.
    case end(Function)
  }

  /// - Throws: `AnalysisLimit` if the program has too many states, or functions too many nodes.
  package init(
    _ program: Program, _ context: ContextVariables, in functions: inout BooleanFunctions
  ) throws(AnalysisLimit) {
    instructions = program.instructions
    self.context = context
    states = [[State]](repeating: [], count: instructions.count)
    steps = [[Step]](repeating: [], count: instructions.count)
    numbers = [[State: Int]](repeating: [:], count: instructions.count)
    let zero = words.id(of: SymbolicWord(0))
    _ = try enter(
      0, State(accumulator: zero, index: zero, memory: [WordTable.ID](repeating: zero, count: Program.memoryWords)))
    for index in instructions.indices {
      for state in states[index] { steps[index].append(try step(instructions[index], at: index, state, &functions)) }
      // Only the steps are needed from here on.
      states[index] = []
      numbers[index] = [:]
    }
  }

  private mutating func enter(_ instruction: Int, _ state: State) throws(AnalysisLimit) -> Place {
    precondition(instruction < instructions.count, "no jump of a checked program leaves it")
    if let known = numbers[instruction][state] { return Place(instruction: instruction, state: known) }
    count += 1
    if count > Self.mostStates { throw AnalysisLimit(.states(Self.mostStates)) }
    let number = numbers[instruction].count
    numbers[instruction][state] = number
    states[instruction].append(state)
    return Place(instruction: instruction, state: number)
  }

  // MARK: Results

  /// Where the program returns anything but 0.
  package func allowed(in functions: inout BooleanFunctions) throws(AnalysisLimit) -> Function {
    var results: [[Function]] = steps.map { [Function](repeating: .never, count: $0.count) }
    for index in steps.indices.reversed() {
      for (state, step) in steps[index].enumerated() {
        switch step {
        case .end(let function): results[index][state] = function
        case .next(let place, let condition, _):
          results[index][state] = try functions.and(condition, results[place.instruction][place.state])
        case .branch(let condition, let then, let otherwise):
          results[index][state] = try functions.choose(
            condition, results[then.instruction][then.state], results[otherwise.instruction][otherwise.state])
        }
      }
    }
    return results[0][0]
  }

  /// Which contexts come by an instruction, and which of them find its condition true.
  package struct Visit: Sendable {
    package fileprivate(set) var reached = Function.never
    /// Part of `reached`; nowhere if the instruction is no conditional jump.
    package fileprivate(set) var taken = Function.never
  }

  /// By instruction, for contexts inside a domain.
  package func visits(
    within domain: Function, in functions: inout BooleanFunctions
  ) throws(AnalysisLimit) -> [Visit] {
    var reached: [[Function]] = steps.map { [Function](repeating: .never, count: $0.count) }
    var visits = [Visit](repeating: Visit(), count: steps.count)
    reached[0][0] = domain
    for index in steps.indices {
      for (state, step) in steps[index].enumerated() {
        let here = reached[index][state]
        visits[index].reached = try functions.or(visits[index].reached, here)
        func add(_ place: Place, _ condition: Function) throws(AnalysisLimit) {
          let part = try functions.and(here, condition)
          reached[place.instruction][place.state] = try functions.or(reached[place.instruction][place.state], part)
        }
        switch step {
        case .end: break
        case .next(let place, let condition, let isTaken):
          try add(place, condition)
          if isTaken { visits[index].taken = try functions.or(visits[index].taken, here) }
        case .branch(let condition, let then, let otherwise):
          try add(then, condition)
          try add(otherwise, try functions.not(condition))
          visits[index].taken = try functions.or(visits[index].taken, try functions.and(here, condition))
        }
      }
    }
    return visits
  }

  // MARK: Steps

  private mutating func step(
    _ instruction: Instruction, at index: Int, _ state: State, _ functions: inout BooleanFunctions
  ) throws(AnalysisLimit) -> Step {
    var next = state
    let k = SymbolicWord(instruction.k)
    let length = SymbolicWord(UInt32(Program.contextSize))
    switch instruction.code {
    case Opcode.loadImmediate: next.accumulator = words.id(of: k)
    case Opcode.loadWord:
      next.accumulator = words.id(of: try context.word(at: Int(instruction.k), in: &functions))
    case Opcode.loadMemory: next.accumulator = state.memory[Int(instruction.k)]
    case Opcode.loadLength: next.accumulator = words.id(of: length)
    case Opcode.loadIndexImmediate: next.index = words.id(of: k)
    case Opcode.loadIndexMemory: next.index = state.memory[Int(instruction.k)]
    case Opcode.loadIndexLength: next.index = words.id(of: length)
    case Opcode.store: next.memory[Int(instruction.k)] = state.accumulator
    case Opcode.storeIndex: next.memory[Int(instruction.k)] = state.index
    case Opcode.copyToIndex: next.index = state.accumulator
    case Opcode.copyFromIndex: next.accumulator = state.index
    case Opcode.returnImmediate: return .end(instruction.k == 0 ? .never : .always)
    case Opcode.returnAccumulator: return .end(try functions.isNonzero(words[state.accumulator]))
    case Opcode.jump: return .next(try enter(index + 1 + Int(instruction.k), state), guardedBy: .always)
    case let code where Opcode.conditionalJumps.contains(code):
      return try branch(instruction, at: index, state, &functions)
    default:
      let operand = Self.usesIndex(instruction) ? words[state.index] : k
      let result = try Self.calculate(instruction, words[state.accumulator], operand, &functions)
      next.accumulator = words.id(of: result)
      let divides = instruction.code == Opcode.divideIndex
      let condition = divides ? try functions.isNonzero(operand) : .always
      return .next(try enter(index + 1, next), guardedBy: condition)
    }
    return .next(try enter(index + 1, next), guardedBy: .always)
  }

  private static func usesIndex(_ instruction: Instruction) -> Bool { instruction.code & 0x08 != 0 }

  private static func calculate(
    _ instruction: Instruction, _ a: SymbolicWord, _ b: SymbolicWord, _ functions: inout BooleanFunctions
  ) throws(AnalysisLimit) -> SymbolicWord {
    switch instruction.code {
    case Opcode.addImmediate, Opcode.addIndex: try functions.add(a, b)
    case Opcode.subtractImmediate, Opcode.subtractIndex: try functions.subtract(a, b)
    case Opcode.multiplyImmediate, Opcode.multiplyIndex: try functions.multiply(a, b)
    case Opcode.divideImmediate, Opcode.divideIndex: try functions.divide(a, by: b)
    case Opcode.orImmediate, Opcode.orIndex: try functions.or(a, b)
    case Opcode.andImmediate, Opcode.andIndex: try functions.and(a, b)
    case Opcode.exclusiveOrImmediate, Opcode.exclusiveOrIndex: try functions.exclusiveOr(a, b)
    case Opcode.shiftLeftImmediate, Opcode.shiftLeftIndex: try functions.shiftLeft(a, by: b)
    case Opcode.shiftRightImmediate, Opcode.shiftRightIndex: try functions.shiftRight(a, by: b)
    case Opcode.negate: try functions.subtract(SymbolicWord(0), a)
    default: preconditionFailure("a checked program has known codes only")
    }
  }

  private mutating func branch(
    _ instruction: Instruction, at index: Int, _ state: State, _ functions: inout BooleanFunctions
  ) throws(AnalysisLimit) -> Step {
    let operand = Self.usesIndex(instruction) ? words[state.index] : SymbolicWord(instruction.k)
    let accumulator = words[state.accumulator]
    let condition =
      switch instruction.code {
      case Opcode.jumpEqual, Opcode.jumpEqualIndex: try functions.isEqual(accumulator, operand)
      case Opcode.jumpGreater, Opcode.jumpGreaterIndex: try functions.isGreater(accumulator, operand)
      case Opcode.jumpGreaterOrEqual, Opcode.jumpGreaterOrEqualIndex: try functions.isAtLeast(accumulator, operand)
      default: try functions.isNonzero(try functions.and(accumulator, operand))
      }
    let then = index + 1 + Int(instruction.jumpTrue)
    let otherwise = index + 1 + Int(instruction.jumpFalse)
    if condition == .always { return .next(try enter(then, state), guardedBy: .always, isTaken: true) }
    if condition == .never { return .next(try enter(otherwise, state), guardedBy: .always) }
    return .branch(condition, try enter(then, state), try enter(otherwise, state))
  }
}

/// Words by number, each once.
private struct WordTable {
  typealias ID = Int

  private var words: [SymbolicWord] = []
  private var ids: [SymbolicWord: ID] = [:]

  subscript(id: ID) -> SymbolicWord { words[id] }

  mutating func id(of word: SymbolicWord) -> ID {
    if let known = ids[word] { return known }
    words.append(word)
    ids[word] = words.count - 1
    return words.count - 1
  }
}
