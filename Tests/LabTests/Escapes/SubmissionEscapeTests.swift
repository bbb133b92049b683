import Testing

/// Ways to submit: by the kernel's thread, later, in company, again and again, and while the entry is being changed.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct SubmissionEscapeTests {
  static let policy = allowing("nop", "provide_buffers")

  @Test func sqpoll() throws { try Escape("sqpoll").expectDenied(under: Self.policy) }

  @Test func ioWorkers() throws { try Escape("async").expectDenied(under: Self.policy) }

  @Test func linkedRequests() throws { try Escape("linked").expectDenied(under: Self.policy) }

  @Test func drainedRequests() throws { try Escape("drained").expectDenied(under: Self.policy) }

  @Test func multishotAccept() throws { try Escape("accept-multishot").expectDenied(under: Self.policy) }

  @Test func multishotRead() throws { try Escape("read-multishot").expectDenied(under: Self.policy) }

  @Test func multishotPoll() throws { try Escape("poll-multishot").expectDenied(under: Self.policy) }

  @Test func opcodeChangedByAnotherThread() throws {
    try Escape("racing-opcode").expectDenied(under: Self.policy)
  }

  @Test func openFlagsChangedByAnotherThread() throws {
    try Escape("racing-open-how").expectDenied(under: allowing("openat2", also: "[open]\naccess = [\"read\"]"))
  }
}
