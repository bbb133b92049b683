import BPF
import Diagnostics
import FilterCompiler
import Policy
import PolicyAdvice
import PolicyProof
import URingABI

extension Compilation {
  /// Every filter in the kernel's assembler syntax. Behind each way to a verdict stands the line of the policy that
  /// decides there; comments, which begin with a semicolon, are no part of the program.
  var assembly: String {
    var text = summary.split(separator: "\n").map { "; \($0)\n" }.joined()
    for filter in plan.filters {
      let cost = ProgramCost([filter.program])
      text += "\n; \(filter.operation.name): \(cost.size) instructions, at most \(cost.worst) executed\n"
      text += listing(filter)
    }
    return text
  }

  private func listing(_ filter: RegistrationPlan.Filter) -> String {
    let program = filter.program
    let annotation = set.policies.isEmpty ? nil : Annotation(of: program, for: filter.operation, set.policies)
    let lines = annotation?.lines ?? []
    let starts = Self.blockStarts(of: program)
    var text = ""
    if !set.policies.isEmpty, lines.isEmpty { text += "; too large to show which lines decide where\n" }
    for (index, instruction) in program.instructions.enumerated() {
      if starts.contains(index), !lines.isEmpty {
        text += "; \(places(from: index, program, starts, lines))\n"
      }
      let code = "l\(index): \(Disassembler.text(of: instruction, at: index))"
      let comment = [
        Self.meaning(of: instruction, filter.operation), lines.isEmpty ? nil : remark(index, program, lines[index]),
      ]
      .compactMap { $0 }.joined(separator: "; ")
      text += comment.isEmpty ? code + "\n" : "\(Self.padded(code))  ; \(comment)\n"
    }
    return text
  }

  private static func padded(_ text: String) -> String {
    text + String(repeating: " ", count: max(0, 32 - text.count))
  }

  /// The first instruction, and every load: what stands between two of them looks at one word.
  private static func blockStarts(of program: Program) -> Set<Int> {
    var starts: Set<Int> = [0]
    for index in program.instructions.indices where program.instructions[index].code == Opcode.loadWord {
      starts.insert(index)
    }
    return starts
  }

  /// The lines of the policy that decide requests which leave a block.
  private func places(from start: Int, _ program: Program, _ starts: Set<Int>, _ lines: [Annotation.Line]) -> String {
    var places: [String] = []
    var index = start
    repeat {
      for way in [lines[index].taken, lines[index].other] {
        guard let rule = way?.decision.rule else { continue }
        let place = Report.place(rule, in: set.sources)
        if !places.contains(place) { places.append(place) }
      }
      index += 1
    } while index < program.instructions.count && !starts.contains(index)
    if places.isEmpty { return "no request comes here" }
    let shown = places.prefix(6).joined(separator: ", ")
    return places.count > 6 ? "\(shown) and \(places.count - 6) more" : shown
  }

  /// What a jump straight to a verdict means.
  private func remark(_ index: Int, _ program: Program, _ line: Annotation.Line) -> String? {
    let instruction = program.instructions[index]
    guard Opcode.conditionalJumps.contains(instruction.code) else { return nil }
    let ways = [(instruction.jumpTrue, line.taken), (instruction.jumpFalse, line.other)]
    let remarks = ways.compactMap { distance, way -> String? in
      let target = program.instructions[index + 1 + Int(distance)]
      guard target.code == Opcode.returnImmediate, let way else { return nil }
      // What is denied without a rule, such as a flag that nobody knows, has a reason all the same.
      let place = way.decision.rule.map { Report.place($0, in: set.sources) } ?? way.decision.reason
      return "\(target.k == 0 ? "denied" : "allowed"): \(place)"
    }
    return remarks.isEmpty ? nil : remarks.joined(separator: ", ")
  }

  /// What a load reads.
  private static func meaning(of instruction: Instruction, _ operation: Operation) -> String? {
    instruction.code == Opcode.loadWord ? FilterContext.name(ofWordAt: Int(instruction.k), for: operation) : nil
  }
}
