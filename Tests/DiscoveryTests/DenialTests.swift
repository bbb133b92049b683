import Diagnostics
import Discovery
import Policy
import PolicyAdvice
import TestSupport
import Testing
import URingABI

/// Events become requests, and denials the rules that made them.
struct DenialTests {
  private func failed(
    _ operation: URingABI.Operation, flags: UInt8 = 0, length: UInt32 = 0, operationFlags: UInt32 = 0,
    request: UInt64 = 1,
    ring: UInt64 = 1, error: Int32 = -13
  ) -> TraceEvent.Kind {
    .failed(
      TraceEvent.Failure(
        ring: ring, request: request, operation: operation, flags: flags, userData: 7, length: length,
        operationFlags: operationFlags, error: error))
  }

  private func shown(_ operation: URingABI.Operation, _ payload: Submission.Payload, request: UInt64 = 1)
    -> TraceEvent.Kind
  {
    .shown(TraceEvent.Shown(request: request, operation: operation, userData: 7, payload: payload))
  }

  private func assemble(_ events: [(task: Int32, kind: TraceEvent.Kind)]) -> [ObservedRequest] {
    var assembler = RequestAssembler()
    return events.enumerated().compactMap { index, event in
      assembler.take(TraceEvent(time: UInt64(index), task: event.task, event.kind))
    }
  }

  private let peer = Submission.Payload.connect(to: .v4(0x7F00_0001), port: 80)

  @Test func whatWasShownBelongsToTheRequestThatFollows() {
    let observed = assemble([(1, shown(.connect, peer)), (2, failed(.connect)), (1, failed(.connect))])
    #expect(observed.map(\.argumentsAreKnown) == [false, true])
    #expect(observed[1].request == .submission(Submission(.connect, peer, userData: 7)))
    #expect(observed[1].outcome == .denied)
  }

  @Test func whatWasShownOfAnotherRequestDoesNot() {
    let observed = assemble([(1, shown(.connect, peer, request: 1)), (1, failed(.connect, request: 2))])
    #expect(observed.map(\.argumentsAreKnown) == [false])
    let twice = assemble([(1, shown(.connect, peer)), (1, failed(.connect)), (1, failed(.connect))])
    #expect(twice.map(\.argumentsAreKnown) == [true, false])
  }

  @Test func deniedOpenatHasItsArgumentsInTheEntry() {
    let observed = assemble([(1, failed(.openat, length: 0o600, operationFlags: 0o101))])
    let expected = Submission.opening(.openat, flags: 0o101, mode: 0o600, resolve: 0)
    #expect(observed.first?.request == .submission(Submission(.openat, expected, userData: 7)))
    #expect(observed.first?.argumentsAreKnown == true)
  }

  @Test func otherErrorsAreNoDenials() {
    #expect(assemble([(1, failed(Operation(code: 0), error: -22))]).map(\.outcome) == [.failed])
  }

  @Test func registrationsHaveTheOpcodeOfTheirEntry() {
    let probe = RegisterOperation(code: 8)
    let observed = assemble([
      (1, .registration(probe)), (2, .registrationResult(-13)), (1, .registrationResult(0)),
      (1, .registrationResult(-13)), (1, .registration(probe)), (1, .registrationResult(-13)),
    ])
    #expect(observed.map(\.request) == [.unseen, probe, .unseen, probe].map { .registration($0) })
    #expect(observed.map(\.outcome) == [.denied, .allowed, .denied, .denied])
  }

  /// A launch asks whether its jail holds, and children of it try the kernel out.
  @Test func nothingOfALaunchCounts() {
    var assembler = RequestAssembler(launcher: 5)
    func take(_ kind: TraceEvent.Kind, by task: Int32) -> Bool {
      assembler.take(TraceEvent(time: 0, task: task, kind)) != nil
    }
    #expect(!take(.registrationResult(-13), by: 5) && !take(.registrationResult(-13), by: 6))
    #expect(!take(.executed, by: 6) && !take(failed(Operation(code: 0)), by: 6) && !assembler.hasCommand)
    #expect(!take(.executed, by: 5) && assembler.hasCommand)
    #expect(take(.registrationResult(-13), by: 5) && take(failed(Operation(code: 0)), by: 6))
    #expect(!take(.executed, by: 5) && take(.registrationResult(-13), by: 5))
  }

