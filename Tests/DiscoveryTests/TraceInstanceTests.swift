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

  /// Who should ask how a process ended may never do so, and must not keep this program from ending.
  @Test func processThatHasEndedIsNotRunningWhetherOrNotSomebodyAsksHow() throws {
    let files = FakeTraceFiles.tracing()
    for (state, isRunning) in [
      ("R", true), ("S", true), ("D", true), ("T", true), ("t", true), ("Z", false), ("X", false),
    ] {
      files.texts["/proc/7/stat"] = "7 (a) Z (b) \(state) 1 1\n"
      #expect(TaskState.isRunning(7, files) == isRunning, "\(state)")
    }
    #expect(!TaskState.isRunning(8, files))
  }

  @Test func aProcessThatIsGoneIsNotFollowed() {
    #expect(throws: KernelError.self) { try Following.threads(of: .max) }
  }
}
