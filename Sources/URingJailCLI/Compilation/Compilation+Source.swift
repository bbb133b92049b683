import BPF
import Diagnostics
import FilterCompiler
import URingABI

extension Compilation {
  /// Arrays that a C program can register, in the order in which it must.
  var cSource: String {
    var text = "/* \(Self.comment(names)), for \(kernelName) */\n#include <linux/filter.h>\n"
    for (name, filter) in zip(filterNames, plan.filters) {
      text += "\n/* opcode \(filter.operation.code), pdu_size \(filter.payloadSize)"
      text += filter.deniesRest ? ", with IO_URING_BPF_FILTER_DENY_REST */\n" : " */\n"
      text += "static const struct sock_filter filter_\(name)[] = {\n"
      for instruction in filter.program.instructions {
        text += "  { 0x\(Self.hexadecimal(instruction.code, 2)), \(instruction.jumpTrue), \(instruction.jumpFalse), "
        text += "0x\(Self.hexadecimal(instruction.k, 8)) },\n"
      }
      text += "};\n"
    }
    return text
  }

  private static func comment(_ text: String) -> String {
    text.split(separator: "*/", omittingEmptySubsequences: false).joined(separator: "* /")
  }

  private static func hexadecimal(_ value: some BinaryInteger, _ digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  /// Everything, for programs.
  var json: String {
    let filters = plan.filters.map { filter in
      let cost = ProgramCost([filter.program])
      return JSON.object([
        "operation": .string(filter.operation.name), "opcode": .integer(Int64(filter.operation.code)),
        "pdu_size": .integer(Int64(filter.payloadSize)), "deny_rest": .bool(filter.deniesRest),
        "worst": .integer(Int64(cost.worst)), "mean": .string(Self.tenths(cost.mean)),
        "instructions": .array(
          filter.program.instructions.map { instruction in
            .array([
              .integer(Int64(instruction.code)), .integer(Int64(instruction.jumpTrue)),
              .integer(Int64(instruction.jumpFalse)), .integer(Int64(instruction.k)),
            ])
          }),
      ])
    }
    return JSON.object([
      "version": .integer(1), "kernel": .string(kernelName),
      "policies": .array(policyNames.map { .string($0) }),
      "restrictions": .array(plan.restrictions.map(Self.json)), "filters": .array(filters),
      "denied_whole": .array(hidden.map { .string($0.name) }),
    ]).pretty
  }

  private static func json(_ restriction: Restriction) -> JSON {
    switch restriction {
    case .allow(let operation): .object(["allow": .string(operation.name)])
    case .allowRegister(let operation): .object(["allow_register": .string(operation.name)])
    case .allowFlags(let flags): .object(["allow_flags": .integer(Int64(flags.rawValue))])
    case .requireFlags(let flags): .object(["require_flags": .integer(Int64(flags.rawValue))])
    }
  }
}
