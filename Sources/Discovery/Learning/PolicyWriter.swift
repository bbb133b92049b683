import Policy
import URingABI

/// Writes what was observed as a policy: each rule on a line of its own, with how often and when it was first needed.
package struct PolicyWriter {
  /// How much of a table is written.
  package enum Extent: Sendable {
    /// All of it, so that nothing else is allowed: lists that are empty as well.
    case whole
    /// What is to be added to lists that are there.
    case additions
    case nothing
  }

  /// What to write.
  package struct Extents: Sendable {
    package var flags = Extent.whole
    package var open = Extent.whole
    package var socket = Extent.whole
    package var connect = Extent.whole
    package var register = Extent.whole

    package init() {}
  }

  private let seen: Observations
  private let extents: Extents

  package init(_ seen: Observations, _ extents: Extents = Extents()) {
    self.seen = seen
    self.extents = extents
  }

  /// The tables, a blank line between two.
  package var tables: String {
    [operations, open, socket, connect, register].filter { !$0.isEmpty }.joined(separator: "\n")
  }

  /// A string of the language.
  package static func quoted(_ text: String) -> String { PolicyTable.quoted(text) }

  // MARK: Tables

  private var operations: String {
    var table = PolicyTable("[operations]")
    if !seen.operations.isEmpty || extents.flags == .whole {
      table.list("allow", NameCover.operations(seen.operations))
    }
    if extents.flags == .whole || !seen.flags.isEmpty {
      table.list("flags.allow", flags(seen.flags), isWanted: extents.flags != .nothing)
    }
    return table.text
  }

  private var open: String {
    guard extents.open != .nothing else { return "" }
    if extents.open == .whole, !seen.narrows([.openat, .openat2]) {
      return notNarrowed("[open]", [.openat, .openat2])
    }
    var table = PolicyTable("[open]")
    table.remark(remarkOnUnseen([.openat, .openat2]))
    let isWhole = extents.open == .whole
    if let other = seen.otherAccess {
      table.remark("access is not restricted: \(other.text)")
    } else if isWhole || !seen.access.isEmpty {
      table.list("access", seen.access.entries { PolicyTable.quoted($0.rawValue) })
    }
    if isWhole || !seen.openFlags.isEmpty { table.list("flags.allow", flags(seen.openFlags)) }
    let canCreate = isWhole ? seen.creates : !seen.modes.isEmpty
    if canCreate { table.list("mode.allow", flags(seen.modes)) }
    // openat has no resolve flags, so where there is only that, nothing can be said of them.
    if isWhole ? seen.operations.contains(.openat2) : !seen.resolve.isEmpty {
      table.list("resolve.allow", flags(seen.resolve))
    }
    let always = Self.requirable(OpenConstants.resolve.carried(by: seen.resolveAlways ?? 0))
    if isWhole, !always.isEmpty {
      table.list("resolve.require", flags(seen.resolve.filter { always.contains($0) }))
    }
    return table.text
  }

  private var socket: String {
    guard extents.socket != .nothing else { return "" }
    if extents.socket == .whole, !seen.narrows([.socket]) { return notNarrowed("[socket]", [.socket]) }
    if seen.sockets.isEmpty { return "" }
    var table = PolicyTable("[socket]")
    table.remark(remarkOnUnseen([.socket]))
    if seen.droppedProtocols { table.remark("more than \(Observations.most) kinds: protocols are not restricted") }
    table.list("allow", seen.sockets.entries { Self.entry($0) })
    return table.text
  }

  private var connect: String {
    guard extents.connect != .nothing else { return "" }
    if extents.connect == .whole, !seen.narrows([.connect]) { return notNarrowed("[connect]", [.connect]) }
    var table = PolicyTable("[connect]")
    table.remark(remarkOnUnseen([.connect]))
    table.remark(remarkOnPeers)
    let entries = ConnectEntries(seen)
    if entries.all.isEmpty { return "" }
    table.list("allow", entries.all)
    return table.text
  }

  private var register: String {
    guard extents.register != .nothing, extents.register == .whole || !seen.registrations.isEmpty else { return "" }
    var table = PolicyTable("[register]")
    table.list("allow", NameCover.registrations(seen.registrations))
    return table.text
  }

  /// The kernel refuses a request that is both beneath a folder and takes it for the root, so nothing can require it.
  private static func requirable(_ flags: [Flag]) -> [Flag] {
    let excluding = ["beneath", "in_root"]
    return flags.count { excluding.contains($0.name) } < 2 ? flags : flags.filter { !excluding.contains($0.name) }
  }

  // MARK: Remarks

  private func notNarrowed(_ table: String, _ operations: [Operation]) -> String {
    guard let remark = remarkOnUnseen(operations) else { return "" }
    return "# There is no \(table): \(remark)\n"
  }

  private func remarkOnUnseen(_ operations: [Operation]) -> String? {
    let unseen = operations.filter { seen.unseen.contains($0) }
    if unseen.isEmpty { return nil }
    let counts = unseen.map { "\(seen.unseen[$0]?.count ?? 0) of \($0.name)" }
    return "the arguments of some requests were not visible: \(counts.joined(separator: ", "))"
  }

  private var remarkOnPeers: String? {
    if let zero = seen.freePeers {
      return "peers are not restricted: rules for them deny port 0 and 0.0.0.0, which the command used: \(zero.text)"
    }
    return switch seen.grain {
    case .address: nil
    case .network: "generalised to networks of /24 and /64, and loopback"
    case .site: "generalised to networks of /16 and /48, and loopback: there were too many peers"
    case .everywhere: "generalised to ports: there were too many peers"
    case .anything: "generalised to everything: there were too many peers and ports"
    }
  }

  // MARK: Entries

  private func flags(_ flags: Tallies<Flag>) -> [PolicyTable.Entry] {
    flags.entries { flag in
      // Without a name, it is a number, as which TOML has 63 bits.
      SQEFlags.vocabulary.isNamed(flag) || OpenConstants.flags.isNamed(flag) || OpenConstants.mode.isNamed(flag)
        || OpenConstants.resolve.isNamed(flag) ? PolicyTable.quoted(flag.name) : flag.name
    }
  }

  private static func entry(_ socket: Observations.Socket) -> String {
    let isInternet = [SocketConstants.inet, SocketConstants.inet6].contains(socket.family)
    var keys = [
      "family = \(PolicyTable.constant(socket.family, SocketConstants.families))",
      "type = \(PolicyTable.constant(socket.type, SocketConstants.types))",
    ]
    if let number = socket.number {
      // Numbers of other families mean something else.
      let table = isInternet || number == 0 ? SocketConstants.protocols : []
      keys.append("protocol = \(PolicyTable.constant(number, table))")
    }
    return "{ \(keys.joined(separator: ", ")) }"
  }
}

extension FlagVocabulary {
  fileprivate func isNamed(_ flag: Flag) -> Bool { flags.contains(flag) }
}