  @Test func onlyRingsOfTheFollowedCountForSubmittingThreads() {
    var assembler = RequestAssembler()
    func take(_ kind: TraceEvent.Kind, thread: Bool) -> Bool {
      assembler.take(TraceEvent(time: 0, task: 9, kind, isFromAnyThread: thread)) != nil
    }
    let nop = Operation(code: 0)
    #expect(!take(failed(nop, ring: 5), thread: true))
    #expect(take(failed(nop, ring: 5), thread: false))
    #expect(!take(.ringCreated(ring: 6, usesSQThread: false), thread: false))
    #expect(!take(failed(nop, ring: 6), thread: true))
    #expect(!take(.ringCreated(ring: 5, usesSQThread: true), thread: false))
    #expect(take(failed(nop, ring: 5), thread: true))
    #expect(
      take(.submitted(ring: 5, request: 1, operation: nop, flags: 0, bySQThread: true), thread: true))
  }

  // MARK: Attribution

  private func verdict(
    _ policy: String, _ request: Request, known: Bool = true, mayFollowDrain: Bool = false, inside: Bool = false
  ) throws -> (String, Int?) {
    let text = "policy = 1\n" + policy
    let read = ReadPolicy(whole: text)
    let policy = try #require(read.policy, "\(read.diagnostics)")
    let source = SourceText(name: "p.toml", text: text)
    let verdict = Attribution([policy], insideAnotherJail: inside).verdict(
      on: ObservedRequest(request, argumentsAreKnown: known, mayFollowDrain: mayFollowDrain, .denied))
    let name =
      switch verdict {
      case .rule(let decision): decision.reason
      case .arguments(let table, _): "arguments of \(table)"
      case .notThisPolicy: "other"
      case .noPolicy: "none"
      }
    return (name, verdict.place.map { source.position(of: $0.start).line })
  }

  private let policy = """
    [operations]
    allow = ["connect", "nop", "fsync"]
    flags.allow = []
    [connect]
    allow = [
      { to = "10.0.0.0/8", port = 443 },
    ]
    """

  @Test func ruleThatDeniesIsFound() throws {
    #expect(
      try verdict(policy, .submission(Submission(Operation(code: 22)))) == ("[operations] does not allow 'read'", 2))
    #expect(try verdict(policy, .submission(Submission(.connect, peer))) == ("no entry of [connect] allow matches", 5))
    #expect(
      try verdict(policy, .submission(Submission(Operation(code: 0), flags: 4)))
        == ("[operations] flags does not allow 'io_link'", 4))
  }

  @Test func unseenArgumentsPointAtTheirTable() throws {
    #expect(try verdict(policy, .submission(Submission(.connect)), known: false) == ("arguments of [connect]", 5))
    #expect(try verdict(policy, .submission(Submission(.socket)), known: false).1 == 2)
    #expect(
      try verdict("[register]\nallow = []", .registration(.unseen), known: false) == ("arguments of [register]", 2))
  }

  @Test func flagThatTheKernelAddsIsRemembered() throws {
    let fsync = Request.submission(Submission(Operation(code: 3)))
    // Restrictions do not see it.
    #expect(try verdict(policy, fsync).0 == "other")
    let added = "; the kernel sets 'async' itself before filters run"
    // Inside another jail there are none.
    #expect(try verdict(policy, fsync, inside: true) == ("[operations] flags does not allow 'async'\(added)", 4))
    #expect(
      try verdict(policy + "\n[kernel]\nrestrictions = \"never\"", fsync)
        == ("[operations] flags does not allow 'async'\(added)", 4))
  }

  /// Only a request behind one with io_drain on the same ring can have been given flags.
  @Test func flagsOfNeighboursAreRememberedForTheirRing() throws {
    let text = "[operations]\nallow = [\"nop\"]\n[operation.nop]\nflags = { forbid = [\"async\"] }"
    let nop = Request.submission(Submission(Operation(code: 0)))
    #expect(try verdict(text, nop).0 == "other")
    #expect(try verdict(text, nop, mayFollowDrain: true).1 == 5)
  }

  @Test func otherJailsAreTold() throws {
    let open = "[operations]\nallow = [\"nop\"]"
    #expect(try verdict(open, .submission(Submission(Operation(code: 0)))).0 == "other")
    #expect(try verdict("", .registration(.unseen)).0 == "other")
    let nobody = Attribution([]).verdict(on: ObservedRequest(.registration(.query), .denied))
    if case .noPolicy = nobody {} else { Issue.record("\(nobody)") }
  }
}
