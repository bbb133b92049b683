import Diagnostics
import URingABI

/// `[socket]`
enum SocketChecks {
  private static let raw: UInt32 = 3
  private static let packetFamily: UInt32 = 17

  static func entries(_ subject: CheckedPolicy) -> [Diagnostic] {
    guard let socket = subject.policy.socket else { return [] }
    func entries(_ list: [SocketEntry]) -> [EntryChecks.Entry<Region>] {
      list.map { EntryChecks.Entry(region: Region($0), span: $0.span) }
    }
    return EntryChecks.check(allow: socket.allow.map(entries), deny: entries(socket.deny), "[socket]", subject)
  }

  /// Raw sockets send and receive packets of any kind, whatever [connect] says.
  static func rawSockets(_ subject: CheckedPolicy) -> [Diagnostic] {
    let policy = subject.policy
    guard subject.hasConditions, policy.operations.permits(.socket) else { return [] }
    let families = [SocketConstants.inet, SocketConstants.inet6, packetFamily]
    let candidates = families.map {
      Request.submission(Submission(.socket, .socket(family: $0, type: raw, protocol: 255)))
    }
    let decisions = candidates.map { ReferenceEvaluator.decide($0, under: policy) }
    guard let open = decisions.first(where: \.isAllowed) else { return [] }
    return [
      subject.warning(
        PolicyDiagnostics.rawSocket,
        "raw sockets are allowed beside narrow conditions: they send any packet to any host",
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
      Self.meet(families, other.families) && Self.meet(types, other.types) && Self.meet(protocols, other.protocols)
    }

    var isEmpty: Bool { false }
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
