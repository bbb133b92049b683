package import BPF
import Kernel
package import URingABI

/// The restrictions and filters of a task, by the rules of io_uring/register.c and io_uring/bpf_filter.c (7.0).
package struct FakeJail: Sendable {
  private var restrictions: [Restriction]?
  private var filters: [Operation: [Program]] = [:]
  /// Operations that a DENY_REST found without a filter.
  private var denied: Set<Operation> = []

  package init() {}

  /// A jail of one filter.
  package init(filter program: Program, for operation: Operation) {
    filters[operation] = [program]
  }

  /// A jail of restrictions alone.
  package init(restrictions: [Restriction]) {
    self.restrictions = restrictions
  }

  package var isEmpty: Bool { restrictions == nil && filters.isEmpty && denied.isEmpty }

  mutating func apply(_ request: RegisterRequest, operationCount: Int) throws(Errno) {
    switch request {
    case .probe:
      throw .messageSize
    case .restrictInvalidly:
      throw isEmpty ? .invalid : .notPermitted
    case .query:
      break
    case .askPayloadSize:
      throw .messageSize
    case .restrict(let entries):
      // Once in the life of a task, and before any filter.
      guard isEmpty else { throw .notPermitted }
      guard entries.allSatisfy({ Self.exists($0, operationCount) }) else { throw .invalid }
      restrictions = entries
    case .filter(let operation, let program, let payloadSize, let deniesRest):
      guard Int(operation.code) < operationCount else { throw .invalid }
      guard payloadSize <= operation.arguments.size else { throw .messageSize }
      filters[operation, default: []].append(program)
      if deniesRest {
        let all = KernelAbilities(operationCount: operationCount).operations
        denied.formUnion(all.filter { filters[$0] == nil })
      }
    }
  }

  private static func exists(_ restriction: Restriction, _ operationCount: Int) -> Bool {
    if case .allow(let operation) = restriction { return Int(operation.code) < operationCount }
    return true
  }

  /// Whether a request would be carried out; `context` is the words of `struct io_uring_bpf_ctx`.
  package func allows(_ operation: Operation, flags: SQEFlags = [], context: [UInt32]) throws -> Bool {
    if let restrictions, Self.speaksOfRequests(restrictions) {
      guard restrictions.contains(.allow(operation)), !Self.denies(flags, restrictions) else { return false }
    }
    if denied.contains(operation) { return false }
    return try (filters[operation] ?? []).allSatisfy { try Simulator.run($0, context: context).isAllowed }
  }

  /// Register opcodes are restricted apart from requests; no entry at all denies everything.
  private static func speaksOfRequests(_ restrictions: [Restriction]) -> Bool {
    let others = restrictions.filter { if case .allowRegister = $0 { false } else { true } }
    return !others.isEmpty || restrictions.isEmpty
  }

  private static func denies(_ flags: SQEFlags, _ restrictions: [Restriction]) -> Bool {
    var allowed: SQEFlags = []
    for case .allowFlags(let more) in restrictions { allowed.formUnion(more) }
    return !allowed.isSuperset(of: flags)
  }
}
