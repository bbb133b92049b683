import Foundation
import Testing

/// The release binary behind a seccomp filter that answers its calls with success and does not make them: nothing is
/// started, or a target in the whole jail. docs/design/0016-asking-back.md.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct LiarTests {
  private static let liar = Lab.environment["URING_LIAR"] ?? "\(Lab.root).build/debug/seccomp-liar"

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

  /// Calls by which a target shows its jail, or a C library does without: what these are answered is the target's.
  private static let ofTheTarget = ["write", "io_uring_setup", "mmap", "close"]

  /// Every call that a launch makes, as the first of each name, but for the execution that starts the launcher.
  private func names() throws -> [String] {
    let folder = try TemporaryFolder()
    let file = try folder.create("p.toml", Self.policy).path(percentEncoded: false)
    let log = "\(folder.path)/strace"
    let outcome = try run(["strace", "-o", log, Lab.jail, "--policy", file, "--", Lab.caller, "jail"])
    try #require(outcome.status == 0, "\(outcome.errors)")
    var names: [String] = []
    var executions = 0
    for line in try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n") {
      let name = String(line.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
      if name == "execve", !line.hasPrefix("execve(NULL") { executions += 1 }
      if executions == 2 { break }
      if !names.contains(name), !name.isEmpty { names.append(name) }
    }
    return names
  }

  private func rules(_ names: [String]) -> [String] {
    names.map { "\($0):0" } + [10, 11, 35, 37].map { "io_uring_register,1=\($0):0" }
      + [22, 24, 38, 39].map { "prctl,0=\($0):0" } + [1, 2, 1030].map { "fcntl,1=\($0):0" }
  }

  /// What the target was left with: requests and register opcodes by `uring-client`, the rest by `syscall-client`.
  private func answers(behind rules: [String], _ file: String) throws -> [Outcome] {
    let limit = ["timeout", "-s", "KILL", "20"]
    let requests = [
      Lab.client, "--one-by-one", "register personality", "nop", "openat path=/", "socket family=inet type=stream",
    ]
    return try [[Lab.caller, "jail"], requests].map { target in
      try run(limit + [Self.liar] + rules + ["--", Lab.jail, "--policy", file, "--"] + target)
    }
  }

  private func expectNothingOrAJail(_ outcomes: [Outcome], _ whole: [Outcome], _ rules: [String]) {
    let (left, requests) = (outcomes[0], outcomes[1])
    if left.output.contains("execve:") { #expect(left.output == whole[0].output, "\(rules)") }
    for line in requests.output.split(separator: "\n").dropFirst(1) where line.contains("\"result\"") {
      let isFree = line.contains("\"result\":0") && !line.contains("nop")
      #expect(!isFree, "\(rules): \(requests.output)")
    }
    // The filter is there, and knows each of the calls.
    for outcome in outcomes { #expect(!outcome.errors.contains("seccomp-liar: "), "\(outcome.errors)") }
    for outcome in outcomes where outcome.output.isEmpty { #expect(outcome.status != 0, "\(rules)") }
    for outcome in outcomes where outcome.status == 125 {
      #expect(outcome.output.isEmpty && outcome.errors.hasSuffix("; nothing was started\n"), "\(rules)")
    }
  }

  @Test func callThatIsAnsweredAndNotMadeLeadsToNothingOrToAWholeJail() throws {
    let folder = try TemporaryFolder()
    let file = try folder.create("p.toml", Self.policy).path(percentEncoded: false)
    let whole = try answers(behind: [], file)
    try #require(whole.allSatisfy { $0.status == 0 }, "\(whole.map(\.errors))")
    for name in ["io_uring_register", "seccomp", "prctl", "capset", "close_range", "getrandom"] {
      #expect(try names().contains(name), "\(name)")
    }
    let rules = try rules(names()).filter { rule in !Self.ofTheTarget.contains { rule.hasPrefix("\($0):") } }
    for rule in rules { expectNothingOrAJail(try answers(behind: [rule], file), whole, [rule]) }
  }

  /// Those that make the jail, of which two are answered.
  @Test func pairsOfSuchCallsLeadToNothingOrToAWholeJail() throws {
    let folder = try TemporaryFolder()
    let file = try folder.create("p.toml", Self.policy).path(percentEncoded: false)
    let whole = try answers(behind: [], file)
    let rules = [
      "io_uring_register,1=11:0", "io_uring_register,1=11:1", "io_uring_register,1=37:0", "io_uring_register,1=37:14",
      "io_uring_register,1=35:0", "seccomp:0", "execve:1", "execve:0", "prctl,0=38:0", "prctl,0=39:0", "prctl,0=24:0",
      "prctl,0=23:0", "capset:0", "capget:0", "close_range:0", "fcntl,1=1:0", "fcntl,1=2:0", "fcntl,1=0:0",
      "getrandom:0", "uname:0", "io_uring_enter:0", "io_uring_enter:95",
    ]
    for (index, first) in rules.enumerated() {
      for second in rules.dropFirst(index + 1) {
        expectNothingOrAJail(try answers(behind: [first, second], file), whole, [first, second])
      }
    }
  }
}
