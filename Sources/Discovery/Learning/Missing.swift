package import Diagnostics
package import Policy
import PolicyLanguage
import URingABI

/// What a policy would have to allow beside what it does, for everything that was observed to be allowed.
package struct Missing: Sendable {
  /// Something that no addition can allow, because another rule denies it.
  package struct Conflict: Sendable, Equatable {
    package let message: String
    /// The rule.
    package let place: SourceSpan?
  }

  package private(set) var observations: Observations
  package private(set) var extents = PolicyWriter.Extents()
  package private(set) var conflicts: [Conflict] = []

  private let base: Policy

  package init(in base: Policy, _ seen: Observations) {
    self.base = base
    observations = seen
    compareOperations()
    compareRegistrations()
    compareOpen()
    compareSocket()
    compareConnect()
  }

  /// True if there is nothing to add.
  package var isEmpty: Bool { PolicyWriter(observations, extents).tables.isEmpty }

  private mutating func conflict(_ message: String, _ place: SourceSpan?) {
    conflicts.append(Conflict(message: message, place: place))
  }

  // MARK: Operations and flags

  private mutating func compareOperations() {
    let rules = base.operations
    for operation in observations.operations.keys {
      if let denial = rules.deny.first(where: { $0.value == operation }) {
        conflict("'\(operation.name)' is denied", denial.span)
      }
      if let conditions = base.conditions(of: operation) {
        conflict("'\(operation.name)' has conditions of its own, which stay as they are", conditions.span)
      }
    }
    observations.operations = observations.operations.filter { operation in
      !rules.permits(operation) && !rules.deny.contains { $0.value == operation }
    }
    extents.flags = .additions
    observations.flags = missing(observations.flags, rules.flags, "SQE flag")
  }

  private mutating func missing(_ flags: Tallies<Flag>, _ rules: FlagRules, _ kind: String) -> Tallies<Flag> {
    for flag in flags.keys {
      if let forbidden = rules.forbid.first(where: { $0.value == flag }) {
        conflict("the \(kind) '\(flag.name)' is forbidden", forbidden.span)
      }
    }
    guard let allow = rules.allow else { return Tallies() }
    return flags.filter { flag in !(allow + rules.forbid).contains { $0.value == flag } }
  }

  private mutating func compareRegistrations() {
    guard let rules = base.register else {
      extents.register = .nothing
      return
    }
    extents.register = .additions
    for operation in observations.registrations.keys {
      if let denial = rules.deny.first(where: { $0.value == operation }) {
        conflict("the register opcode '\(operation.name)' is denied", denial.span)
      }
    }
    observations.registrations = observations.registrations.filter { operation in
      !rules.permits(operation) && !rules.deny.contains { $0.value == operation }
    }
  }

  // MARK: [open]

  private mutating func compareOpen() {
    guard let rules = base.open else {
      extents.open = isFree([.openat, .openat2]) ? .nothing : .whole
      return
    }
    extents.open = .additions
    if let access = rules.access {
      observations.access = observations.access.filter { seen in !access.contains { $0.value == seen } }
      if observations.otherAccess != nil {
        conflict("no word of 'access' allows what was asked for", access.first?.span)
      }
    } else {
      observations.access = Tallies()
    }
    observations.otherAccess = nil
    observations.openFlags = missing(observations.openFlags, rules.flags, "open flag")
    observations.modes = missing(observations.modes, rules.mode, "mode")
    observations.resolve = missing(observations.resolve, rules.resolve, "resolve flag")
    for required in rules.resolve.require where (observations.resolveAlways ?? .max) & required.value.bits == 0 {
      conflict("the resolve flag '\(required.value.name)' is required", required.span)
    }
  }

  /// True if the policy allows one of them and has no conditions on its arguments.
  private func isFree(_ operations: [URingABI.Operation]) -> Bool {
    operations.contains { base.operations.permits($0) }
  }

  // MARK: [socket] and [connect]

  private mutating func compareSocket() {
    guard let rules = base.socket else {
      extents.socket = isFree([.socket]) ? .nothing : .whole
      return
    }
    extents.socket = .additions
    let policy = Policy(operations: OperationRules(byDefault: .allow), socket: rules)
    observations.sockets = observations.sockets.filter { socket in
      let payload = Submission.Payload.socket(
        family: socket.family, type: socket.type, protocol: socket.number ?? 0)
      return needs(.socket, [payload], policy, denials: rules.deny.map(\.span))
    }
  }

  private mutating func compareConnect() {
    guard let rules = base.connect else {
      extents.connect = isFree([.connect]) ? .nothing : .whole
      return
    }
    extents.connect = .additions
    let policy = Policy(operations: OperationRules(byDefault: .allow), connect: rules)
    let denials = rules.deny.map(\.span)
    let ephemeral = observations.ephemeral
    observations.peers = observations.peers.filter { peer in
      needs(.connect, peer.samples(ephemeral), policy, denials: denials)
    }
    observations.families = observations.families.filter { family in
      needs(.connect, [.connectElsewhere(family: family)], policy, denials: denials)
    }
    if observations.unlistable != nil, rules.limitsPeers || !observations.peers.isEmpty {
      conflict("rules for peers deny connections to port 0 and to 0.0.0.0", rules.span)
    }
    observations.unlistable = nil
  }

  /// True if an entry must be added; tells of a deny entry, which no addition helps against.
  private mutating func needs(
    _ operation: URingABI.Operation, _ payloads: [Submission.Payload], _ policy: Policy, denials: [SourceSpan]
  ) -> Bool {
    for payload in payloads {
      let request = Request.submission(Submission(operation, payload))
      let decision = ReferenceEvaluator.decide(request, under: policy)
      if decision.isAllowed { continue }
      if let rule = decision.rule, denials.contains(rule) {
        conflict("'\(request.text)' is denied", rule)
        return false
      }
      return true
    }
    return false
  }
}

extension Peer {
  /// Requests at the edges of what the peer stands for.
  fileprivate func samples(_ ephemeral: ClosedRange<UInt16>) -> [Submission.Payload] {
    let ports: [UInt16] =
      switch port {
      case .number(let number): [number]
      case .ephemeral: [ephemeral.lowerBound, ephemeral.upperBound]
      case .any: [1, .max]
      }
    let prefixes: [IPPrefix] =
      switch network {
      case .prefix(let prefix): [prefix]
      case .named(let name): name.prefixes
      }
    return prefixes.flatMap { prefix in
      ports.flatMap { port in prefix.edges.map { Submission.Payload.connect(to: $0, port: port) } }
    }
  }
}

extension IPPrefix {
  /// The first address and the last one.
  fileprivate var edges: [IPAddress] {
    switch self {
    case .v4(let base, let length):
      [.v4(base)] + (length == 32 ? [] : [.v4(base | (UInt32.max >> UInt32(length)))])
    case .v6(let base, let length):
      [.v6(base)] + (length == 128 ? [] : [.v6(base | (UInt128.max >> UInt128(length)))])
    }
  }
}
