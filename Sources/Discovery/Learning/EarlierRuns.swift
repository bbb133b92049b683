package import Diagnostics
package import Policy
import URingABI

/// What a policy that was learned earlier says about the runs that it was learned from.
package struct EarlierRuns: Sendable {
  package let observations: Observations
  /// Tables that it leaves free stay free.
  package let extents: PolicyWriter.Extents

  /// A policy has what learning does not write, and what would get lost.
  package struct NotLearned: Error {
    /// The part of it.
    package let what: String
  }

  package init(_ policy: Policy, _ source: SourceText, ephemeral: ClosedRange<UInt16>) throws(NotLearned) {
    try Self.requireLearned(policy, source)
    let remarks = Remarks(source)
    var seen = Observations(grain: Self.grain(of: policy.connect), ephemeral: ephemeral)
    var extents = PolicyWriter.Extents()

    remarks.merge(policy.operations.allow, into: &seen.operations)
    if let allow = policy.operations.flags.allow {
      remarks.merge(allow, into: &seen.flags)
    } else {
      extents.flags = .nothing
    }
    if let register = policy.register?.allow {
      remarks.merge(register, into: &seen.registrations)
    } else {
      extents.register = .nothing
    }
    for kind in ArgumentKind.allCases {
      switch kind {
      // openat shares the table of openat2.
      case .none, .openat: break
      case .openat2:
        if let open = policy.open {
          Self.add(open, remarks, to: &seen)
        } else if policy.operations.permits(.openat) || policy.operations.permits(.openat2) {
          extents.open = .nothing
        }
      case .socket:
        if let socket = policy.socket {
          Self.add(socket, remarks, to: &seen)
        } else if policy.operations.permits(.socket) {
          extents.socket = .nothing
        }
      case .connect:
        if let connect = policy.connect {
          seen.seen.insert(.connect)
          for entry in connect.allow ?? [] { Self.add(entry, remarks.tally(at: entry.span), to: &seen) }
        } else if policy.operations.permits(.connect) {
          extents.connect = .nothing
        }
      }
    }
    observations = seen
    self.extents = extents
  }

  // MARK: [open] and [socket]

  private static func add(_ open: OpenRules, _ remarks: Remarks, to seen: inout Observations) {
    seen.seen.formUnion([.openat, .openat2])
    if let access = open.access {
      remarks.merge(access, into: &seen.access)
    } else {
      seen.otherAccess = Tally(count: 0)
    }
    remarks.merge(open.flags.allow ?? [], into: &seen.openFlags)
    seen.creates = open.mode.allow != nil
    remarks.merge(open.mode.allow ?? [], into: &seen.modes)
    remarks.merge(open.resolve.allow ?? [], into: &seen.resolve)
    seen.resolveAlways = open.resolve.require.reduce(0) { $0 | $1.value.bits }
  }

  private static func add(_ socket: SocketRules, _ remarks: Remarks, to seen: inout Observations) {
    seen.seen.insert(.socket)
    for entry in socket.allow ?? [] {
      seen.sockets.merge(
        Observations.Socket(
          family: entry.families?.first ?? 0, type: entry.types?.first ?? 0, number: entry.protocols?.first),
        remarks.tally(at: entry.span))
      if entry.protocols == nil { seen.droppedProtocols = true }
    }
  }

  // MARK: [connect]

  private static func add(_ entry: ConnectEntry, _ tally: Tally, to seen: inout Observations) {
    guard let networks = entry.networks?.map(\.value) else {
      if entry.families == [SocketConstants.inet, SocketConstants.inet6] {
        seen.unlistable = tally
      } else {
        for family in entry.families ?? [] { seen.families.merge(family, tally) }
      }
      return
    }
    let named = [NamedNetwork.any, .loopback].first { $0.prefixes == networks }
    let targets = named.map { [Peer.Network.named($0)] } ?? networks.map(Peer.Network.prefix)
    let ports = entry.ports?.map { $0.value.count == 1 ? Peer.Port.number($0.value.lowerBound) : .ephemeral } ?? [.any]
    // The remark is about all of them together.
    var rest = tally
    for target in targets {
      for port in ports {
        seen.peers.merge(Peer(target, port), rest)
        rest = Tally(count: 0, first: tally.first)
      }
    }
  }

  /// The grain that the coarsest of the peers has.
  private static func grain(of rules: ConnectRules?) -> Peer.Grain {
    var grain = Peer.Grain.address
    for entry in rules?.allow ?? [] {
      guard let networks = entry.networks?.map(\.value) else { continue }
      if networks == NamedNetwork.any.prefixes {
        grain = max(grain, entry.ports == nil ? .anything : .everywhere)
      } else if networks == NamedNetwork.loopback.prefixes {
        grain = max(grain, .network)
      } else {
        for case .v4(_, let length) in networks where length < 32 { grain = max(grain, length < 24 ? .site : .network) }
        for case .v6(_, let length) in networks where length < 128 {
          grain = max(grain, length < 64 ? .site : .network)
        }
      }
    }
    return grain
  }

  // MARK: What learning does not write

  private static func requireLearned(_ policy: Policy, _ source: SourceText) throws(NotLearned) {
    let rules = [policy.operations.flags, policy.open?.flags, policy.open?.mode].compactMap { $0 }
    let denies =
      !policy.operations.deny.isEmpty || !(policy.register?.deny ?? []).isEmpty
      || !(policy.socket?.deny ?? []).isEmpty || !(policy.connect?.deny ?? []).isEmpty
    if denies { throw NotLearned(what: "deny lists") }
    if policy.operations.byDefault == .allow { throw NotLearned(what: "default = \"allow\"") }
    if rules.contains(where: { !$0.forbid.isEmpty || !$0.require.isEmpty })
      || policy.open?.resolve.forbid.isEmpty == false
    {
      throw NotLearned(what: "flags that are forbidden or required")
    }
    if !policy.conditions.isEmpty { throw NotLearned(what: "conditions on single operations") }
    for line in String(decoding: source.bytes, as: UTF8.self).split(separator: "\n") {
      for start in ["[process", "[kernel", "[groups", "[[test", "include"] where line.hasPrefix(start) {
        throw NotLearned(what: "'\(line)'")
      }
    }
  }
}

