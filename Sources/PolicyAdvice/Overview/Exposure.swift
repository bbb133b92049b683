package import Diagnostics
package import Policy
import URingABI

/// What of the known dangers a policy leaves reachable.
package struct Exposure: Sendable {
  package let danger: Danger
  /// What reaches it: operations, `register` opcodes, families. Empty where it is about the policy as a whole.
  package let reachedBy: [String]
  package let places: [SourceSpan]

  /// In the order of the table.
  package static func all(_ policy: Policy) -> [Exposure] {
    Danger.named.compactMap { named($0, policy) } + conditional(policy)
  }

  private init(_ danger: Danger, _ reachedBy: [String], _ places: [SourceSpan?]) {
    self.danger = danger
    self.reachedBy = reachedBy
    self.places = places.compactMap(\.self).reduce(into: []) { unique, place in
      if !unique.contains(place) { unique.append(place) }
    }
  }

  // MARK: By name

  private static func named(_ danger: Danger, _ policy: Policy) -> Exposure? {
    let operations = danger.operations.compactMap(Operation.init(name:)).filter(policy.operations.permits)
    let opcodes = danger.registerOpcodes.compactMap(RegisterOperation.init(name:)).filter { opcode in
      policy.register?.permits(opcode) ?? true
    }
    // Nothing can be requested of a ring: what is set up on it is never used.
    if operations.isEmpty, opcodes.isEmpty || PolicyOverview.permitted(policy).isEmpty { return nil }
    var places: [SourceSpan?] = operations.map { place(of: $0, policy) }
    for opcode in opcodes {
      let permission = policy.register?.allow?.first { $0.value == opcode }
      places.append(permission?.span ?? policy.register?.span ?? policy.operations.span)
    }
    return Exposure(danger, operations.map(\.name) + opcodes.map { "register \($0.name)" }, places)
  }

  private static func place(of operation: Operation, _ policy: Policy) -> SourceSpan? {
    policy.operations.allow.first { $0.value == operation }?.span ?? policy.operations.span
  }

  // MARK: By the absence of a condition

  private static func conditional(_ policy: Policy) -> [Exposure] {
    let all: [Exposure?] = [
      open(policy), socket(policy), raw(policy), rare(policy), local(policy),
      policy.operations.byDefault == .allow
        ? Exposure(.newerOperations, [], [policy.operations.span]) : nil,
      PolicyOverview.permitted(policy).isEmpty ? nil : Exposure(.setupFlags, [], []),
      policy.kernel.holes.flatMap { $0.value == .accept ? Exposure(.acceptedHole, [], [$0.span]) : nil },
      policy.kernel.unsupported.flatMap { $0.value == .runUnconfined ? Exposure(.unconfined, [], [$0.span]) : nil },
    ]
    return all.compactMap(\.self)
  }

  private static func open(_ policy: Policy) -> Exposure? {
    let required = policy.open?.resolve.require ?? []
    let isHeld = required.contains { ["beneath", "in_root"].contains($0.value.name) }
    // Where any resolve flag is required, openat is denied.
    let operations = [Operation.openat, .openat2].filter { operation in
      policy.operations.permits(operation) && (operation == .openat ? required.isEmpty : !isHeld)
    }
    if operations.isEmpty { return nil }
    return Exposure(.openAnywhere, operations.map(\.name), operations.map { place(of: $0, policy) })
  }

  private static func socket(_ policy: Policy) -> Exposure? {
    guard policy.operations.permits(.socket), policy.socket == nil else { return nil }
    return Exposure(.anySocket, ["socket"], [place(of: .socket, policy)])
  }

  /// The families of which sockets of a type can be made, with some protocol of the rules or the default.
  private static func families(_ type: UInt32?, _ policy: Policy) -> [UInt32] {
    guard let rules = policy.socket, policy.operations.permits(.socket) else { return [] }
    let entries = (rules.allow ?? []) + rules.deny
    var protocols: [UInt32] = [0, 255]
    protocols += SocketConstants.protocols.map(\.value)
    for entry in entries { protocols += entry.protocols ?? [] }
    let alone = Policy(operations: OperationRules(byDefault: .allow), socket: rules)
    let askable = SocketConstants.families.filter { $0.name != "local" }.map(\.value)
    var found: Set<UInt32> = []
    for family in askable {
      for asked in SocketConstants.types.map(\.value) {
        let made = EffectiveSocket(family: family, type: asked, protocol: 0)
        if found.contains(made.family) || (type != nil && type != made.type) { continue }
        let isAllowed = protocols.contains { number in
          ReferenceEvaluator.decide(
            .submission(Submission(.socket, .socket(family: family, type: asked, protocol: number))), under: alone
          ).isAllowed
        }
        if isAllowed { found.insert(made.family) }
      }
    }
    return askable.filter(found.contains)
  }

  private static func raw(_ policy: Policy) -> Exposure? {
    let internet = [SocketConstants.inet, SocketConstants.inet6]
    let found = families(SocketConstants.raw, policy).filter(internet.contains)
    let packets = families(nil, policy).filter { $0 == SocketConstants.packet }
    return exposure(.rawSockets, found + packets, policy)
  }

  private static func rare(_ policy: Policy) -> Exposure? {
    let usual = [
      0, SocketConstants.unix, SocketConstants.inet, SocketConstants.inet6, SocketConstants.packet,
    ]
    return exposure(.rareFamilies, families(nil, policy).filter { !usual.contains($0) }, policy)
  }

  private static func exposure(_ danger: Danger, _ families: [UInt32], _ policy: Policy) -> Exposure? {
    if families.isEmpty { return nil }
    return Exposure(danger, Words.families(families), [policy.socket?.span])
  }

  /// Tried with the ports at the edges of the rules, so that a hole between two rules may go unseen; what is told is
  /// reachable.
  private static func local(_ policy: Policy) -> Exposure? {
    guard policy.operations.permits(.connect) else { return nil }
    let alone = Policy(operations: OperationRules(byDefault: .allow), connect: policy.connect)
    let entries = (policy.connect?.allow ?? []) + (policy.connect?.deny ?? [])
    let edges = entries.flatMap { $0.ports ?? [] }.prefix(64)
      .flatMap { [$0.value.lowerBound, $0.value.upperBound] }
    let candidates: [(String, IPAddress)] = [
      ("127.0.0.1", .v4(0x7F00_0001)), ("::1", .v6(1)), ("169.254.169.254", .v4(0xA9FE_A9FE)),
    ]
    let reached = candidates.filter { _, address in
      ([80, 443, 22] + edges).contains { port in
        ReferenceEvaluator.decide(
          .submission(Submission(.connect, .connect(to: address, port: port))), under: alone
        ).isAllowed
      }
    }
    if reached.isEmpty { return nil }
    return Exposure(.localPeers, reached.map(\.0), [policy.connect?.span ?? place(of: .connect, policy)])
  }
}
