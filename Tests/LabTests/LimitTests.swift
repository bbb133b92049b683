import Foundation
import Testing

/// What SECURITY.md says that the jail does not hold: it is so, and should it change, the text has to.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct LimitTests {
  @Test func systemCallsAreNotConfined() throws {
    #expect(try endings(allowing("nop"), requests: ["openat,path=/etc/passwd"]) == [.denied])
    let read = try jailed(allowing("nop"), command: ["cat", "/etc/passwd"])
    #expect(read.status == 0 && read.output.contains("root:"))
  }

  @Test func ringOfAProcessThatMayBeTracedIsNotConfined() throws {
    let taken = try Escape("take", outside: [Lab.escapes, "hold", "--"]).run(under: [allowing("nop")]).escapeReport()
    #expect(taken.escaped, "\(taken)")
  }

  @Test func pathsAreNotSeen() throws {
    let policy = allowing("openat", also: "[open]\naccess = \"read\"")
    let ended = try endings(policy, requests: ["openat,path=/etc/passwd", "openat,path=/proc/self/status"])
    #expect(ended == [.success, .success])
  }

  @Test func ringsCanBeMadeWithEveryFlag() throws {
    for setup in ["sqpoll", "disabled", "submit_all", "single_issuer+defer_taskrun"] {
      #expect(try endings(allowing("nop"), requests: ["nop"], options: ["--setup", setup]) == [.success], "\(setup)")
    }
  }

  @Test func whatThePolicyLeavesFreeIsFree() throws {
    let report = try Escape("register-opcodes").run(under: [allowing("nop")]).escapeReport()
    #expect(!report.steps.contains { $0.result == -13 }, "\(report)")
    #expect(try endings(allowing("nop"), requests: ["nop,sqe=async"]) == [.success])
  }

  @Test func messagesNameTheirOwnPeers() throws {
    let policy = allowing(
      "connect", "sendmsg", "socket", also: "[connect]\nallow = [{ to = \"192.0.2.1\" }]")
    guard Lab.showsPeers else { return try expectUnfilterable(policy) }
    let report = try Escape("send-elsewhere").run(under: [policy]).escapeReport()
    #expect(report.escaped && report.attempts.map(\.what) == ["sendmsg"], "\(report)")
    // The same peer by connect.
    #expect(report.steps.map(\.what) == ["connect"] && report.steps.map(\.result) == [-13], "\(report)")
  }
}