/// What the ends of lines say about the values in them.
private struct Remarks {
  let source: SourceText

  init(_ source: SourceText) {
    self.source = source
  }

  func tally(at span: SourceSpan) -> Tally {
    guard span.source == source.id else { return Tally(count: 0) }
    return Tally(remarkOn: String(decoding: source.bytes[source.lineRange(containing: span.start)], as: UTF8.self))
  }

  /// A group has one remark for all of its members.
  func merge<Key>(_ values: [Located<Key>], into tallies: inout Tallies<Key>) {
    var last: SourceSpan?
    for value in values {
      let tally = tally(at: value.span)
      tallies.merge(value.value, value.span == last ? Tally(count: 0, first: tally.first) : tally)
      last = value.span
    }
  }
}

extension Observations {
  /// What these and others saw together.
  package mutating func merge(_ other: Observations) {
    let coarsest = max(grain, other.grain)
    peers = peers.map { $0.coarser(coarsest) }
    let theirs = other.peers.map { $0.coarser(coarsest) }
    grain = coarsest
    peers.merge(theirs)
    operations.merge(other.operations)
    flags.merge(other.flags)
    registrations.merge(other.registrations)
    access.merge(other.access)
    otherAccess = Self.merged(otherAccess, other.otherAccess)
    openFlags.merge(other.openFlags)
    modes.merge(other.modes)
    creates = creates || other.creates
    resolve.merge(other.resolve)
    resolveAlways = resolveAlways.map { $0 & (other.resolveAlways ?? .max) } ?? other.resolveAlways
    sockets.merge(other.sockets)
    droppedProtocols = droppedProtocols || other.droppedProtocols
    if droppedProtocols { sockets = sockets.map { Socket(family: $0.family, type: $0.type, number: nil) } }
    families.merge(other.families)
    unlistable = Self.merged(unlistable, other.unlistable)
    unseen.merge(other.unseen)
    seen.formUnion(other.seen)
  }

  private static func merged(_ a: Tally?, _ b: Tally?) -> Tally? {
    guard let a, let b else { return a ?? b }
    return a.merged(with: b)
  }
}

extension Tallies {
  package mutating func merge(_ other: Tallies) {
    for key in other.keys { if let tally = other[key] { merge(key, tally) } }
  }
}
