import Testing

/// io_uring_register(2) under `[register]`.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct RegisterEscapeTests {
  static let policy = allowing("nop", also: "[register]\nallow = [\"buffers\", \"ring_fds\"]")

  private func expectHeld(_ trick: String) throws {
    let free = try Escape(trick).runFreely().escapeReport()
    #expect(free.escaped, "\(free)")
    let jailed = try Escape(trick).run(under: [Self.policy]).escapeReport()
    #expect(!jailed.attempts.isEmpty && jailed.attempts.allSatisfy { $0.result == -13 }, "\(jailed)")
    Escape.note(trick, free: "works", jailed: "denied")
  }

  @Test func ringThatIsEnabled() throws { try expectHeld("register") }

  @Test func registeredRingByItsNumber() throws { try expectHeld("registered-ring-register") }

  @Test func clonedBuffers() throws { try expectHeld("clone-buffers") }

  @Test func everyOpcodeThatIsNotListed() throws {
    let jailed = try Escape("register-opcodes").run(under: [Self.policy]).escapeReport()
    #expect(jailed.steps.count == 38)
    let reached = jailed.steps.filter { $0.result != -13 }.map(\.what)
    // buffers, ring_fds, and bpf_filter, which can only deny more.
    #expect(reached == ["0", "20", "37"], "\(jailed)")
    Escape.note("register-opcodes", free: "works", jailed: "denied")
  }
}
