package import Diagnostics
import URingABI

/// One reason why a policy denies a request, and what lifts this reason and no other.
package struct Objection: Sendable {
  /// In the words of the policy.
  package let reason: String
  /// The rule; where it is the absence of one, the table or list that would have had to hold it.
  package let rule: SourceSpan?
  /// All of these together lift it.
  package let changes: [PolicyChange]
  /// What the program could do instead, or what to know before the policy is changed.
  package let remark: String?
}

/// Every reason why a policy denies a request. Rules are asked in the order of the evaluator; each answer is taken
/// out of the way before the next is asked for, so that after all of the changes the request is allowed.
package enum Objections {
  /// Empty if the request is allowed. `others`: policies that hold together with this one.
  package static func all(to request: Request, in policy: Policy, beside others: [Policy] = []) -> [Objection] {
    var changed = policy
    var objections: [Objection] = []
    while true {
      let circumstances = Circumstances(insideAnotherJail: others.holdCommonFlagsByFilters())
      let decision = ReferenceEvaluator.decide(request, under: changed, in: circumstances)
      if decision.isAllowed { return objections }
      let (changes, remark) = remedy(request, changed, circumstances)
      // Each remedy takes away a rule, or adds what the request needs: there are finitely many.
      precondition(!changes.isEmpty, "every denial has a remedy")
      for change in changes { changed = changed.applying(change) }
      objections.append(
        Objection(reason: decision.reason, rule: decision.rule, changes: changes, remark: remark))
    }
  }

  private typealias Remedy = (changes: [PolicyChange], remark: String?)

  private static func change(_ edit: PolicyChange.Edit, _ places: [SourceSpan?]) -> PolicyChange {
    PolicyChange(edit, at: places.compactMap(\.self))
  }

  /// For the first rule that denies, in the order of the evaluator.
  private static func remedy(_ request: Request, _ policy: Policy, _ circumstances: Circumstances) -> Remedy {
    switch request {
    case .registration(let operation): return registration(operation, policy.register)
    case .submission(let submission):
      let seen = UInt64(submission.flagsSeenByFilters())
      let common = [policy].holdCommonFlagsByFilters(in: circumstances) ? seen : UInt64(submission.flags)
      return operation(submission.operation, policy.operations)
        ?? flags(common, .requests, policy)
        ?? flags(seen, .operation(submission.operation), policy)
        ?? userData(submission, policy) ?? payload(submission, policy) ?? ([], nil)
    }
  }

  private static func registration(_ operation: RegisterOperation, _ rules: RegisterRules?) -> Remedy {
    let denials = (rules?.deny ?? []).filter { $0.value == operation }
    if !denials.isEmpty { return ([change(.keepFromDenyingRegister(operation), denials.map(\.span))], nil) }
    return ([change(.allowRegister(operation), [rules?.span])], nil)
  }

  private static func operation(_ operation: Operation, _ rules: OperationRules) -> Remedy? {
    if rules.permits(operation) { return nil }
    let denials = rules.deny.filter { $0.value == operation }
    if !denials.isEmpty { return ([change(.keepFromDenying(operation), denials.map(\.span))], nil) }
    return ([change(.allow(operation), [rules.span])], nil)
  }

  private static func userData(_ submission: Submission, _ policy: Policy) -> Remedy? {
    guard let conditions = policy.conditions(of: submission.operation), let values = conditions.userData,
      !values.contains(where: { $0.value.contains(submission.userData) })
    else { return nil }
    return ([change(.addUserData(submission.operation, submission.userData), [conditions.span])], nil)
  }

  // MARK: Flags

  private static func flags(
    _ bits: UInt64, _ word: PolicyChange.FlagWord, _ policy: Policy, exempting exempt: UInt64 = 0
  ) -> Remedy? {
    let rules = policy.rules(of: word)
    if rules.isEmpty { return nil }
    if let remedy = unknownBits(bits, word, policy) { return remedy }
    if let forbidden = rules.forbid.first(where: { $0.value.isCarried(by: bits) })?.value {
      let places = rules.forbid.filter { $0.value == forbidden }.map(\.span)
      return ([change(.removeFlag(word, .forbid, forbidden), places)], nil)
    }
    if let missing = rules.require.first(where: { !$0.value.isCarried(by: bits) })?.value {
      let places = rules.require.filter { $0.value == missing }.map(\.span)
      return (
        [change(.removeFlag(word, .require, missing), places)], "or let the program set '\(missing.name)'"
      )
    }
    guard let allow = rules.allow else { return nil }
    let carried = allow.filter { $0.value.isCarried(by: bits) }
    let unexplained = carried.reduce(bits & ~(word.vocabulary.ignored | exempt)) { $0 & ~$1.value.bits }
    if unexplained == 0 { return nil }
    let named = word.vocabulary.flags.filter { $0.isCarried(by: bits) && $0.bits & unexplained != 0 }
    let rest = named.reduce(unexplained) { $0 & ~$1.bits }
    if rest > UInt64(Int64.max) { return ([change(.freeFlags(word), [rules.span])], noNumber(rest)) }
    let flags = named + (rest == 0 ? [] : [Flag(number: rest)])
    return ([change(.addFlags(word, flags), [rules.span])], nil)
  }

  /// Bits without a name pass only by number, on an allow list.
  private static func unknownBits(_ bits: UInt64, _ word: PolicyChange.FlagWord, _ policy: Policy) -> Remedy? {
    let rules = policy.rules(of: word)
    let flags = (rules.allow ?? []) + rules.forbid + rules.require
    let known = word.vocabulary.flags.map(\.bits) + flags.map(\.value.bits)
    let unknown = known.reduce(bits & ~word.vocabulary.ignored) { $0 & ~$1 }
    if unknown == 0 { return nil }
    let place = rules.span ?? policy.open?.span
    guard unknown <= UInt64(Int64.max) else {
      let access = word == .openFlags && policy.open?.access != nil
      return (
        [change(.freeFlags(word), [place])] + (access ? [change(.freeAccess, [policy.open?.span])] : []),
        noNumber(unknown)
      )
    }
    // A list that is made now must go on allowing what has a name.
    let named =
      rules.allow == nil
      ? word.vocabulary.flags.filter { flag in
        !rules.forbid.contains { $0.value == flag }
      } : []
    return (
      [change(.addFlags(word, named + [Flag(number: unknown)]), [place])],
      named.isEmpty ? nil : "only 'allow' can have a bit without a name; it must then list all other allowed flags"
    )
  }

  private static func noNumber(_ bits: UInt64) -> String {
    "0x\(String(bits, radix: 16)) has no name, and is too large for a number of the language"
  }

  // MARK: Arguments

  private static func payload(_ submission: Submission, _ policy: Policy) -> Remedy? {
    switch submission.payload {
    case .none: nil
    case .open(let flags, let mode, let resolve):
      policy.open.flatMap { open(submission.operation, flags, mode, resolve, $0, policy) }
    case .socket(let family, let type, let number):
      policy.socket.flatMap { rules in
        let socket = EffectiveSocket(family: family, type: type, protocol: number)
        let wanted = SocketEntry(
          families: [socket.family], types: [socket.type], protocols: [number == 0 ? 0 : socket.protocolNumber],
          span: rules.span)
        return entry(wanted, rules, policy, Request.submission(submission))
      }
    case .connect(let address, let port):
      policy.connect.flatMap { peer(address, port, $0, policy, .submission(submission)) }
    case .connectElsewhere(let family):
      policy.connect.flatMap { rules in
        entry(
          ConnectEntry(networks: nil, ports: nil, families: [family], span: rules.span), rules, policy,
          .submission(submission))
      }
    }
  }

  private static func open(
    _ operation: Operation, _ flags: UInt64, _ mode: UInt64, _ resolve: UInt64, _ rules: OpenRules, _ policy: Policy
  ) -> Remedy? {
    if let access = rules.access, !access.contains(where: { $0.value == Self.access(flags) }) {
      guard let wanted = Self.access(flags) else {
        return (
          [change(.freeAccess, [access.first?.span])],
          "no value of 'access' allows this way of opening; without 'access', every other way is allowed as well"
        )
      }
      return ([change(.addAccess(wanted), [access.first?.span])], nil)
    }
    if rules.access != nil, let remedy = unknownBits(flags, .openFlags, policy) { return remedy }
    let exempt = rules.accessAllowsPath ? OpenConstants.path : 0
    if let remedy = self.flags(flags, .openFlags, policy, exempting: exempt) { return remedy }
    if flags & OpenConstants.creating != 0, let remedy = self.flags(mode, .openMode, policy) { return remedy }
    guard let remedy = self.flags(resolve, .openResolve, policy) else { return nil }
    return (
      remedy.changes,
      operation == .openat ? "or let the program use openat2: openat has no resolve flags" : remedy.remark
    )
  }

  /// The word for the way a file is opened; `nil` if there is none.
  private static func access(_ flags: UInt64) -> OpenRules.Access? {
    if flags & OpenConstants.path != 0 { return .path }
    return switch flags & OpenConstants.accessMask {
    case OpenConstants.readOnly: flags & OpenConstants.changing == 0 ? .read : nil
    case OpenConstants.writeOnly: .write
    case OpenConstants.readWrite: .readWrite
    default: nil
    }
  }

  // MARK: Entries

  /// An entry that denies the request by itself, or the one that would allow it.
  private static func entry(
    _ wanted: SocketEntry, _ rules: SocketRules, _ policy: Policy, _ request: Request
  ) -> Remedy? {
    let denial = rules.deny.first { entry in
      denies(request, policy, SocketRules(allow: nil, deny: [entry], span: rules.span), policy.connect)
    }
    guard let denial else { return ([change(.addSocket(wanted), [rules.span])], nil) }
    let places = rules.deny.filter { $0.isSame(as: denial) }.map(\.span)
    return ([change(.removeSocketDenial(denial), places)], "or narrow it, so that it denies less")
  }

  private static func entry(
    _ wanted: ConnectEntry, _ rules: ConnectRules, _ policy: Policy, _ request: Request
  ) -> Remedy? {
    let denial = rules.deny.first { entry in
      denies(request, policy, policy.socket, ConnectRules(allow: nil, deny: [entry], span: rules.span))
    }
    guard let denial else { return ([change(.addPeer(wanted), [rules.span])], nil) }
    let places = rules.deny.filter { $0.isSame(as: denial) }.map(\.span)
    return ([change(.removePeerDenial(denial), places)], "or narrow it, so that it denies less")
  }

  private static func peer(
    _ address: IPAddress, _ port: UInt16, _ rules: ConnectRules, _ policy: Policy, _ request: Request
  ) -> Remedy? {
    if rules.limitsPeers, port == 0 {
      return (
        [change(.freePeers, [rules.span])],
        "nothing can be reached at port 0, and some kernels show peers that they cannot read as port 0"
      )
    }
    if rules.limitsAddresses, address.isUnspecifiedIPv4 {
      return (
        [change(.freePeers, [rules.span])],
        "0.0.0.0 reaches the address that the socket is bound to; let the program use the intended address"
      )
    }
    if rules.limitsAddresses, address == .unspecifiedIPv6, port != 0 {
      let loopback = NamedNetwork.loopback.prefixes.map { Located($0, at: rules.span) }
      let wanted = ConnectEntry(
        networks: loopback, ports: [Located(port...port, at: rules.span)], families: nil, span: rules.span)
      guard let remedy = entry(wanted, rules, policy, request) else { return nil }
      return (remedy.changes, remedy.remark ?? ":: reaches ::1 and 127.0.0.1, so these must be allowed as well")
    }
    let (prefix, family) =
      switch address {
      case .v4(let base): (IPPrefix.v4(base, length: 32), SocketConstants.inet)
      case .v6(let base): (IPPrefix.v6(base, length: 128), SocketConstants.inet6)
      }
    // Port 0 can be allowed only by what does not speak of ports.
    let wanted = ConnectEntry(
      networks: port == 0 ? nil : [Located(prefix, at: rules.span)],
      ports: port == 0 ? nil : [Located(port...port, at: rules.span)], families: port == 0 ? [family] : nil,
      span: rules.span)
    return entry(wanted, rules, policy, request)
  }

  /// Asks the evaluator, about one rule alone.
  private static func denies(
    _ request: Request, _ policy: Policy, _ socket: SocketRules?, _ connect: ConnectRules?
  ) -> Bool {
    let alone = Policy(operations: OperationRules(byDefault: .allow), socket: socket, connect: connect)
    return !ReferenceEvaluator.decide(request, under: alone).isAllowed
  }
}
