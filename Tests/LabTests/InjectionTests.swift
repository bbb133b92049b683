import Foundation
import Testing

/// The release binary with one system call after the other failing or the last that it makes, as strace(1) does it.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct InjectionTests {
  private static let policy = """
    policy = 1
    [operations]
    allow = ["nop", "socket"]
    [socket]
    allow = [{ family = "unix" }]
    [register]
    allow = ["@query"]
    [process]
    exec = "deny"
    capabilities = { drop = ["net_raw", "sys_admin"] }

    """
  /// Tries what the policy denies in three ways: by seccomp, by a restriction, and by a filter.
  private static let target = [
    Lab.client, "--one-by-one", "register personality", "nop", "openat path=/", "socket family=inet type=stream",
  ]

  /// A system call of the launcher: its name, and how many of that name came before.
  private struct Call: CustomStringConvertible {
    let name: String
    let number: Int
    var description: String { "\(name) \(number)" }
  }

  private final class Launch {
    let folder: TemporaryFolder
    let command: [String]

    init() throws {
      folder = try TemporaryFolder()
      let file = try folder.create("p.toml", InjectionTests.policy).path(percentEncoded: false)
      command = [Lab.jail, "--policy", file, "--"] + InjectionTests.target
    }

    /// Every call from the first of the program to the execution of the target, which is not in it.
    func calls() throws -> [Call] {
      let log = "\(folder.path)/strace"
      let outcome = try run(["strace", "-o", log] + command)
      try #require(outcome.status == 0, "\(outcome.errors)")
      var calls: [Call] = []
      var counts: [String: Int] = [:]
      for line in try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n") {
        let name = String(line.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
        counts[name, default: 0] += 1
        if name == "execve" {
          if calls.isEmpty && counts[name] == 1 { continue }
          // The execution of nothing is a question, and not the target.
          if !line.hasPrefix("execve(NULL") { return calls }
        }
        calls.append(Call(name: name, number: counts[name, default: 0]))
      }
      return calls
    }

    func outcome(injecting what: String, at call: Call) throws -> Outcome {
      try run(
        [
          "strace", "-o", "/dev/null", "-e", "trace=\(call.name)", "-e",
          "inject=\(call.name):\(what):when=\(call.number)",
        ]
          + command)
    }
  }

  /// Nothing came of it, or a target in the whole jail.
  private func expectNothingOrAJail(_ outcome: Outcome, _ what: String) throws {
    if outcome.output.isEmpty {
      #expect(outcome.status != 0, "\(what)")
    } else {
      let errors = outcome.output.split(separator: "\n").map { $0.contains("\"EACCES\"") }
      #expect(errors == [true, false, true, true], "\(what): \(outcome.output)")
    }
  }

  @Test func callsOfALaunchAreThoseThatMatter() throws {
    let names = Set(try Launch().calls().map(\.name))
    for name in [
      "io_uring_register", "io_uring_enter", "seccomp", "prctl", "capset", "getrandom", "close_range", "uname",
    ] {
      #expect(names.contains(name), "\(name)")
    }
    #expect(!names.contains("io_uring_setup"))
  }

  @Test(arguments: ["EPERM", "EINVAL", "ENOSYS"])
  func callThatFailsLeadsToNothingOrToAWholeJail(_ error: String) throws {
    let launch = try Launch()
    for call in try launch.calls() {
      let outcome = try launch.outcome(injecting: "error=\(error)", at: call)
      try expectNothingOrAJail(outcome, "\(call) fails with \(error): \(outcome.errors)")
    }
  }

  /// A call that is answered with success and was not made. A tracer can do that to one call among others with the same
  /// words, so a filter is what it can take away: no seccomp filter can (LiarTests).
  @Test func callThatOnlySeemsToSucceedLeadsToNothingOrToAWholeJail() throws {
    let launch = try Launch()
    let calls = try launch.calls().filter {
      ["io_uring_register", "io_uring_enter", "seccomp", "prctl", "capset", "capget", "close_range", "fcntl", "uname"]
        .contains($0.name)
    }
    let registrations = calls.filter { $0.name == "io_uring_register" }
    #expect(registrations.count == 6, "probe, query, restrictions twice, one filter, and a register opcode")
    for call in calls where call.name != "io_uring_register" || call.number != 5 {
      let outcome = try launch.outcome(injecting: "retval=0", at: call)
      try expectNothingOrAJail(outcome, "\(call): \(outcome.errors)")
      if call.name == "io_uring_register" { #expect(outcome.status == 125, "\(call): \(outcome.output)") }
    }
  }

  @Test func launcherThatIsKilledAtAnyMomentHasStartedNothing() throws {
    let launch = try Launch()
    for call in try launch.calls() {
      let outcome = try launch.outcome(injecting: "signal=KILL", at: call)
      #expect(outcome.output.isEmpty && outcome.status == 128 + 9, "\(call): \(outcome.status)")
    }
  }
}
