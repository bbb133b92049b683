import Diagnostics
import Policy
import PolicyLanguage
import URingABI

/// `[socket]`
enum SocketChecks {
  static func entries(_ subject: CheckedPolicy) -> [Diagnostic] {
    guard let socket = subject.policy.socket else { return [] }
    func entries(_ list: [SocketEntry]) -> [EntryChecks.Entry<Region>] {
      list.map { EntryChecks.Entry(region: Region($0), span: $0.span) }
    }
    return ((socket.allow ?? []) + socket.deny).compactMap { unmade($0, subject) }
      + EntryChecks.check(allow: socket.allow.map(entries), deny: entries(socket.deny), "[socket]", subject)
  }

  /// An entry for sockets that the kernel never makes, since it makes others of what is asked for.
  private static func unmade(_ entry: SocketEntry, _ subject: CheckedPolicy) -> Diagnostic? {
    guard Region(entry).isEmpty,
      let alias = EffectiveSocket.aliases.first(where: { $0.family == entry.families?.first })
    else { return nil }
    let family = SocketConstants.name(of: alias.family, in: SocketConstants.families)
    let type = alias.type.map { "type \(SocketConstants.name(of: $0, in: SocketConstants.types))" } ?? "any type"
    let (key, made) =
      alias.effectiveFamily == alias.family
      ? ("type", SocketConstants.name(of: alias.effectiveType, in: SocketConstants.types))
      : ("family", SocketConstants.name(of: alias.effectiveFamily, in: SocketConstants.families))
    return subject.warning(
      PolicyDiagnostics.neverTrue,
      "this entry matches nothing: a socket of family \(family) and \(type) becomes one of \(key) \(made)",
      at: entry.span,
      help: "write \(key) = \"\(made)\"")
  }

  /// An entry that names a protocol and leaves open what it is a protocol of.
  static func protocolAlone(_ subject: CheckedPolicy) -> [Diagnostic] {
    let policy = subject.policy
    guard let entries = policy.socket?.allow, policy.operations.permits(.socket) else { return [] }
    func isAllowed(_ family: UInt32, _ number: UInt32) -> Bool {
      let socket = Submission.Payload.socket(family: family, type: SocketConstants.raw, protocol: number)
      return ReferenceEvaluator.decide(.submission(Submission(.socket, socket)), under: policy).isAllowed
    }
    return entries.compactMap { entry in
      // Protocol 255 is that of raw sockets, which `rawSockets` is about.
      guard let number = entry.protocols?.first(where: { $0 != 0 && $0 != SocketConstants.anyRaw }),
        entry.types?.contains(SocketConstants.raw) ?? true
      else { return nil }
      let name = SocketConstants.name(of: number, in: SocketConstants.protocols)
      let type = usualType(number).map { "a type, such as type = \"\($0)\"" } ?? "the types that are needed"
      if entry.families == nil, isAllowed(SocketConstants.netlink, number) {
        return subject.warning(
          PolicyDiagnostics.protocolAlone,
          "this also matches sockets of other families, in which the number of the protocol means something else",
          at: entry.span,
          help: "add family = [\"inet\", \"inet6\"]" + (entry.types == nil ? " and \(type)" : ""))
      }
      let internet = [SocketConstants.inet, SocketConstants.inet6]
      let raw = internet.filter { entry.families?.contains($0) ?? true && isAllowed($0, number) }
      guard entry.types == nil, !raw.isEmpty else { return nil }
      return subject.warning(
        PolicyDiagnostics.protocolAlone,
        "this also matches raw sockets for the protocol \(name), which send packets to any host", at: entry.span,
        help: "add \(type)")
    }
  }

  /// The type of socket that usually has the protocol; `nil` if there is none to name.
  private static func usualType(_ number: UInt32) -> String? {
    let name = SocketConstants.name(of: number, in: SocketConstants.protocols)
    if ["tcp", "mptcp", "sctp", "smc"].contains(name) { return "stream" }
    return ["udp", "udplite", "icmp", "icmpv6"].contains(name) ? "dgram" : nil
  }

