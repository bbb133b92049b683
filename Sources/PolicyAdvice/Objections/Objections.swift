package import Diagnostics
package import Policy
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

/// Every reason why a policy denies a request: each denial is taken out of the way before the evaluator is asked again, so
/// that after all of the changes the request is allowed.
package enum Objections {
  /// Empty if the request is allowed. `others`: policies that hold together with this one.
  package static func all(to request: Request, in policy: Policy, beside others: [Policy] = []) -> [Objection] {
    let circumstances = Circumstances(insideAnotherJail: others.holdCommonFlagsByFilters())
    var changed = policy
    var objections: [Objection] = []
    while case .denied(let denial) = ReferenceEvaluator.decide(request, under: changed, in: circumstances) {
      let (changes, remark) = remedy(for: denial, of: request)
      // Each remedy takes away a rule, or adds what the request needs: there are finitely many.
      precondition(!changes.isEmpty, "every denial has a remedy")
      for change in changes { changed = changed.applying(change) }
      objections.append(Objection(reason: denial.reason, rule: denial.rule, changes: changes, remark: remark))
    }
    return objections
  }

  private typealias Remedy = (changes: [PolicyChange], remark: String?)

  private static func change(_ edit: PolicyChange.Edit, _ places: [SourceSpan?]) -> PolicyChange {
    PolicyChange(edit, at: places.compactMap(\.self))
  }

  private static func remedy(for denial: Decision.Denial, of request: Request) -> Remedy {
    switch denial {
    case .registerDenied(let operation, let rules):
      let places = rules.deny.filter { $0.value == operation.value }.map(\.span)
      return ([change(.keepFromDenyingRegister(operation.value), places)], nil)
    case .registerNotListed(let operation, let rules):
      return ([change(.allowRegister(operation), [rules.span])], nil)
    case .operationDenied(let operation, let rules):
      let places = rules.deny.filter { $0.value == operation.value }.map(\.span)
      return ([change(.keepFromDenying(operation.value), places)], nil)
    case .operationNotListed(let operation, let rules):
      return ([change(.allow(operation), [rules.span])], nil)
    case .flags(let denial):
      return remedy(for: denial, of: request)
    case .userData(let value, let conditions):
      return ([change(.addUserData(conditions.operation.value, value), [conditions.span])], nil)
    case .openAccess(let flags, let rules):
      let place = rules.access?.first?.span
      guard let wanted = OpenRules.Access(flags: flags) else {
        return (
          [change(.freeAccess, [place])],
          "no value of 'access' allows this way of opening; without 'access', every other way is allowed as well"
        )
      }
      return ([change(.addAccess(wanted), [place])], nil)
    case .socketDenied(let entry, let rules):
      let places = rules.deny.filter { $0.isSame(as: entry) }.map(\.span)
      return ([change(.removeSocketDenial(entry), places)], narrowing)
    case .socketNotListed(let request, let rules):
      let number = request.askedProtocol == 0 ? 0 : request.socket.protocolNumber
      let wanted = SocketEntry(
        families: [request.socket.family], types: [request.socket.type], protocols: [number], span: rules.span)
      return ([change(.addSocket(wanted), [rules.span])], nil)
    case .peerDenied(let entry, let rules):
      let places = rules.deny.filter { $0.isSame(as: entry) }.map(\.span)
      return ([change(.removePeerDenial(entry), places)], narrowing)
    case .peerNotListed(let peer, let rules):
      return adding(peer, to: rules)
    case .portZero(let rules):
      return (
        [change(.freePeers, [rules.span])],
        "nothing can be reached at port 0, and some kernels show peers that they cannot read as port 0"
      )
    case .unspecifiedIPv4(let rules):
      return (
        [change(.freePeers, [rules.span])],
        "0.0.0.0 reaches the address that the socket is bound to; let the program use the intended address"
      )
    case .reaching(_, let denial):
      let (changes, remark) = remedy(for: denial, of: request)
      return (changes, remark ?? reachingLoopback)
    }
  }

  private static let narrowing = "or narrow it, so that it denies less"
  private static let reachingLoopback = ":: reaches ::1 and 127.0.0.1, so these must be allowed as well"

  // MARK: Flags

  private static func remedy(for denial: Decision.FlagDenial, of request: Request) -> Remedy {
    let (word, rules) = (denial.word, denial.rules)
    switch denial.breach {
    case .unknownBits(let unknown):
      return allowing(unknown, denial)
    case .forbidden(let flag):
      let places = rules.forbid.filter { $0.value == flag.value }.map(\.span)
      return ([change(.removeFlag(word, .forbid, flag.value), places)], nil)
    case .missing(let flag):
      let places = rules.require.filter { $0.value == flag.value }.map(\.span)
      return (
        [change(.removeFlag(word, .require, flag.value), places)],
        word == .openResolve && request.arguments == .openat
          ? "or let the program use openat2: openat has no resolve flags"
          : "or let the program set '\(flag.value.name)'"
      )
    case .notListed(let unexplained):
      let named = word.vocabulary.flags.filter { $0.isCarried(by: denial.bits) && $0.bits & unexplained != 0 }
      let rest = named.reduce(unexplained) { $0 & ~$1.bits }
      if rest > UInt64(Int64.max) { return ([change(.freeFlags(word), [rules.span])], noNumber(rest)) }
      return ([change(.addFlags(word, named + (rest == 0 ? [] : [Flag(number: rest)])), [rules.span])], nil)
    }
  }

  /// Bits without a name pass only by number, on an allow list.
  private static func allowing(_ unknown: UInt64, _ denial: Decision.FlagDenial) -> Remedy {
    let (word, rules) = (denial.word, denial.rules)
    let place = rules.span ?? denial.open?.span
    guard unknown <= UInt64(Int64.max) else {
      let hasAccess = word == .openFlags && denial.open?.access != nil
      return (
        [change(.freeFlags(word), [place])] + (hasAccess ? [change(.freeAccess, [denial.open?.span])] : []),
        noNumber(unknown)
      )
    }
    // A list that is made now must go on allowing what has a name.
    let named =
      rules.allow == nil ? word.vocabulary.flags.filter { flag in !rules.forbid.contains { $0.value == flag } } : []
    return (
      [change(.addFlags(word, named + [Flag(number: unknown)]), [place])],
      named.isEmpty ? nil : "only 'allow' can have a bit without a name; it must then list all other allowed flags"
    )
  }

  private static func noNumber(_ bits: UInt64) -> String {
    "0x\(String(bits, radix: 16)) has no name, and is too large for a number of the language"
  }

  // MARK: Peers

  private static func adding(_ peer: Decision.Peer, to rules: ConnectRules) -> Remedy {
    func entry(_ networks: [IPPrefix]?, _ port: UInt16?, _ families: [UInt32]?) -> ConnectEntry {
      ConnectEntry(
        networks: networks?.map { Located($0, at: rules.span) },
        ports: port.map { [Located($0...$0, at: rules.span)] }, families: families, span: rules.span)
    }
    // Port 0 can be allowed only by what does not speak of ports.
    guard let address = peer.address, let port = peer.port, port != 0 else {
      return ([change(.addPeer(entry(nil, nil, [peer.family])), [rules.span])], nil)
    }
    // An entry with 'to' would have 0.0.0.0 denied, whatever it says.
    if address.isUnspecifiedIPv4 { return ([change(.addPeer(entry(nil, port, [peer.family])), [rules.span])], nil) }
    if rules.limitsAddresses, address == .unspecifiedIPv6 {
      return ([change(.addPeer(entry(NamedNetwork.loopback.prefixes, port, nil)), [rules.span])], reachingLoopback)
    }
    return ([change(.addPeer(entry([address.prefix], port, nil)), [rules.span])], nil)
  }
}

extension IPAddress {
  /// The prefix that has this address and no other.
  fileprivate var prefix: IPPrefix {
    switch self {
    case .v4(let base): .v4(base, length: 32)
    case .v6(let base): .v6(base, length: 128)
    }
  }
}

extension Request {
  fileprivate var arguments: ArgumentKind {
    switch self {
    case .submission(let submission): submission.operation.arguments
    case .registration: .none
    }
  }
}
