import Discovery
import Kernel
import Testing

/// What killed runs left is removed, and nothing else.
struct LeftBehindTests {
  private let instances = "/sys/kernel/tracing/instances"

  @Test func namesTellProcessAndStart() throws {
    let name = try #require(SessionName(of: 10, FakeTraceFiles.tracing()))
    #expect(name == SessionName(process: 10, started: 100))
    #expect(name.instance("main") == "uring-jail.10.100.main")
    #expect(name.group == "uring_jail_10_100")
    #expect(SessionName(of: 11, FakeTraceFiles.tracing()) == nil)
  }

  @Test func onlyWhatTheDeadLeftIsRemoved() {
    let files = FakeTraceFiles.tracing()
    // 10 lives; 20 does not; the number 30 is in use again, by somebody else.
    files.texts["/proc/30/stat"] = FakeTraceFiles.stat(30, started: 500)
    let mine = "\(instances)/uring-jail.10.100.main"
    let theirs = "\(instances)/another.20.100.main"
    for name in [mine, theirs, "\(instances)/uring-jail.20.7.sq", "\(instances)/uring-jail.30.400.main"] {
      files.folders.insert(name)
    }
    for group in ["uring_jail_10_100", "uring_jail_20_7", "kprobes"] {
      files.texts["/sys/kernel/tracing/events/\(group)/openShown/format"] = ""
    }
    #expect(LeftBehind.remove(from: "/sys/kernel/tracing", files) == 2)
    #expect(files.folders.contains(mine) && files.folders.contains(theirs))
    #expect(!files.folders.contains("\(instances)/uring-jail.20.7.sq"))
    #expect(!files.folders.contains("\(instances)/uring-jail.30.400.main"))
    #expect(files.written.contains("/sys/kernel/tracing/kprobe_events: -:uring_jail_20_7/openShown\n"))
    #expect(files.written.allSatisfy { $0.contains("-:uring_jail_20_7/") })
  }

  @Test func whatIsInUseStays() {
    let files = FakeTraceFiles.tracing()
    files.folders.insert("\(instances)/uring-jail.20.7.main")
    files.refusal = .tryAgain
    #expect(LeftBehind.remove(from: "/sys/kernel/tracing", files) == 0)
  }
}
