import BPF
import Diagnostics
import FilterCompiler

extension Compilation {
  /// A graph of each program for Graphviz: one node for each run of instructions that is entered at its top only.
  var graph: String {
    var text = "digraph policy {\n  node [shape=box, fontname=\"monospace\"];\n"
    for (name, filter) in zip(filterNames, plan.filters) {
      text += "  subgraph cluster_\(name) {\n    label=\"\(name)\";\n"
      text += Self.nodes(filter.program, name)
      text += "  }\n"
    }
    return text + "}\n"
  }

  private static func nodes(_ program: Program, _ name: String) -> String {
    let instructions = program.instructions
    var starts: Set<Int> = [0]
    for (index, instruction) in instructions.enumerated() {
      starts.formUnion(targets(of: instruction, at: index).map(\.target))
    }
    var text = ""
    for start in starts.sorted() {
      var end = start
      while !isLast(instructions[end]), !starts.contains(end + 1) { end += 1 }
      let lines = (start...end).map { "\(Disassembler.text(of: instructions[$0], at: $0))\\l" }
      text += "    \(name)_\(start) [label=\"\(lines.joined())\"];\n"
      var ways = targets(of: instructions[end], at: end)
      if ways.isEmpty, !Opcode.returns.contains(instructions[end].code) { ways = [("", end + 1)] }
      for (label, target) in ways {
        text += "    \(name)_\(start) -> \(name)_\(target)\(label.isEmpty ? "" : " [label=\"\(label)\"]");\n"
      }
    }
    return text
  }

  private static func targets(of instruction: Instruction, at index: Int) -> [(label: String, target: Int)] {
    if instruction.code == Opcode.jump { return [("", index + 1 + Int(instruction.k))] }
    guard Opcode.conditionalJumps.contains(instruction.code) else { return [] }
    return [
      ("yes", index + 1 + Int(instruction.jumpTrue)), ("no", index + 1 + Int(instruction.jumpFalse)),
    ]
  }

  private static func isLast(_ instruction: Instruction) -> Bool {
    instruction.code == Opcode.jump || Opcode.conditionalJumps.contains(instruction.code)
      || Opcode.returns.contains(instruction.code)
  }
}
