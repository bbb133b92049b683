import Testing

/// `[connect]` on real sockets: no peer listens, so what passes is refused by the peer and not denied.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct ConnectTests {
  /// The first sockets of the client: descriptor 4 is IPv4, 5 IPv6, 6 Unix.
  private static let sockets = [
    "socket family=inet type=stream", "socket family=inet6 type=stream", "socket family=unix type=stream",
  ]

  private func expect(
    _ conditions: String, _ peers: [(request: String, isAllowed: Bool)],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let policy = allowing("socket", "connect", also: "[connect]\n\(conditions)")
    guard Lab.showsPeers else { return try expectUnfilterable(policy, sourceLocation: sourceLocation) }
    let requests = Self.sockets + peers.map { "connect \($0.request)" }
    let ended = try endings(policy, requests: requests, options: ["--one-by-one"], sourceLocation: sourceLocation)
    for (ending, expected) in zip(ended.dropFirst(Self.sockets.count), peers) {
      #expect(
        (ending != .denied) == expected.isAllowed, "\(expected.request) ended with \(ending)",
        sourceLocation: sourceLocation)
    }
  }

  @Test func addressAndPortOfAnEntryHoldTogether() throws {
    try expect(
      "allow = [{ to = [\"127.0.0.0/8\", \"::1\"], port = [443, \"8000-8099\"] }, { family = \"unix\" }]",
      [
        ("fd=4 to=127.0.0.1:443", true), ("fd=4 to=127.0.0.1:442", false), ("fd=4 to=127.0.0.1:444", false),
        ("fd=4 to=127.255.255.255:8000", true), ("fd=4 to=127.0.0.1:8099", true), ("fd=4 to=127.0.0.1:7999", false),
        ("fd=4 to=127.0.0.1:8100", false), ("fd=4 to=126.255.255.255:443", false),
        ("fd=5 to=[::1]:443", true), ("fd=5 to=[::2]:443", false), ("fd=5 to=[::ffff:127.0.0.1]:443", true),
        ("fd=5 to=[::ffff:128.0.0.1]:443", false), ("fd=6 family=unix path=/nowhere", true),
        ("fd=4 to=127.0.0.1:0", false),
      ])
  }

  @Test func denialsAreTakenAwayFromWhatIsAllowed() throws {
    try expect(
      "deny = [{ to = \"127.0.0.66\" }, { port = 25 }]",
      [
        ("fd=4 to=127.0.0.1:80", true), ("fd=4 to=127.0.0.66:80", false), ("fd=4 to=127.0.0.67:80", true),
        ("fd=4 to=127.0.0.1:25", false), ("fd=5 to=[::ffff:127.0.0.66]:80", false), ("fd=5 to=[::1]:80", true),
        ("fd=6 family=unix path=/nowhere", true),
      ])
  }

  @Test func peerThatTheKernelShowsAsZeroIsDenied() throws {
    // 7.2.0 to 7.2.10 show neither port nor address of a sockaddr_in6 of 24 bytes, and connect all the same.
    try expect(
      "deny = [{ to = \"::ffff:127.0.0.1\" }, { port = 25 }]",
      [("fd=5 to=[::1]:25 addrlen=24", false), ("fd=5 to=[::1]:25", false)])
  }

  @Test func thousandsOfPrefixesHold() throws {
    // Every other /24 of 127/8's first half: more than one program can hold.
    let prefixes = (0..<12_000).map { "\"127.\($0 * 2 / 256).\($0 * 2 % 256).0/24\"" }.joined(separator: ", ")
    try expect(
      "allow = [{ to = [\(prefixes)] }]",
      [
        ("fd=4 to=127.0.0.1:80", true), ("fd=4 to=127.0.1.1:80", false), ("fd=4 to=127.93.190.255:80", true),
        ("fd=4 to=127.93.191.0:80", false), ("fd=4 to=127.45.2.7:9", true), ("fd=4 to=127.200.2.7:9", false),
        ("fd=5 to=[::ffff:127.45.2.7]:9", true), ("fd=5 to=[::ffff:127.45.3.7]:9", false), ("fd=5 to=[::1]:9", false),
      ])
  }
}
