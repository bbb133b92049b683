import BPF
import Diagnostics
import FilterCompiler
import URingABI

extension Compilation {
  /// What is registered in which order, and what it costs.
  var summary: String {
    var text = "\(names), for \(kernelName)\n"
    text += restrictionSummary
    for operation in hidden {
      text += "always denied: \(operation.name), whose arguments this kernel does not show to filters\n"
    }
    // What a launch installs last; it is made for the machine, and no part of what is compiled here.
    let last =
      systemCalls.isEmpty ? "" : "last, a seccomp filter \(systemCalls.joined(separator: ", and "))\n"
    if plan.filters.isEmpty { return text + "no filters\n" + last }
    let title = "\(plan.filters.count) filter\(plan.filters.count == 1 ? "" : "s")"
    text += "\(title), in this order; a request must pass every filter of its operation\n"
    text += Self.row("", "operation", "instructions", "worst", "mean", "reads")
    for (index, filter) in plan.filters.enumerated() {
      let cost = ProgramCost([filter.program])
      text += Self.row(
        "\(index + 1)", filter.operation.name, "\(cost.size)", "\(cost.worst)", Self.tenths(cost.mean),
        "\(filter.payloadSize == 0 ? "header" : "\(filter.payloadSize) bytes")\(filter.deniesRest ? ", denies the rest" : "")"
      )
    }
    return text + last + "worst and mean: instructions executed, both ways through a test being equally likely\n"
  }

  private var restrictionSummary: String {
    if plan.restrictions.isEmpty {
      return backend == .filtersOnly ? "no restrictions: filters alone\n" : "no restrictions\n"
    }
    var operations: [String] = []
    var registrations: [String] = []
    var flags: [String] = []
    for restriction in plan.restrictions {
      switch restriction {
      case .allow(let operation): operations.append(operation.name)
      case .allowRegister(let operation): registrations.append(operation.name)
      case .allowFlags(let allowed) where allowed == .everyBit: break
      case .allowFlags(let allowed): flags.append("SQE flags allowed: \(Self.names(of: allowed))")
      case .requireFlags(let required): flags.append("SQE flags required: \(Self.names(of: required))")
      }
    }
    var text = "\(plan.restrictions.count) restriction\(plan.restrictions.count == 1 ? "" : "s"), registered first\n"
    // As soon as one of them speaks of requests, operations that are not listed are denied.
    let speaksOfRequests = plan.restrictions.contains { if case .allowRegister = $0 { false } else { true } }
    text +=
      "  operations: \(operations.isEmpty ? (speaksOfRequests ? "none" : "all") : operations.joined(separator: ", "))\n"
    for line in flags { text += "  \(line)\n" }
    if !registrations.isEmpty { text += "  register opcodes: \(registrations.joined(separator: ", "))\n" }
    return text
  }

  private static func names(of flags: SQEFlags) -> String {
    let names = SQEFlags.vocabulary.describe(UInt64(flags.rawValue))
    return names.isEmpty ? "none" : names.joined(separator: ", ")
  }

  static func tenths(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  private static func row(
    _ number: String, _ operation: String, _ size: String, _ worst: String, _ mean: String, _ reads: String
  ) -> String {
    func left(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    func right(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    return
      "\(right(number, 4))  \(left(operation, 18)) \(right(size, 12)) \(right(worst, 6)) \(right(mean, 8))  \(reads)\n"
  }
}