  /// Raw sockets send and receive packets of any kind, whatever [connect] says.
  static func rawSockets(_ subject: CheckedPolicy) -> [Diagnostic] {
    let policy = subject.policy
    guard subject.hasConditions, policy.operations.permits(.socket) else { return [] }
    let families = [SocketConstants.inet, SocketConstants.inet6, SocketConstants.packet]
    let arguments =
      families.map { ($0, SocketConstants.raw) }
      + [
        (SocketConstants.packet, SocketConstants.datagram), (SocketConstants.packet, SocketConstants.packetType),
        (SocketConstants.inet, SocketConstants.packetType),
      ]
    // A packet socket is one with any protocol; a raw internet socket with 255 sends everything.
    let packets = (policy.socket?.allow ?? []).filter { $0.families?.contains(SocketConstants.packet) ?? false }
    let named = packets.flatMap { $0.protocols ?? [] }
    let candidates = arguments.flatMap { family, type in
      (family == SocketConstants.packet ? [SocketConstants.anyRaw, 0] + named : [SocketConstants.anyRaw]).map {
        number in
        Request.submission(Submission(.socket, .socket(family: family, type: type, protocol: number)))
      }
    }
    let decisions = candidates.map { ReferenceEvaluator.decide($0, under: policy) }
    guard let open = decisions.first(where: \.isAllowed) else { return [] }
    return [
      subject.warning(
        PolicyDiagnostics.rawSocket,
        "raw sockets are allowed and can bypass the conditions of this policy: they send any packet to any host",
        at: open.rule ?? subject.start,
        help:
          "name the types that are needed, such as type = \"stream\", or add deny = [{ type = \"raw\" }] to [socket]")
    ]
  }

  private struct Region: EntryRegion {
    let families: Set<UInt32>?
    let types: Set<UInt32>?
    let protocols: Set<UInt32>?

    init(_ entry: SocketEntry) {
      families = entry.families.map(Set.init)
      types = entry.types.map(Set.init)
      protocols = entry.protocols.map(Set.init)
    }

    func covers(_ other: Region) -> Bool {
      Self.covers(families, other.families) && Self.covers(types, other.types)
        && Self.covers(protocols, other.protocols)
    }

    func meets(_ other: Region) -> Bool {
      Self.meet(families, other.families) && Self.meet(types, other.types)
        && (Self.meet(protocols, other.protocols) || meetsDefault(other) || other.meetsDefault(self))
    }

    /// True if the default protocol, which only the one names, can be one that the other names.
    private func meetsDefault(_ other: Region) -> Bool {
      let defaults = EffectiveSocket.protocols.filter { $0.asked == 0 }.map(\.effective)
      return protocols?.contains(0) ?? false && other.protocols.map { !$0.isDisjoint(with: defaults) } ?? false
    }

    /// True if the kernel makes other sockets of all that the entry asks for.
    var isEmpty: Bool {
      guard let families, let types else { return false }
      return families.allSatisfy { family in
        types.allSatisfy { type in
          EffectiveSocket.aliases.contains { alias in
            alias.family == family && alias.type.map { $0 == type } ?? true
              && (alias.effectiveFamily != family || alias.effectiveType != type)
          }
        }
      }
    }
    var size: Int { 1 + (families?.count ?? 0) + (types?.count ?? 0) + (protocols?.count ?? 0) }

    /// `nil` is every value.
    private static func covers(_ a: Set<UInt32>?, _ b: Set<UInt32>?) -> Bool {
      guard let a else { return true }
      return b?.isSubset(of: a) ?? false
    }

    private static func meet(_ a: Set<UInt32>?, _ b: Set<UInt32>?) -> Bool {
      guard let a, let b else { return true }
      return !a.isDisjoint(with: b)
    }
  }
}
