import Testing

/// Arguments that look like others: addresses, types of sockets, numbers of operations.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct ArgumentEscapeTests {
  private static func connecting(_ conditions: String) -> String {
    allowing("socket", "connect", also: "[connect]\n\(conditions)")
  }

  /// On a kernel that shows filters no addresses, the conditions are refused, and the operation is denied whole if the
  /// policy says so.
  private func expectHeld(_ escape: Escape, _ conditions: String) throws {
    let policy = Self.connecting(conditions)
    if Lab.showsPeers {
      try escape.expectDenied(under: policy)
    } else {
      try escape.expectRefused(under: policy, saying: "this kernel does not show filters the arguments of 'connect'")
      try escape.expectDenied(under: policy + "[kernel]\nunfilterable = \"deny-operation\"\n")
    }
  }

  @Test func shortSocketAddress() throws {
    try expectHeld(Escape("short-sockaddr-in6"), "deny = [{ to = \"::1\" }]")
    try expectHeld(Escape("short-sockaddr-in6"), "deny = [{ port = 4242 }]")
  }

  @Test func mappedAddress() throws {
    try expectHeld(Escape("mapped-address"), "deny = [{ to = \"loopback\" }]")
  }

  @Test func socketTypeWithFlags() throws {
    try Escape("socket-type-bits").expectDenied(
      under: allowing("socket", also: "[socket]\ndeny = [{ type = \"raw\" }]"))
  }

  @Test func unknownOpcodesReachNothing() throws {
    for policy in ["policy = 1", "policy = 1\n[operations]\ndefault = \"allow\"\n"] {
      let jailed = try Escape("unknown-opcodes").run(under: [policy]).escapeReport()
      #expect(jailed.attempts.count == 2 * 191)
      #expect(jailed.attempts.allSatisfy { [-13, -22].contains($0.result) }, "\(jailed)")
    }
    Escape.note("unknown-opcodes", free: "fails", jailed: "denied")
  }
}
