import Diagnostics
import Policy
import PolicyLanguage
import URingABI

/// `[connect]`
enum ConnectChecks {
  private static let firstRelease = KernelRelease(7, 2)

  /// Operations that carry an address of their own, which no filter sees.
  private static let senders = ["send", "sendmsg", "send_zc", "sendmsg_zc"]

  static func peerUnchecked(_ subject: CheckedPolicy) -> [Diagnostic] {
    guard let connect = subject.policy.connect else { return [] }
    let operations = subject.policy.operations
    let allowed = senders.filter { Operation(name: $0).map(operations.permits) ?? false }
    guard !allowed.isEmpty else { return [] }
    let list = allowed.map { "'\($0)'" }.joined(separator: ", ")
    return [
      subject.warning(
        PolicyDiagnostics.peerUnchecked,
        "[connect] limits peers, but \(list) can name a peer of \(allowed.count == 1 ? "its" : "their") own, which no "
          + "filter sees",
        at: connect.span,
        help: "use write, writev or write_fixed on connected sockets and deny these, or allow only stream sockets in "
          + "[socket] and accept TCP fast open")
    ]
  }

  /// Networks that an address of this very machine, or of its cloud's metadata service, is in.
  private static let local: [(name: String, network: NamedNetwork)] = [
    ("loopback", .loopback), ("link-local", .linkLocal),
  ]

  /// An entry that allows every address, and the place that says so.
  private struct OpenEntry {
    let entry: ConnectEntry
    let everything: SourceSpan
    let region: PeerSet
  }

  static func localReachable(_ subject: CheckedPolicy) -> [Diagnostic] {
    guard let connect = subject.policy.connect else { return [] }
    let open = (connect.allow ?? []).compactMap { entry -> OpenEntry? in
      let everything = entry.networks?.first { $0.value.length == 0 }
      return everything.map { OpenEntry(entry: entry, everything: $0.span, region: PeerSet(entry)) }
    }
    if open.isEmpty { return [] }
    let denied = connect.deny.map(PeerSet.init)
    guard EntryChecks.areComparable(open.map(\.region), denied) else { return [] }
    return open.compactMap { open in
      let entry = open.entry
      let reachable = local.filter { _, network in
        network.prefixes.contains { prefix in
          let region = PeerSet(
            ConnectEntry(
              networks: [Located(prefix, at: entry.span)], ports: entry.ports, families: entry.families,
              span: entry.span))
          return !region.isEmpty && open.region.meets(region) && !denied.contains { $0.covers(region) }
        }
      }
      guard !reachable.isEmpty else { return nil }
      let names = reachable.map(\.name).joined(separator: " and ")
      return subject.warning(
        PolicyDiagnostics.localReachable,
        "this includes \(names) addresses, which reach this machine's own services"
          + (reachable.contains { $0.network == .linkLocal } ? " and a cloud's metadata service" : ""),
        at: open.everything,
        help: "add deny = [{ to = [\(reachable.map { "\"\($0.name)\"" }.joined(separator: ", "))] }] to [connect]")
    }
  }

  static func newerKernel(_ subject: CheckedPolicy) -> [Diagnostic] {
    guard let connect = subject.policy.connect else { return [] }
    let older =
      subject.policy.kernel.unfilterable?.value == .denyOperation
      ? "on older kernels 'connect' is always denied" : "on older kernels the program is not started"
    return [
      subject.warning(
        PolicyDiagnostics.newerKernel, "[connect] needs Linux \(firstRelease): \(older)", at: connect.span,
        help: "older kernels do not show filters where a connection goes")
    ]
  }

  static func entries(_ subject: CheckedPolicy) -> [Diagnostic] {
    guard let connect = subject.policy.connect else { return [] }
    func entries(_ list: [ConnectEntry]) -> [EntryChecks.Entry<PeerSet>] {
      list.map { EntryChecks.Entry(region: PeerSet($0), span: $0.span) }
    }
    return ((connect.allow ?? []) + connect.deny).flatMap { singleEntry($0, subject) }
      + EntryChecks.check(allow: connect.allow.map(entries), deny: entries(connect.deny), "[connect]", subject)
  }

  /// Conditions of one entry that exclude each other, or exclude nothing.
  private static func singleEntry(_ entry: ConnectEntry, _ subject: CheckedPolicy) -> [Diagnostic] {
    let region = PeerSet(entry)
    if let networks = entry.networks, networks.allSatisfy({ isUnspecified($0.value) }) {
      return [
        subject.warning(
          PolicyDiagnostics.neverTrue,
          "this entry matches nothing: 0.0.0.0 is always denied, because it reaches the address that the "
            + "socket is bound to",
          at: entry.span, help: "write the intended address, such as 127.0.0.1, or the network \"loopback\"")
      ]
    }
    if region.isEmpty {
      return [
        subject.warning(
          PolicyDiagnostics.neverTrue, "this entry matches nothing: its family has no such addresses or ports",
          at: entry.span, help: "'to' and 'port' apply to the families inet and inet6, IPv6 prefixes only to inet6")
      ]
    }
    if region.coversInternet, entry.networks != nil || entry.ports != nil {
      if entry.networks == nil || entry.ports != nil {
        return [
          subject.warning(
            PolicyDiagnostics.alwaysTrue, "this entry matches every IPv4 and IPv6 peer", at: entry.span,
            help: "write { to = \"any\" }, or family = [\"inet\", \"inet6\"]")
        ]
      }
    } else if let everything = entry.networks, entry.ports != nil,
      PeerSet(ConnectEntry(networks: everything, ports: nil, families: entry.families, span: entry.span))
        .coversInternet
    {
      return [
        subject.warning(
          PolicyDiagnostics.alwaysTrue,
          "'to' has no effect: it contains every address, and 'port' excludes other families",
          at: everything[0].span, help: "remove 'to'")
      ]
    }
    return []
  }

  private static func isUnspecified(_ prefix: IPPrefix) -> Bool {
    switch prefix {
    case .v4(let base, let length): length == 32 && base == 0
    case .v6(let base, let length): length == 128 && base == IPPrefix.mappedBase
    }
  }

  /// Elements of `to` and `port` that another element of the same list has in it.
  static func lists(_ subject: CheckedPolicy) -> [Diagnostic] {
    guard let connect = subject.policy.connect else { return [] }
    return ((connect.allow ?? []) + connect.deny).flatMap { entry -> [Diagnostic] in
      let ports = entry.ports?.map { RangeList.Element(range: $0.value, span: $0.span) } ?? []
      let addresses = (entry.networks ?? []).flatMap { network in
        network.value.ranges.map { RangeList.Element(range: $0, span: network.span) }
      }
      return RangeList.redundant(ports, subject) + RangeList.redundant(addresses, subject)
    }
  }
}

/// `[operation.NAME] user_data`
enum UserDataChecks {
  static func lists(_ subject: CheckedPolicy) -> [Diagnostic] {
    subject.policy.conditions.flatMap { conditions -> [Diagnostic] in
      guard let userData = conditions.userData else { return [] }
      if let first = userData.first, Intervals(userData.map(\.value)) == .everything {
        return [
          subject.warning(
            PolicyDiagnostics.alwaysTrue, "every request satisfies this condition: the list contains all values",
            at: first.span, help: "remove user_data")
        ]
      }
      return RangeList.redundant(userData.map { RangeList.Element(range: $0.value, span: $0.span) }, subject)
    }
  }
}
