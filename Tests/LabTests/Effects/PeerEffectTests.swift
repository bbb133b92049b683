import Foundation
import Policy
import Testing
import URingABI

/// Which peer a socket got, as the kernel tells by getpeername(2), from sockets that are bound to addresses of several
/// networks: 127.0.0.0/8, ::1, 10.77.0.1 and fd00:77::1.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun), .serialized)
struct PeerEffectTests {
  static let conditions = [
    "allow = [{ to = \"127.0.0.1\" }]",
    "allow = [{ to = \"loopback\" }]",
    "allow = [{ to = [\"127.0.0.0/8\", \"::1\"], port = 7777 }]",
    "allow = [{ to = [\"10.77.0.1\", \"fd00:77::1\"] }, { family = \"unix\" }]",
    "allow = [{ to = \"::/0\" }]",
    "allow = [{ to = \"any\", port = 7777 }]",
    "allow = [{ port = 7777 }]",
    "allow = [{ family = [\"inet\", \"unix\"] }]",
    "deny = [{ to = \"10.77.0.0/16\" }]",
    "deny = [{ to = \"private\" }]",
    "deny = [{ to = \"127.0.0.2\" }]",
    "deny = [{ to = \"127.0.0.1\" }]",
    "deny = [{ to = \"loopback\" }]",
    "deny = [{ to = \"::1\" }, { to = \"fd00:77::/64\" }]",
    "deny = [{ port = 7778 }]",
    "deny = [{ to = \"10.77.0.1\", port = 7778 }]",
    "allow = [{ to = \"any\" }]\ndeny = [{ to = \"127.0.0.2\" }]",
  ]

  /// A peer as a request names it or as getpeername(2) does; `nil` for text that is no address.
  private static func submission(_ address: Substring, port: UInt16) -> Submission? {
    if address.hasPrefix("unspec:") { return Submission(.connect, .connectElsewhere(family: 0)) }
    let text = String(address.hasPrefix("inet:") ? address.dropFirst(5) : address)
    var bytes = [UInt8](repeating: 0, count: 16)
    // SAFETY: an address of either family has 16 bytes at most, and the array outlives the calls.
    if unsafe inet_pton(AF_INET, text, &bytes) == 1 {
      let value = bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
      return Submission(.connect, .connect(to: .v4(value), port: port))
    }
    // SAFETY: as above.
    guard unsafe inet_pton(AF_INET6, text, &bytes) == 1 else { return nil }
    let value = bytes.reduce(0) { $0 << 8 | UInt128($1) }
    return Submission(.connect, .connect(to: .v6(value), port: port))
  }

  /// "KIND BOUND ADDRESS LENGTH PORT"
  private static func asked(_ effect: Effect) throws -> Submission {
    if effect.asked[0] == "unix" { return Submission(.connect, .connectElsewhere(family: 1)) }
    let port = try #require(UInt16(effect.asked[4]))
    return try #require(submission(effect.asked[2], port: port), "\(effect)")
  }

  /// "FAMILY ADDRESS PORT", or "-" for none.
  private static func peer(_ effect: Effect) throws -> Submission? {
    guard effect.got.count == 3 else { return nil }
    if effect.got[0] == "1" { return Submission(.connect, .connectElsewhere(family: 1)) }
    let port = try #require(UInt16(effect.got[2]))
    let peer: Submission = try #require(submission(effect.got[1], port: port), "\(effect)")
    return peer
  }

  /// An IPv6 socket shows an IPv4 peer as a mapped address, in whatever form it was asked for.
  private static func isAllowed(_ peer: Submission, under policy: EffectPolicy) -> Bool {
    if policy.allows(peer) { return true }
    guard case .connect(.v6(let address), let port) = peer.payload, address >> 32 == 0xFFFF else { return false }
    return policy.allows(
      Submission(.connect, .connect(to: .v4(UInt32(truncatingIfNeeded: address)), port: port)))
  }

  private static let network = [Lab.effects, "in-network", "--"]

  @Test(arguments: conditions)
  func noPeerContradictsThePolicy(conditions: String) throws {
    let policy = try EffectPolicy(allowing("connect", also: "[connect]\n\(conditions)"))
    guard Lab.showsPeers else { return try expectUnfilterable(policy.text) }
    let effects = try Effect.all(["peers"], under: policy.text, wrapper: Self.network)
    var contradictions: [String] = []
    for effect in effects {
      if effect.isMade, let peer = try Self.peer(effect), !Self.isAllowed(peer, under: policy) {
        contradictions.append("connected: \(effect)")
      }
      // Filters of some kernels see nothing of addresses of 24 bytes, and more may be denied than the policy says (H4).
      let isShort = effect.asked[3] == "24" && Lab.isBefore(7, 2, 11)
      let isAllowed = try policy.allows(Self.asked(effect))
      if isAllowed == effect.isDenied, !(isShort && effect.isDenied) {
        contradictions.append((effect.isDenied ? "denied: " : "not denied: ") + effect.description)
      }
    }
    report(contradictions, of: effects.count, under: conditions)
    #expect(effects.contains { $0.isMade } && effects.contains { $0.isDenied })
  }

  /// Without a jail, peers do contradict each of these policies, by a detour as well: the test above could fail.
  @Test func peersAreReachedWithoutAJail() throws {
    let effects = try Effect.all(["peers"], wrapper: Self.network)
    let peers = try effects.filter(\.isMade).compactMap { try Self.peer($0) }
    for conditions in Self.conditions {
      let policy = try EffectPolicy(allowing("connect", also: "[connect]\n\(conditions)"))
      #expect(peers.contains { !Self.isAllowed($0, under: policy) }, "\(conditions)")
      #expect(peers.contains { Self.isAllowed($0, under: policy) }, "\(conditions)")
    }
    // 0.0.0.0 means the address that the socket is bound to.
    // And :: means loopback, that of IPv4 as well.
    for detour in [
      "udp4 127.0.0.2 0.0.0.0 16 7777 = 0 2 127.0.0.2", "tcp4 10.77.0.1 0.0.0.0 16 7777 = 0 2 10.77.0.1",
      "tcp6 ::ffff:10.77.0.1 :: 28 7777 = 0 10 ::ffff:127.0.0.1", "tcp6 - :: 28 7777 = 0 10 ::1",
    ] {
      #expect(effects.contains { $0.description.hasPrefix("connect \(detour) ") }, "\(detour)")
    }
    #expect(!effects.contains { $0.isDenied })
  }
}
