import Testing

/// `[socket]`: family, type and protocol.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct SocketTests {
  static let tcpOrUnix = allowing(
    "socket",
    also: """
      [socket]
      allow = [
        { family = ["inet", "inet6"], type = "stream", protocol = ["default", "tcp"] },
        { family = "unix" },
      ]
      """)

  static let requests: [(request: String, isAllowed: Bool)] = [
    ("socket family=inet type=stream", true),
    ("socket family=inet6 type=stream", true),
    ("socket family=inet type=stream protocol=tcp", true),
    ("socket family=inet type=stream,cloexec", true),
    ("socket family=inet6 type=stream,nonblock,cloexec protocol=6", true),
    ("socket family=inet type=stream protocol=mptcp", false),
    ("socket family=inet type=stream protocol=7", false),
    ("socket family=inet type=dgram", false),
    ("socket family=inet type=raw protocol=icmp", false),
    ("socket family=inet type=raw,cloexec protocol=icmp", false),
    ("socket family=unix type=stream", true),
    ("socket family=unix type=dgram", true),
    ("socket family=unix type=seqpacket,cloexec", true),
    ("socket family=netlink type=raw", false),
    ("socket family=packet type=raw", false),
  ]

  @Test func entriesAreAlternativesAndConditionsOfAnEntryHoldTogether() throws {
    let ended = try endings(Self.tcpOrUnix, requests: Self.requests.map(\.request), options: ["--one-by-one"])
    for (ending, expected) in zip(ended, Self.requests) {
      #expect((ending != .denied) == expected.isAllowed, "\(expected.request) ended with \(ending)")
    }
  }

  @Test func conditionsHoldTheSameInsideAnotherJail() throws {
    let ended = try endings(
      OperationTests.outer, Self.tcpOrUnix, requests: Self.requests.map(\.request), options: ["--one-by-one"])
    for (ending, expected) in zip(ended, Self.requests) {
      #expect((ending != .denied) == expected.isAllowed, "\(expected.request) ended with \(ending)")
    }
  }

  @Test func closeOnExecBitDoesNotHideTheTypeFromADenial() throws {
    // Before 7.3 the kernel shows SOCK_CLOEXEC and SOCK_NONBLOCK in the type.
    let policy = allowing("socket", also: "[socket]\nallow = [{ type = [\"stream\", \"dgram\"] }]")
    let ended = try endings(
      policy,
      requests: [
        "socket family=inet type=raw protocol=icmp", "socket family=inet type=raw,cloexec protocol=icmp",
        "socket family=inet type=raw,nonblock protocol=icmp", "socket family=inet type=dgram,nonblock,cloexec",
      ])
    #expect(ended == [.denied, .denied, .denied, .success])
  }

  @Test func everyFamilyButTheAllowedOneIsDenied() throws {
    let policy = allowing("socket", also: "[socket]\nallow = [{ family = \"unix\" }]")
    let requests = (0...46).map { "socket family=\($0) type=stream" } + ["socket family=0xffffffff type=stream"]
    let ended = try endings(policy, requests: requests, options: ["--one-by-one"])
    for (index, ending) in ended.enumerated() {
      #expect((ending == .denied) == (index != 1), "family \(index) ended with \(ending)")
    }
  }
}
