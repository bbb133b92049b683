import Kernel
import Testing

@testable import Discovery

/// What an instance cannot tell is never taken for good news.
struct TraceInstanceTests {
  private let path = "/sys/kernel/tracing/instances/uring-jail.10.100.main"

  private func instance(_ texts: [String: String]) throws -> TraceInstance<FakeTraceFiles> {
    let files = FakeTraceFiles.tracing()
    for (name, text) in texts { files.texts["\(path)/\(name)"] = text }
    return try TraceInstance(path, kilobytes: 64, files)
  }

  @Test func lossesOfAllProcessorsAreCounted() throws {
    let stats = "entries: 5\noverrun: 2\ncommit overrun: 0\ndropped events: 3\n"
    let whole = "entries: 5\noverrun: 0\ncommit overrun: 0\ndropped events: 0\n"
    #expect(try instance(["per_cpu/cpu0/stats": stats, "per_cpu/cpu1/stats": stats]).lost() == 10)
    #expect(try instance(["per_cpu/cpu0/stats": whole, "per_cpu/cpu1/stats": whole]).lost() == 0)
  }

  @Test func lossesThatCannotBeCountedAreOne() throws {
    let whole = "overrun: 0\ncommit overrun: 0\ndropped events: 0\n"
    #expect(try instance([:]).lost() == 1)
    #expect(try instance(["per_cpu/cpu0/stats": whole, "per_cpu/cpu1/other": ""]).lost() == 1)
  }

  @Test func unknownThreadsAreNotTakenForEnded() throws {
    let unreadable = try instance([:])
    #expect(throws: KernelError.self) { try unreadable.followed() }
    #expect(try instance(["set_event_pid": ""]).followed() == [])
  }

  @Test func aProcessThatIsGoneIsNotFollowed() {
    #expect(throws: KernelError.self) { try Following.threads(of: .max) }
  }
}
