import Testing

/// Rings that somebody outside the jail created, and that no jail holds: they must not get in.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct HandedRingTests {
  static let policy = allowing("nop")

  private func handOver(_ number: Int) -> [String] { [Lab.escapes, "hand-over", "\(number)", "--"] }

  @Test(arguments: [0, 1, 2])
  func ringAsAStandardStreamIsRefused(descriptor: Int) throws {
    // Where standard error is the ring, nothing can be said; where standard output is, the trick cannot report.
    let outcome = try Escape("use", "\(descriptor)", outside: handOver(descriptor)).run(under: [Self.policy])
    #expect(outcome.status == 125 && outcome.output == "")
    #expect(outcome.errors.contains("io_uring ring") || descriptor == 2, "\(outcome.errors)")
    Escape.note("hand-over", free: "works", jailed: "refused")
  }

  @Test(arguments: [3, 9, 1000])
  func inheritedRingIsClosed(descriptor: Int) throws {
    let escape = Escape("use", "\(descriptor)", outside: handOver(descriptor))
    #expect(try escape.runFreely().escapeReport().escaped)
    let jailed = try escape.run(under: [Self.policy]).escapeReport()
    #expect(!jailed.escaped && jailed.attempts.map(\.result) == [-9])
    Escape.note("use", free: "works", jailed: "denied")
  }

  @Test(arguments: [3, 9, 1000])
  func ringThatThePolicyKeepsIsRefused(descriptor: Int) throws {
    try Escape("use", "\(descriptor)", outside: handOver(descriptor))
      .expectRefused(under: Self.policy + "[process]\nkeep-fds = [\(descriptor)]\n", saying: "io_uring ring")
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

  @Test func ringOfAProcessWithMoreCapabilitiesCannotBeTaken() throws {
    let withoutCapabilities = Self.policy + "[process]\ncapabilities = { drop = [\"all\"] }\n"
    let taken = try Escape("take", outside: [Lab.escapes, "hold", "--"]).run(under: [withoutCapabilities])
      .escapeReport()
    #expect(taken.attempts.map(\.what) == ["pidfd_getfd"] && taken.attempts.map(\.result) == [-1])
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
