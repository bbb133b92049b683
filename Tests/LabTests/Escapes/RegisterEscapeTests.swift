import Testing

/// io_uring_register(2) under `[register]`.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct RegisterEscapeTests {
  static let policy = allowing("nop", also: "[register]\nallow = [\"buffers\", \"ring_fds\"]")

  /// The same whether the kernel's restrictions hold register opcodes or, inside another jail, a filter of system calls
  /// alone.
  private func expectHeld(_ trick: String, worksFreely: Bool = true, errors: Set<Int> = [-13]) throws {
    let free = try Escape(trick).runFreely().escapeReport()
    #expect(free.escaped == worksFreely, "\(free)")
    for policies in [[Self.policy], [OperationTests.outer, Self.policy]] {
      let jailed = try Escape(trick).run(under: policies).escapeReport()
      #expect(!jailed.attempts.isEmpty && jailed.attempts.allSatisfy { errors.contains($0.result) }, "\(jailed)")
    }
    Escape.note(trick, free: worksFreely ? "works" : "fails", jailed: "denied")
  }

  @Test func ringThatIsEnabled() throws { try expectHeld("register") }

  @Test func registeredRingByItsNumber() throws { try expectHeld("registered-ring-register") }

  @Test func ringThatIsNotEnabledYet() throws { try expectHeld("disabled-register") }

  @Test func callsWithoutARing() throws { try expectHeld("blind-register") }

  @Test func callsOfOtherArchitectures() throws {
    // Kernels need not have x32 (ENOSYS), and User-Mode Linux has no calls of 32-bit programs.
    try expectHeld("other-abi", worksFreely: !Lab.isUserMode, errors: Lab.isUserMode ? [-13, -38, -95] : [-13, -38])
  }

  @Test func clonedBuffers() throws { try expectHeld("clone-buffers") }

  /// Without a network card that can do it, what is allowed ends with the kernel's own error.
  @Test func zeroCopyReceptionIsDeniedAndAllowedAsThePolicySays() throws {
    func answers(_ register: String) throws -> [Int] {
      let report = try Escape("register-opcodes")
        .run(under: [allowing("nop", also: "[register]\nallow = [\(register)]")]).escapeReport()
      // zcrx_ifq and zcrx_ctrl
      return report.steps.filter { ["32", "36"].contains($0.what) }.map(\.result)
    }
    #expect(try answers("\"buffers\"") == [-13, -13])
    #expect(try answers("\"zcrx_ifq\", \"zcrx_ctrl\"").allSatisfy { $0 < 0 && $0 != -13 })
    #expect(try answers("\"zcrx_ifq\"").map { $0 == -13 } == [false, true])
    #expect(try answers("\"zcrx_ctrl\"").map { $0 == -13 } == [true, false])

    let request = ["recv_zc fd=0"]
    #expect(try endings(allowing("nop"), requests: request) == [.denied])
    let allowed = try endings(allowing("recv_zc"), requests: request)
    #expect(allowed == (try endings(requests: request)) && allowed != [.denied] && allowed != [.success])
    // A filter is asked behind the kernel's own checks, of which this request passes none.
    #expect(try endings(OperationTests.outer, allowing("nop"), requests: request) != [.success])
  }

  @Test func everyOpcodeThatIsNotListed() throws {
    let jailed = try Escape("register-opcodes").run(under: [Self.policy]).escapeReport()
    #expect(jailed.steps.count == 38)
    let reached = jailed.steps.filter { $0.result != -13 }.map(\.what)
    // buffers and ring_fds
    #expect(reached == ["0", "20"], "\(jailed)")
    Escape.note("register-opcodes", free: "works", jailed: "denied")
  }
}
