import Policy
import Testing
import URingABI

/// Which socket comes to be of every family, type and protocol, as the kernel tells by SO_DOMAIN, SO_TYPE and
/// SO_PROTOCOL.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun), .serialized)
struct SocketEffectTests {
  private typealias Arguments = (family: UInt32, type: UInt32, protocol: UInt32)

  /// Protocols that stand for all where every one ended in the same way.
  private static let samples: [UInt32] = [0, 1, 6, 17, 132, 255, 262, 768, .max]

  /// False where SO_PROTOCOL is 0 whatever was asked for: atmpvc, key, llc, can (but for J1939), rxrpc, ieee802154, vsock.
  private static func tellsProtocol(_ made: Arguments) -> Bool {
    made.protocol != 0 || ![8, 15, 26, 29, 33, 36, 40].contains(made.family)
  }

  /// SOCK_CLOEXEC and SOCK_NONBLOCK.
  private static let typeFlags: UInt32 = 0o2_004_000

  init() throws {
    // What this kernel has of families; on a machine that is no guest, what is there does.
    guard Lab.environment["URING_JAIL_LAB_MODULES"] != nil else { return }
    let loading = try run(["\(Lab.root)Scripts/lab.d/load-modules"])
    try #require(loading.status == 0, "\(loading.errors)")
  }

  private static func numbers(_ words: [Substring]) -> Arguments? {
    let numbers = words.compactMap { UInt32($0) }
    return numbers.count == 3 ? (numbers[0], numbers[1], numbers[2]) : nil
  }

  /// What came to be. Where the kernel does not tell the protocol, that which was asked for.
  private static func made(_ effect: Effect) throws -> Arguments {
    let asked = try #require(numbers(effect.asked))
    var got: Arguments = try #require(numbers(effect.got))
    if !tellsProtocol(got) { got.protocol = asked.protocol }
    return got
  }

  /// What was asked for: several, where the protocol made no difference.
  private static func asked(_ effect: Effect) -> [Arguments] {
    if let one = numbers(effect.asked) { return [one] }
    guard let family = UInt32(effect.asked[0]), let type = UInt32(effect.asked[1]) else { return [] }
    return samples.map { (family, type, $0) }
  }

  private static func request(_ socket: Arguments) -> Submission {
    Submission(.socket, .socket(family: socket.family, type: socket.type, protocol: socket.protocol))
  }

  @Test(arguments: [0, typeFlags])
  func everySocketIsTheOneThatTheModelSays(flags: UInt32) throws {
    let effects = try Effect.all(["sockets", "\(flags)"])
    let made = effects.filter(\.isMade)
    let differing = try made.filter { effect in
      let asked = try #require(Self.numbers(effect.asked))
      let got = try #require(Self.numbers(effect.got))
      let model = EffectiveSocket(family: asked.family, type: asked.type | flags, protocol: asked.protocol)
      return (model.family, model.type) != (got.family, got.type)
        || Self.tellsProtocol(got) && model.protocolNumber != got.protocol
    }
    report(differing.map(\.description), of: made.count)
    // unix, inet, inet6, netlink, packet, alg and xdp at least.
    let families = Set(made.compactMap { $0.got.first })
    #expect(families.isSuperset(of: ["1", "2", "10", "16", "17", "38"]), "\(families)")
    #expect(made.count > 500)
  }

  static let conditions = [
    "allow = [{ family = [\"inet\", \"inet6\", \"unix\"] }]",
    "allow = [{ family = \"packet\" }]",
    "allow = [{ family = \"inet\", type = [\"stream\", \"packet\"] }]",
    "allow = [{ family = \"unix\", type = \"raw\" }, { family = \"inet6\" }]",
    "allow = [{ family = \"unix\", type = [\"dgram\", \"stream\"] }]",
    "allow = [{ type = \"dgram\" }]",
    "allow = [{ family = [\"inet\", \"inet6\"], type = \"stream\", protocol = [\"default\", \"tcp\"] }]",
    "allow = [{ family = \"netlink\", protocol = 0 }, { family = \"unix\" }]",
    "deny = [{ family = \"packet\" }, { type = \"raw\" }]",
    "deny = [{ family = \"packet\", protocol = 768 }]",
    "deny = [{ family = \"inet\", type = \"packet\" }, { family = \"netlink\" }]",
    "deny = [{ family = \"unix\", type = \"dgram\" }]",
    "deny = [{ family = [\"inet\", \"inet6\"], type = \"stream\" }, { type = 10 }]",
    "deny = [{ family = [\"inet\", \"inet6\"], protocol = [\"tcp\", \"udp\", \"sctp\"] }]",
    "deny = [{ family = \"unix\", protocol = 0 }]",
    "deny = [{ protocol = [\"mptcp\", \"icmp\"] }, { family = \"vsock\" }, { family = \"alg\" }]",
  ]

  /// What the kernel itself answers with the error of a denial, such as a ping socket of a group that may not have one.
  private static let refusedFreely = Result {
    Set(try Effect.all(["sockets", "\(typeFlags)"]).filter(\.isDenied).map(\.description))
  }

  @Test(arguments: conditions)
  func noSocketContradictsThePolicy(conditions: String) throws {
    let policy = try EffectPolicy(allowing("socket", also: "[socket]\n\(conditions)"))
    let refusedFreely = try Self.refusedFreely.get()
    // In a virtual machine, which is slow, only the kind that some kernels disguise (H5).
    for flags in Lab.isUserMode ? [0, Self.typeFlags] : [Self.typeFlags] {
      let effects = try Effect.all(["sockets", "\(flags)"], under: policy.text)
      var contradictions: [String] = []
      for effect in effects where !refusedFreely.contains(effect.description) {
        let asked = Self.asked(effect)
        if effect.isMade, try !policy.allows(Self.request(Self.made(effect))) {
          contradictions.append("made: \(effect)")
        }
        if asked.contains(where: { policy.allows(Self.request($0)) == effect.isDenied }) {
          contradictions.append((effect.isDenied ? "denied: " : "not denied: ") + effect.description)
        }
      }
      report(contradictions, of: effects.count, under: conditions)
      #expect(effects.contains { $0.isMade } && effects.contains { $0.isDenied })
    }
  }
}
