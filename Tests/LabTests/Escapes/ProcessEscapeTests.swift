import Foundation
import Testing

/// Who makes the request: threads, children, other programs, other users.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct ProcessEscapeTests {
  static let policy = allowing("nop")

  @Test func threadsStartedBeforeAndAfterTheRing() throws { try Escape("threads").expectDenied(under: Self.policy) }

  @Test func childThatExecutesAProgram() throws { try Escape("exec-by-fork").expectDenied(under: Self.policy) }

  @Test(arguments: ["exec-after-ring", "exec-after-ring-in-thread"])
  func programExecutedAfterUsingARing(trick: String) throws {
    let escape = Escape(trick)
    guard Lab.hasExecHole else {
      try escape.expectDenied(under: Self.policy)
      return
    }
    try escape.expectRefused(under: Self.policy + "[kernel]\nholes = \"refuse\"\n", saying: "CVE-2026-80713")
    // The hole is there, or the refusal would say nothing.
    let accepted = try escape.run(under: [Self.policy + "[kernel]\nholes = \"accept\"\n"]).escapeReport()
    #expect(accepted.escaped)
    let mitigated = try escape.run(under: [Self.policy + "[kernel]\nholes = \"mitigate\"\n"])
    #expect(mitigated.status != 0 && mitigated.output == "")
    #expect(mitigated.errors.contains("Operation not permitted"), "\(mitigated.errors)")
  }

  @Test func userNamespaces() throws { try Escape("user-namespace").expectDenied(under: Self.policy) }

  @Test func ownRulesThatAreLooser() throws { try Escape("looser-filter").expectDenied(under: Self.policy) }

  @Test func ownRestrictionsOfADisabledRing() throws { try Escape("disabled-ring").expectDenied(under: Self.policy) }

  @Test func setuidProgramGainsNothing() throws {
    let folder = try TemporaryFolder()
    let program = "\(folder.path)/setuid-program"
    try FileManager.default.copyItem(atPath: Lab.escapes, toPath: program)
    let marked = try run(["chmod", "4755", program])
    try #require(marked.status == 0)
    let user = LaunchTests.asNobody
    let free = try Escape("setuid-program", program, inside: user).runFreely().escapeReport()
    #expect(free.escaped && free.steps.map(\.result) == [0])
    // With no_new_privs the program stays who started it; without, it becomes root, in the jail all the same.
    let held = try Escape("setuid-program", program, inside: user).run(under: [Self.policy]).escapeReport()
    #expect(!held.escaped && held.steps.map(\.result) == [65534])
    let privileged = try Escape("setuid-program", program, inside: user)
      .run(under: [LaunchTests.withoutNoNewPrivileges]).escapeReport()
    #expect(!privileged.escaped && privileged.steps.map(\.result) == [0])
    Escape.note("setuid-program", free: "works", jailed: "denied")
  }

  @Test func crowdOfJailsInJailsEndsAndHolds() throws {
    // 8 at a time, 8 deep: each jail registers a filter for every operation.
    let folder = try TemporaryFolder()
    let policy = try folder.create("p.toml", Self.policy).path(percentEncoded: false)
    let jail = Array(repeating: "\"$0\" --policy \"$1\" --", count: 8).joined(separator: " ")
    let script = "for i in 1 2 3 4 5 6 7 8; do \(jail) \"$2\" openat & done; wait"
    // Not sh: dash waits for a signal that threads of Swift's, and what they start, have blocked.
    let outcome = try run(["bash", "-c", script, Lab.jail, policy, Lab.escapes])
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 8, "\(outcome.errors)")
    #expect(lines.allSatisfy { $0.contains("\"escaped\":false") && $0.contains("\"result\":-13") }, "\(lines)")
    Escape.note("fork-bomb", free: "works", jailed: "denied")
  }
}
