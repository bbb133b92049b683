import URingABI

/// Decides a request straight from the policy, written to be obviously right and nothing else. It is the oracle for
/// the compiler and shares no code with it.
///
/// Every question has the same form: the first rule that denies decides; if none does, the request is allowed.
package enum ReferenceEvaluator {
  /// Several policies intersect: the first one that denies decides.
  package static func decide(
    _ request: Request, under policies: [Policy], in circumstances: Circumstances = .usual
  ) -> Decision {
    var decision = Decision.allowed(.noPolicy)
    for policy in policies {
      switch request {
      case .registration(let operation): decision = decide(operation, under: policy.register)
      case .submission(let submission):
        decision = decide(submission, under: policy, JudgedFlags(submission, under: policies, in: circumstances))
      }
      if !decision.isAllowed { return decision }
    }
    return decision
  }

  package static func decide(
    _ request: Request, under policy: Policy, in circumstances: Circumstances = .usual
  ) -> Decision {
    decide(request, under: [policy], in: circumstances)
  }

  /// The SQE flags of a request as those see them who hold conditions on them.
  private struct JudgedFlags {
    let common: UInt64
    let own: UInt64
    /// As the program set them.
    let set: UInt64

    init(_ submission: Submission, under policies: [Policy], in circumstances: Circumstances) {
      set = UInt64(submission.flags)
      own = UInt64(submission.flagsSeenByFilters(in: circumstances))
      common = policies.holdCommonFlagsByFilters(in: circumstances) ? own : set
    }
  }

  // MARK: Register opcodes

  private static func decide(_ operation: RegisterOperation, under rules: RegisterRules?) -> Decision {
    guard let rules else { return .allowed(.registerUnrestricted) }
    if let denial = rules.deny.first(where: { $0.value == operation }) {
      return .denied(.registerDenied(denial, rules))
    }
    guard let allow = rules.allow else { return .allowed(.registerNotDenied(rules)) }
    guard let permission = allow.first(where: { $0.value == operation }) else {
      return .denied(.registerNotListed(operation, rules))
    }
    return .allowed(.registerListed(permission))
  }

  // MARK: Submissions

  private static func decide(_ submission: Submission, under policy: Policy, _ flags: JudgedFlags) -> Decision {
    let operation = decide(submission.operation, under: policy.operations)
    guard operation.isAllowed else { return operation }

    if let denial = violation(of: policy.operations.flags, .requests, by: flags.common, flags) {
      return .denied(.flags(denial))
    }
    if let conditions = policy.conditions(of: submission.operation) {
      if let denial = violation(of: conditions.flags, .operation(submission.operation), by: flags.own, flags) {
        return .denied(.flags(denial))
      }
      if let userData = conditions.userData, !userData.contains(where: { $0.value.contains(submission.userData) }) {
        return .denied(.userData(submission.userData, conditions))
      }
    }
    switch submission.payload {
    case .open(let flags, let mode, let resolve):
      guard let rules = policy.open else { return operation }
      return decide(flags: flags, mode: mode, resolve: resolve, under: rules)
    case .socket(let family, let type, let number):
      guard let rules = policy.socket else { return operation }
      return decide(family: family, type: type, protocol: number, under: rules)
    case .connect(let address, let port):
      guard let rules = policy.connect else { return operation }
      return decide(Decision.Peer(family: address.family, address: address, port: port), under: rules)
    case .connectElsewhere(let family):
      guard let rules = policy.connect else { return operation }
      return decide(Decision.Peer(family: family, address: nil, port: nil), under: rules)
    case .none:
      return operation
    }
  }

  private static func decide(_ operation: Operation, under rules: OperationRules) -> Decision {
    if let denial = rules.deny.first(where: { $0.value == operation }) {
      return .denied(.operationDenied(denial, rules))
    }
    if let permission = rules.allow.first(where: { $0.value == operation }) {
      return .allowed(.operationListed(permission))
    }
    switch rules.byDefault {
    case .allow: return .allowed(.operationByDefault(rules))
    case .deny: return .denied(.operationNotListed(operation, rules))
    }
  }

  // MARK: Flags

  /// Of SQE flags; says which of them the kernel has set, where the program's own flags break nothing.
  private static func violation(
    of rules: FlagRules, _ word: FlagWord, by bits: UInt64, _ flags: JudgedFlags
  ) -> Decision.FlagDenial? {
    guard let breach = breach(of: rules, SQEFlags.vocabulary, by: bits) else { return nil }
    let isOwn = self.breach(of: rules, SQEFlags.vocabulary, by: flags.set) != nil
    return Decision.FlagDenial(
      word: word, bits: bits, rules: rules, breach: breach, addedByKernel: isOwn ? 0 : bits & ~flags.set, open: nil)
  }

  /// True if a word of SQE flags satisfies conditions.
  package static func satisfies(_ rules: FlagRules, _ word: UInt64) -> Bool {
    breach(of: rules, SQEFlags.vocabulary, by: word) == nil
  }

  /// The first of the conditions that a word of flags breaks; `nil` if it satisfies them all.
  private static func breach(
    of rules: FlagRules, _ vocabulary: FlagVocabulary, by bits: UInt64, exempting exempt: UInt64 = 0
  ) -> Decision.FlagDenial.Breach? {
    if rules.isEmpty { return nil }
    let unknown = unknownBits(of: bits, rules, vocabulary)
    if unknown != 0 { return .unknownBits(unknown) }
    if let forbidden = rules.forbid.first(where: { $0.value.isCarried(by: bits) }) { return .forbidden(forbidden) }
    if let missing = rules.require.first(where: { !$0.value.isCarried(by: bits) }) { return .missing(missing) }
    if let allow = rules.allow {
      var unexplained = bits & ~(vocabulary.ignored | exempt)
      for flag in allow where flag.value.isCarried(by: bits) { unexplained &= ~flag.value.bits }
      if unexplained != 0 { return .notListed(unexplained) }
    }
    return nil
  }

  /// Conditions let no bit pass that has no name and is not in the rules by number.
  private static func unknownBits(of bits: UInt64, _ rules: FlagRules, _ vocabulary: FlagVocabulary) -> UInt64 {
    var unknown = bits & ~vocabulary.ignored
    for flag in vocabulary.flags { unknown &= ~flag.bits }
    for flag in (rules.allow ?? []) + rules.forbid + rules.require { unknown &= ~flag.value.bits }
    return unknown
  }

  // MARK: [open]

  private static func decide(flags: UInt64, mode: UInt64, resolve: UInt64, under rules: OpenRules) -> Decision {
    var decision = Decision.allowed(.openSatisfied(rules))
    func denial(_ word: FlagWord, _ bits: UInt64, _ conditions: FlagRules, _ breach: Decision.FlagDenial.Breach)
      -> Decision
    {
      .denied(
        .flags(
          Decision.FlagDenial(
            word: word, bits: bits, rules: conditions, breach: breach, addedByKernel: 0, open: rules)))
    }
    if let access = rules.access {
      guard let match = access.first(where: { isAccess($0.value, flags) }) else {
        return .denied(.openAccess(flags, rules))
      }
      decision = .allowed(.openAccess(match))
      // A condition on access is one on flags, too: a flag that nobody knows yet could mean writing.
      let unknown = unknownBits(of: flags, rules.flags, OpenConstants.flags)
      if unknown != 0 { return denial(.openFlags, flags, rules.flags, .unknownBits(unknown)) }
    }
    let exempt = rules.accessAllowsPath ? OpenConstants.path : 0
    if let breach = breach(of: rules.flags, OpenConstants.flags, by: flags, exempting: exempt) {
      return denial(.openFlags, flags, rules.flags, breach)
    }
    if flags & OpenConstants.creating != 0, let breach = breach(of: rules.mode, OpenConstants.mode, by: mode) {
      return denial(.openMode, mode, rules.mode, breach)
    }
    if let breach = breach(of: rules.resolve, OpenConstants.resolve, by: resolve) {
      return denial(.openResolve, resolve, rules.resolve, breach)
    }
    return decision
  }

  private static func isAccess(_ access: OpenRules.Access, _ flags: UInt64) -> Bool {
    let isPath = flags & OpenConstants.path != 0
    let mode = flags & OpenConstants.accessMask
    return switch access {
    case .read: !isPath && mode == OpenConstants.readOnly && flags & OpenConstants.changing == 0
    case .write: !isPath && mode == OpenConstants.writeOnly
    case .readWrite: !isPath && mode == OpenConstants.readWrite
    case .path: isPath
    }
  }

  // MARK: [socket]

  private static func decide(
    family: UInt32, type: UInt32, protocol number: UInt32, under rules: SocketRules
  ) -> Decision {
    let socket = EffectiveSocket(family: family, type: type, protocol: number)
    func hasProtocol(_ numbers: [UInt32]) -> Bool {
      numbers.contains(socket.protocolNumber) || (number == 0 && numbers.contains(0))
    }
    func matches(_ entry: SocketEntry) -> Bool {
      (entry.families?.contains(socket.family) ?? true) && (entry.types?.contains(socket.type) ?? true)
        && (entry.protocols.map(hasProtocol) ?? true)
    }
    if let denial = rules.deny.first(where: matches) { return .denied(.socketDenied(denial, rules)) }
    guard let allow = rules.allow else { return .allowed(.socketNotDenied(rules)) }
    guard let match = allow.first(where: matches) else {
      return .denied(.socketNotListed(Decision.SocketRequest(socket: socket, askedProtocol: number), rules))
    }
    return .allowed(.socketListed(match))
  }

  // MARK: [connect]

  private static func decide(_ peer: Decision.Peer, under rules: ConnectRules) -> Decision {
    if rules.limitsPeers, peer.port == 0 { return .denied(.portZero(rules)) }
    if rules.limitsAddresses, peer.address?.isUnspecifiedIPv4 == true { return .denied(.unspecifiedIPv4(rules)) }
    let decision = decide(named: peer, under: rules)
    guard decision.isAllowed, rules.limitsAddresses, peer.address == .unspecifiedIPv6 else { return decision }
    for address in IPAddress.reachedByUnspecifiedIPv6 {
      let reached = Decision.Peer(family: peer.family, address: address, port: peer.port)
      if case .denied(let denial) = decide(named: reached, under: rules) {
        return .denied(.reaching(address, denial))
      }
    }
    return decision
  }

  /// By the address that it has, whatever else that reaches.
  private static func decide(named peer: Decision.Peer, under rules: ConnectRules) -> Decision {
    func matches(_ entry: ConnectEntry) -> Bool {
      if let families = entry.families, !families.contains(peer.family) { return false }
      if let networks = entry.networks {
        guard let address = peer.address, networks.contains(where: { $0.value.contains(address) }) else { return false }
      }
      if let ports = entry.ports {
        guard let port = peer.port, ports.contains(where: { $0.value.contains(port) }) else { return false }
      }
      return true
    }
    if let denial = rules.deny.first(where: matches) { return .denied(.peerDenied(denial, rules)) }
    guard let allow = rules.allow else { return .allowed(.peerNotDenied(rules)) }
    guard let match = allow.first(where: matches) else { return .denied(.peerNotListed(peer, rules)) }
    return .allowed(.peerListed(match))
  }
}

extension IPAddress {
  /// `AF_INET` or `AF_INET6`.
  fileprivate var family: UInt32 {
    switch self {
    case .v4: SocketConstants.inet
    case .v6: SocketConstants.inet6
    }
  }
}
