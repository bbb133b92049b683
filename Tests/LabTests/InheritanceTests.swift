import Testing

/// The jail holds for everything that the target does and starts.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct InheritanceTests {
  static let policy = allowing("nop", "socket", also: "[socket]\nallow = [{ family = \"unix\" }]")
  static let requests = [
    "nop", "openat path=/", "socket family=inet type=stream", "socket family=unix type=stream",
  ]
  static let expected: [Ending] = [.success, .denied, .denied, .success]

  @Test(arguments: [
    [], ["--thread"], ["--fork"], ["--exec"], ["--exec-after-ring"], ["--fork", "--thread"], ["--exec", "--fork"],
    ["--fork", "--exec"], ["--thread", "--fork", "--exec"],
  ])
  func jailHoldsInEveryContext(options: [String]) throws {
    let ended = try endings(Self.policy, requests: Self.requests, options: options)
    // The policies of tests accept that hole where it is open; ProcessEscapeTests has what happens otherwise.
    let isOut = Lab.hasExecHole && options == ["--exec-after-ring"]
    #expect(ended == (isOut ? Self.requests.map { _ in .success } : Self.expected))
  }

  @Test func jailHoldsBehindAShell() throws {
    let outcome = try jailed(Self.policy, command: ["sh", "-c", "'\(Lab.client)' nop 'openat path=/'; exit 7"])
    #expect(outcome.status == 7)
    #expect(try outcome.completions().map(\.error) == [nil, "EACCES"])
  }

  @Test(arguments: ["sqpoll", "disabled", "submit_all", "single_issuer,defer_taskrun"])
  func jailHoldsForEveryKindOfRing(setup: String) throws {
    let ended = try endings(Self.policy, requests: Self.requests, options: ["--setup", setup])
    #expect(ended == Self.expected)
  }

  @Test func asynchronousExecutionIsNoWayAround() throws {
    let ended = try endings(
      Self.policy,
      requests: [
        "openat path=/ sqe-flags=async", "socket family=inet type=stream sqe-flags=async", "nop sqe-flags=async",
      ])
    #expect(ended == [.denied, .denied, .success])
  }

  @Test func denialBreaksALinkedChain() throws {
    let ended = try endings(
      Self.policy, requests: ["nop sqe-flags=io_link", "openat path=/ sqe-flags=io_link", "nop", "nop"])
    #expect(ended[1] == .denied)
    #expect(ended[2] == .failed("ECANCELED"))
    #expect(ended[3] == .success)
  }
}
