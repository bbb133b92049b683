import Policy
import PolicyLanguage
import URingABI

/// Peers as entries of `[connect]`: one for each network, with its ports.
struct ConnectEntries {
  let all: [PolicyTable.Entry]

  init(_ seen: Observations) {
    var entries: [PolicyTable.Entry] = []
    if let tally = seen.freePeers {
      entries.append(PolicyTable.Entry(value: "{ family = [\"inet\", \"inet6\"] }", tally: tally))
    } else {
      let networks = seen.peers.map(\.network)
      entries = networks.entries { network in
        let ports = seen.peers.keys.filter { $0.network == network }.map(\.port)
        return Self.entry(network, ports, seen.ephemeral)
      }
    }
    entries += seen.families.entries { "{ family = \(PolicyTable.constant($0, SocketConstants.families)) }" }
    all = entries
  }

  private static func entry(
    _ network: Peer.Network, _ ports: [Peer.Port], _ ephemeral: ClosedRange<UInt16>
  ) -> String {
    let to =
      switch network {
      case .prefix(let prefix): prefix.description
      case .named(let name): name.rawValue
      }
    if ports.contains(.any) { return "{ to = \(PolicyTable.quoted(to)) }" }
    var words = ports.compactMap { if case .number(let number) = $0 { number } else { nil } }.sorted().map(String.init)
    if ports.contains(.ephemeral) { words.append("\"\(ephemeral.lowerBound)-\(ephemeral.upperBound)\"") }
    return "{ to = \(PolicyTable.quoted(to)), port = [\(words.joined(separator: ", "))] }"
  }
}
