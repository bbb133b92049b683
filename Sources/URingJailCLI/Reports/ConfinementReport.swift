import BPF
import Diagnostics
import FilterCompiler
import Jail
import Kernel
import Policy
import URingABI

/// What was done to the process, for people and for programs.
struct ConfinementReport {
  private let confinement: Confinement

  init(_ confinement: Confinement) {
    self.confinement = confinement
  }

  /// Members may be added in later releases, and are never renamed.
  var members: [JSON.Member] {
    [
      JSON.Member("kernel", .string(confinement.release)),
      JSON.Member("io_uring", .string(state)),
      JSON.Member("restrictions", .integer(Int64(plan?.restrictions.count ?? 0))),
      JSON.Member("filters", .array((plan?.filters ?? []).map(Self.object))),
      JSON.Member("register_filtered", .bool(confinement.filtersRegistration)),
      JSON.Member("exec", .string(confinement.deniesExecution ? "deny" : "allow")),
      JSON.Member("no_new_privileges", .bool(confinement.privilege == .noNewPrivileges)),
      JSON.Member("capabilities_dropped", capabilities),
      JSON.Member("descriptors", .array(([0, 1, 2] + confinement.descriptors).map { .integer(Int64($0)) })),
      JSON.Member("holes", .object([JSON.Member("H1", .string(hole))])),
      JSON.Member("warnings", .array(confinement.warnings.map(JSON.string))),
    ]
  }

  /// One line for each thing, for people.
  var text: String {
    var lines: [String] = []
    switch confinement.ioUring {
    case .restricted(let plan):
      lines.append("io_uring: \(plan.restrictions.count) restrictions and \(plan.filters.count) filters")
      for filter in plan.filters where filter.program != .always(.deny) {
        lines.append("  \(filter.operation.name): \(filter.program.instructions.count) instructions")
      }
    case .blocked: lines.append("io_uring: blocked; its system calls fail with ENOSYS")
    case .unconfined: lines.append("io_uring: NOT confined")
    }
    if confinement.filtersRegistration { lines.append("register opcodes: restricted by a seccomp filter") }
    lines.append(
      "executing programs: \(confinement.deniesExecution ? "denied once the program has started" : "allowed")")
    lines.append("no_new_privs: \(confinement.privilege == .noNewPrivileges ? "set" : "not set")")
    if let dropped = confinement.droppedCapabilities {
      lines.append("capabilities given up: \(Self.names(dropped).joined(separator: ", "))")
    }
    lines.append("descriptors: \(([0, 1, 2] + confinement.descriptors).map(String.init).joined(separator: ", "))")
    lines.append(
      "kernel: \(confinement.release); H1 \(hole)")
    return lines.map { $0 + "\n" }.joined()
  }

  private var plan: RegistrationPlan? {
    if case .restricted(let plan) = confinement.ioUring { plan } else { nil }
  }

  private var state: String {
    switch confinement.ioUring {
    case .restricted: "restricted"
    case .blocked: "blocked"
    case .unconfined: "unconfined"
    }
  }

  private var hole: String {
    switch confinement.executionHole {
    case nil: "not looked for"
    case .ruledOut: "ruled out by the release"
    case .closed: "closed"
    case .open: "open"
    case .undecided: "undecided"
    }
  }

  private var capabilities: JSON {
    .array((confinement.droppedCapabilities.map(Self.names) ?? []).map(JSON.string))
  }

  private static func names(_ dropped: ProcessRules.DroppedCapabilities) -> [String] {
    switch dropped {
    case .all: ["all"]
    case .some(let numbers):
      numbers.map { Int($0) < Capability.names.count ? Capability.names[Int($0)] : String($0) }
    }
  }

  private static func object(_ filter: RegistrationPlan.Filter) -> JSON {
    .object([
      "operation": .string(filter.operation.name),
      "instructions": .integer(Int64(filter.program.instructions.count)),
    ])
  }
}
