import Diagnostics
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
    var decision = Decision.allow("there is no policy", nil)
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
    guard let rules else { return .allow("without [register], every register opcode is allowed", nil) }
    if let denial = rules.deny.first(where: { $0.value == operation }) {
      return .deny("[register] denies '\(operation.name)'", denial.span)
    }
    guard let allow = rules.allow else { return .allow("[register] only denies others", rules.span) }
    guard let permission = allow.first(where: { $0.value == operation }) else {
      return .deny("[register] does not allow '\(operation.name)'", rules.span)
    }
    return .allow("[register] allows '\(operation.name)'", permission.span)
  }

  // MARK: Submissions

  private static func decide(_ submission: Submission, under policy: Policy, _ flags: JudgedFlags) -> Decision {
    let operation = decide(submission.operation, under: policy.operations)
    guard operation.isAllowed else { return operation }

    if let denial = violation(of: policy.operations.flags, by: flags.common, flags, "[operations] flags") {
      return denial
    }
    if let conditions = policy.conditions(of: submission.operation) {
      let place = "[operation.\(submission.operation.name)]"
      if let denial = violation(of: conditions.flags, by: flags.own, flags, "\(place) flags") { return denial }
      if let userData = conditions.userData, !userData.contains(where: { $0.value.contains(submission.userData) }) {
        return .deny("\(place) does not list this user_data", conditions.span)
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
      return decide(Peer(family: address.family, address: address, port: port), under: rules)
    case .connectElsewhere(let family):
      guard let rules = policy.connect else { return operation }
      return decide(Peer(family: family, address: nil, port: nil), under: rules)
    case .none:
      return operation
    }
  }

  private static func decide(_ operation: Operation, under rules: OperationRules) -> Decision {
    if let denial = rules.deny.first(where: { $0.value == operation }) {
      return .deny("[operations] denies '\(operation.name)'", denial.span)
    }
    if let permission = rules.allow.first(where: { $0.value == operation }) {
      return .allow("[operations] allows '\(operation.name)'", permission.span)
    }
    switch rules.byDefault {
    case .allow: return .allow("[operations] allows by default", rules.span)
    case .deny: return .deny("[operations] does not allow '\(operation.name)'", rules.span)
    }
  }

  // MARK: Flags

  /// The same of SQE flags; says so where it is the kernel that has set them.
  private static func violation(
    of rules: FlagRules, by word: UInt64, _ flags: JudgedFlags, _ place: String
  ) -> Decision? {
    guard let denial = violation(of: rules, by: word, SQEFlags.vocabulary, place) else { return nil }
    if violation(of: rules, by: flags.set, SQEFlags.vocabulary, place) != nil { return denial }
    let added = SQEFlags.vocabulary.describe(word & ~flags.set).joined(separator: "' and '")
    return .deny("\(denial.reason); the kernel sets '\(added)' itself before filters run", denial.rule)
  }

  /// True if a word of SQE flags satisfies conditions.
  package static func satisfies(_ rules: FlagRules, _ word: UInt64) -> Bool {
    violation(of: rules, by: word, SQEFlags.vocabulary, "") == nil
  }

  /// The first of the conditions that a word of flags breaks; `nil` if it satisfies them all.
  private static func violation(
    of rules: FlagRules, by word: UInt64, _ vocabulary: FlagVocabulary, _ place: String, exempting exempt: UInt64 = 0
  ) -> Decision? {
    if rules.isEmpty { return nil }
    if let denial = unknownBits(of: word, rules, vocabulary, place) { return denial }
    if let forbidden = rules.forbid.first(where: { $0.value.isCarried(by: word) }) {
      return .deny("\(place) forbids '\(forbidden.value.name)'", forbidden.span)
    }
    if let missing = rules.require.first(where: { !$0.value.isCarried(by: word) }) {
      return .deny("\(place) requires '\(missing.value.name)'", missing.span)
    }
    if let allow = rules.allow {
      var unexplained = word & ~(vocabulary.ignored | exempt)
      for flag in allow where flag.value.isCarried(by: word) { unexplained &= ~flag.value.bits }
      if unexplained != 0 {
        let names = vocabulary.describe(word).filter { name in !allow.contains { $0.value.name == name } }
        return .deny("\(place) does not allow '\(names.joined(separator: "', '"))'", rules.span)
      }
    }
    return nil
  }

  /// Conditions let no bit pass that has no name and is not in the rules by number.
  private static func unknownBits(
    of word: UInt64, _ rules: FlagRules, _ vocabulary: FlagVocabulary, _ place: String
  ) -> Decision? {
    var unknown = word & ~vocabulary.ignored
    for flag in vocabulary.flags { unknown &= ~flag.bits }
    for flag in (rules.allow ?? []) + rules.forbid + rules.require { unknown &= ~flag.value.bits }
    if unknown == 0 { return nil }
    return .deny("\(place) does not allow bits without a name: 0x\(String(unknown, radix: 16))", rules.span)
  }

  // MARK: [open]

  private static func decide(flags: UInt64, mode: UInt64, resolve: UInt64, under rules: OpenRules) -> Decision {
    var decision = Decision.allow("the request satisfies every condition of [open]", rules.span)
    if let access = rules.access {
      guard let match = access.first(where: { isAccess($0.value, flags) }) else {
        return .deny(
          "[open] access does not allow opening for \(description(ofAccess: flags))", access.first?.span ?? rules.span)
      }
      decision = .allow("[open] access allows '\(match.value.rawValue)'", match.span)
    }
    // A condition on access is one on flags, too: a flag that nobody knows yet could mean writing.
    if rules.access != nil, let denial = unknownBits(of: flags, rules.flags, OpenConstants.flags, "[open] flags") {
      return denial
    }
    let exempt = rules.accessAllowsPath ? OpenConstants.path : 0
    if let denial = violation(
      of: rules.flags, by: flags, OpenConstants.flags, "[open] flags", exempting: exempt)
    {
      return denial
    }
    if flags & OpenConstants.creating != 0,
      let denial = violation(of: rules.mode, by: mode, OpenConstants.mode, "[open] mode")
    {
      return denial
    }
    return violation(of: rules.resolve, by: resolve, OpenConstants.resolve, "[open] resolve") ?? decision
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

  private static func description(ofAccess flags: UInt64) -> String {
    if flags & OpenConstants.path != 0 { return "path" }
    switch flags & OpenConstants.accessMask {
    case OpenConstants.readOnly where flags & OpenConstants.changing != 0:
      return "reading with creat, trunc or tmpfile"
    case OpenConstants.readOnly: return "reading"
    case OpenConstants.writeOnly: return "writing"
    case OpenConstants.readWrite: return "reading and writing"
    default: return "neither reading nor writing (access mode 3)"
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
    return decide(
      "[socket]", allow: rules.allow, deny: rules.deny, at: rules.span, spanOf: \.span, matches: matches)
  }

  // MARK: [connect]

  private struct Peer {
    let family: UInt32
    let address: IPAddress?
    let port: UInt16?
  }

  private static func decide(_ peer: Peer, under rules: ConnectRules) -> Decision {
    if rules.limitsPeers, peer.port == 0 {
      return .deny("[connect] limits peers and therefore denies port 0", rules.span)
    }
    if rules.limitsAddresses, peer.address?.isUnspecifiedIPv4 == true {
      return .deny("[connect] limits addresses and therefore denies 0.0.0.0", rules.span)
    }
    let decision = decide(named: peer, under: rules)
    guard decision.isAllowed, rules.limitsAddresses, peer.address == .unspecifiedIPv6 else { return decision }
    for address in IPAddress.reachedByUnspecifiedIPv6 {
      let denial = decide(named: Peer(family: peer.family, address: address, port: peer.port), under: rules)
      if !denial.isAllowed { return .deny("\(denial.reason), and :: reaches \(address)", denial.rule) }
    }
    return decision
  }

  /// By the address that it has, whatever else that reaches.
  private static func decide(named peer: Peer, under rules: ConnectRules) -> Decision {
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
    return decide(
      "[connect]", allow: rules.allow, deny: rules.deny, at: rules.span, spanOf: \.span, matches: matches)
  }

  // MARK: Entries

  private static func decide<Entry>(
    _ place: String, allow: [Entry]?, deny: [Entry], at span: SourceSpan, spanOf: (Entry) -> SourceSpan,
    matches: (Entry) -> Bool
  ) -> Decision {
    if let denial = deny.first(where: matches) { return .deny("\(place) denies it", spanOf(denial)) }
    guard let allow else { return .allow("no entry of \(place) deny matches", span) }
    guard let match = allow.first(where: matches) else { return .deny("no entry of \(place) allow matches", span) }
    return .allow("\(place) allows it", spanOf(match))
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
