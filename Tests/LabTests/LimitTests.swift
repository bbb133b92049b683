import Foundation
import Testing

/// What SECURITY.md says that the jail does not hold: it is so, and should it change, the text has to.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct LimitTests {
  @Test func systemCallsAreNotConfined() throws {
    #expect(try endings(allowing("nop"), requests: ["openat path=/etc/passwd"]) == [.denied])
    let read = try jailed(allowing("nop"), command: ["cat", "/etc/passwd"])
    #expect(read.status == 0 && read.output.contains("root:"))
  }

  @Test func ringOfAProcessThatMayBeTracedIsNotConfined() throws {
    let taken = try Escape("take", outside: [Lab.escapes, "hold", "--"]).run(under: [allowing("nop")]).escapeReport()
    #expect(taken.escaped, "\(taken)")
  }

  @Test func pathsAreNotSeen() throws {
    let policy = allowing("openat", also: "[open]\naccess = \"read\"")
    let ended = try endings(policy, requests: ["openat path=/etc/passwd", "openat path=/proc/self/status"])
    #expect(ended == [.success, .success])
  }

  @Test func ringsCanBeMadeWithEveryFlag() throws {
    for setup in ["sqpoll", "disabled", "submit_all", "single_issuer,defer_taskrun"] {
      #expect(try endings(allowing("nop"), requests: ["nop"], options: ["--setup", setup]) == [.success], "\(setup)")
    }
  }

  @Test func whatThePolicyLeavesFreeIsFree() throws {
    let report = try Escape("register-opcodes").run(under: [allowing("nop")]).escapeReport()
    #expect(!report.steps.contains { $0.result == -13 }, "\(report)")
    #expect(try endings(allowing("nop"), requests: ["nop sqe-flags=async"]) == [.success])
  }

  /// Over IPv6 no capability is needed, over IPv4 CAP_NET_RAW.
  @Test func packetsTakeAnotherWayThanTheirConnection() throws {
    let trick = Escape("source-route", outside: [Lab.effects, "in-network", "--", Lab.escapes, "watch", "--"])
    let conditions = allowing(
      "connect", also: "[connect]\nallow = [{ to = \"loopback\" }]\n[process]\nkeep-fds = [9]\n")
    guard Lab.showsPeers else { return try expectUnfilterable(conditions) }
    for (more, isPermitted) in [("", true), ("capabilities = { drop = [\"net_raw\"] }\n", false)] {
      let report = try trick.run(under: [conditions + more]).escapeReport()
      #expect(report.steps.map(\.result) == [isPermitted ? 0 : -1, 0, 0, 0], "\(report)")
      #expect(report.attempts.map(\.result) == [isPermitted ? 0 : -2, 0], "\(report)")
    }
  }

  /// What is held is the output.
  @Test func inputOfSpliceIsAnyOpenFile() throws {
    let policy = allowing("splice", also: "[operation.splice]\nflags = { require = [\"fixed_file\"] }")
    let report = try Escape("splice-input").run(under: [policy]).escapeReport()
    #expect(report.steps.map(\.result) == [0, -13] && report.attempts.map(\.result) == [16], "\(report)")
  }

  /// The shell cannot execute anything, and has the kernel do it.
  @Test func kernelExecutesProgramsForUserZero() throws {
    let folder = try TemporaryFolder()
    let script = """
      exec 9</proc/sys/kernel/core_pattern; read -r before <&9
      echo "|/bin/touch \(folder.path)/made" >/proc/sys/kernel/core_pattern
      /bin/true || echo "denied $?"
      kill -SEGV $$
      """
    let policy = try folder.create("p.toml", allowing("nop", also: "[process]\nexec = \"deny\"")).path(
      percentEncoded: false)
    let restore =
      "read -r before </proc/sys/kernel/core_pattern; ulimit -c unlimited; \"$0\" --policy \"$1\" -- "
      + "/bin/bash -c \"$2\"; echo \"status $?\"; sleep 1; echo \"$before\" >/proc/sys/kernel/core_pattern"
    let outcome = try run(["bash", "-c", restore, Lab.jail, policy, script])
    #expect(
      outcome.output.contains("denied 126") && outcome.output.contains("status 139"),
      "\(outcome.output)\(outcome.errors)")
    #expect(FileManager.default.fileExists(atPath: "\(folder.path)/made"), "\(outcome.output)\(outcome.errors)")
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
