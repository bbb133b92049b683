import BPF
import TestSupport
import Testing
import URingABI

@testable import FilterAnalysis

/// What symbolic execution says of a program is what the simulator sees in single runs.
struct SymbolicExecutionTests {
  private static let operations: [Operation] = [.openat, .openat2, .socket, .connect, Operation(code: 22)]

  @Test(arguments: 0..<60 as Range<UInt64>)
  func randomProgramsAllowWhatTheSimulatorAllows(seed: UInt64) throws {
    var generator = ProgramGenerator(seed: seed)
    let program = try #require(Program(checking: generator.program(length: 24)))
    let variables = ContextVariables(of: Self.operations[Int(seed % 5)])
    var functions = BooleanFunctions(mostNodes: 1 << 16)
    let allowed: BooleanFunctions.Function
    let visits: [SymbolicExecution.Visit]
    do throws(AnalysisLimit) {
      let execution = try SymbolicExecution(program, variables, in: &functions)
      allowed = try execution.allowed(in: &functions)
      visits = try execution.visits(within: .always, in: &functions)
    } catch {
      // Products of two free words have no small diagram; saying so is the promise that is held then.
      #expect(program.instructions.contains { Self.costly.contains($0.code) })
      return
    }
    for _ in 0..<60 {
      let context = Self.possible(generator.context(), variables)
      var coverage = Coverage(of: program)
      let outcome = try Simulator.run(program, context: context, coverage: &coverage)
      #expect(variables.value(of: allowed, for: context, in: functions) == outcome.isAllowed, "seed \(seed)")
      for (index, visit) in visits.enumerated() {
        #expect(variables.value(of: visit.reached, for: context, in: functions) == (coverage.executions[index] == 1))
        #expect(variables.value(of: visit.taken, for: context, in: functions) == (coverage.jumpsTaken[index] == 1))
      }
    }
  }

  private static let costly: Set<UInt16> = [
    Opcode.multiplyImmediate, Opcode.multiplyIndex, Opcode.divideImmediate, Opcode.divideIndex, Opcode.addIndex,
    Opcode.subtractIndex, Opcode.jumpGreaterIndex, Opcode.jumpGreaterOrEqualIndex, Opcode.jumpEqualIndex,
    Opcode.shiftLeftIndex, Opcode.shiftRightIndex,
  ]

  /// The context with what the kernel always shows alike put right.
  private static func possible(_ context: [UInt32], _ variables: ContextVariables) -> [UInt32] {
    let fixed = variables.context(setting: [])
    let free = variables.context(setting: Set(0..<320)).enumerated().map { $1 ^ fixed[$0] }
    return context.enumerated().map { $1 & free[$0] | fixed[$0] }
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func examplesLeadWhereTheyShould(seed: UInt64) throws {
    var generator = ProgramGenerator(seed: seed)
    let program = try #require(Program(checking: generator.program(length: 16)))
    let variables = ContextVariables(of: .openat2)
    var functions = BooleanFunctions(mostNodes: 1 << 16)
    guard let execution = try? SymbolicExecution(program, variables, in: &functions),
      let visits = try? execution.visits(within: .always, in: &functions)
    else {
      #expect(program.instructions.contains { Self.costly.contains($0.code) })
      return
    }
    for (index, visit) in visits.enumerated() {
      guard let example = functions.example(of: visit.reached) else { continue }
      var coverage = Coverage(of: program)
      let context = variables.context(setting: example)
      #expect(variables.contains(context))
      _ = try Simulator.run(program, context: context, coverage: &coverage)
      #expect(coverage.executions[index] == 1)
    }
  }

  @Test func whatIsTooLargeIsSaidToBe() throws {
    // The product of two words of user data: no order of bits makes it small.
    let program = try #require(
      Program(checking: [
        Instruction(code: Opcode.loadWord, k: 0), Instruction(code: Opcode.copyToIndex),
        Instruction(code: Opcode.loadWord, k: 4), Instruction(code: Opcode.multiplyIndex),
        Instruction(code: Opcode.returnAccumulator),
      ]))
    #expect(throws: AnalysisLimit.self) {
      var functions = BooleanFunctions(mostNodes: 1 << 16)
      _ = try SymbolicExecution(program, ContextVariables(of: .openat), in: &functions)
    }
  }
}
