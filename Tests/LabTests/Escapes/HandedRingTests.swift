import Testing

/// Rings that somebody outside the jail created, and that no jail holds: they must not get in.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct HandedRingTests {
  static let policy = allowing("nop")

  @Test(arguments: [0, 2, 3, 9, 1000])
  func inheritedRingIsRefusedWhateverItsNumber(descriptor: Int) throws {
    let number = String(descriptor)
    try Escape("use", number, outside: [Lab.escapes, "hand-over", number, "--"])
      // Where standard error is the ring, nothing can be said.
      .expectRefused(under: Self.policy, saying: descriptor == 2 ? nil : "an io_uring ring (descriptor \(number)")
  }

  @Test func ringOfAProcessOfAnotherUserCannotBeTaken() throws {
    let holder = [Lab.escapes, "hold", "--"]
    let free = try Escape("take", outside: holder).runFreely().escapeReport()
    #expect(free.escaped)
    let taken = try Escape("take", outside: holder + LaunchTests.asNobody).run(under: [Self.policy]).escapeReport()
    #expect(taken.attempts.map(\.what) == ["pidfd_getfd"])
    #expect(taken.attempts.map(\.result) == [-1])
    Escape.note("take", free: "works", jailed: "denied")
  }

  @Test func ringDoesNotTravelOverASocket() throws {
    // The channel works, or the test would say nothing; the kernel refuses a ring at the sender.
    func received(_ what: String) throws -> EscapeReport {
      try Escape("receive", what, outside: [Lab.escapes, "send", what, "--"]).run(under: [Self.policy]).escapeReport()
    }
    #expect(try received("file").escaped)
    let ring = try received("ring")
    #expect(!ring.escaped && ring.attempts.map(\.result) == [-2])
    Escape.note("receive", free: "fails", jailed: "denied")
  }

  @Test func tableOfDescriptorsIsNotSharedWithAHelperOutside() throws {
    let shared = try run([Lab.escapes, "shared-table"]).escapeReport()
    #expect(shared.escaped)
    let late = try Escape("use-late", outside: [Lab.escapes, "shared-table", "--"]).run(under: [Self.policy])
      .escapeReport()
    #expect(!late.escaped && late.attempts.map(\.result) == [-9])
    Escape.note("shared-table", free: "works", jailed: "denied")
  }
}
