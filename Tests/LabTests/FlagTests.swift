import Foundation
import Testing

/// SQE flags, user data and register opcodes.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct FlagTests {
  private static let common = "policy = 1\n[operations]\nallow = [\"nop\", \"read\"]\n"

  @Test func flagsOfEveryRequestAreHeldWithAndWithoutAnOuterJail() throws {
    let policy = Self.common + "flags = { forbid = [\"io_drain\"] }\n"
    let requests = [
      "nop", "nop sqe-flags=io_drain", "nop sqe-flags=async", "nop sqe-flags=async,io_drain",
      "read fd=0 size=0 sqe-flags=io_drain",
    ]
    for outer in [[], [OperationTests.outer]] {
      let ended =
        outer.isEmpty
        ? try endings(policy, requests: requests, options: ["--one-by-one"])
        : try endings(outer[0], policy, requests: requests, options: ["--one-by-one"])
      #expect(ended == [.success, .denied, .success, .denied, .denied])
    }
  }

  @Test func flagsCanBeRequired() throws {
    let policy = Self.common + "flags = { require = [\"async\"], allow = [\"async\", \"io_link\"] }\n"
    let requests = ["nop", "nop sqe-flags=async", "nop sqe-flags=async,io_drain"]
    #expect(try endings(policy, requests: requests, options: ["--one-by-one"]) == [.denied, .success, .denied])
  }

  @Test func conditionsOfOneOperationLeaveOthersAlone() throws {
    let policy = Self.common + "[operation.nop]\nflags = { require = [\"io_link\"] }\nuser_data = [7, \"100-200\"]\n"
    let ended = try endings(
      policy,
      requests: [
        "nop sqe-flags=io_link user_data=7", "nop sqe-flags=io_link user_data=8", "nop user_data=100",
        "nop sqe-flags=io_link user_data=200",
        "nop sqe-flags=io_link user_data=0x1000000007", "read fd=0 size=0",
      ], options: ["--one-by-one"])
    #expect(ended == [.success, .denied, .denied, .success, .denied, .success])
  }

  @Test func severalPoliciesOfOneCommandLineIntersect() throws {
    let folder = try TemporaryFolder()
    let first = try folder.create(
      "1.toml", allowing("nop", "socket", also: "[socket]\nallow = [{ family = \"inet\" }]"))
    let second = try folder.create(
      "2.toml", allowing("nop", "read", "socket", also: "[socket]\nallow = [{ type = \"stream\" }]"))
    let outcome = try run(
      [Lab.jail, "--policy", first.path(percentEncoded: false), "--policy=\(second.path(percentEncoded: false))", "--"]
        + [Lab.client, "nop", "read fd=0 size=0", "socket family=inet type=stream", "socket family=inet type=dgram"]
        + ["socket family=unix type=stream"])
    #expect(try outcome.completions().map(\.error) == [nil, "EACCES", nil, "EACCES", "EACCES"])
  }

  // MARK: Register opcodes

  private func registrations(_ policy: String, _ operations: [String]) throws -> [String] {
    let outcome = try jailed(policy, command: [Lab.client] + operations.map { "register \($0)" })
    return try outcome.completions().map { $0.error == "EACCES" ? "denied" : "passed" }
  }

  private static let operations = ["unregister_buffers", "unregister_files", "unregister_eventfd", "iowq_aff"]

  @Test func registerOpcodesAreHeld() throws {
    #expect(try registrations(Self.common, Self.operations) == ["passed", "passed", "passed", "passed"])
    #expect(
      try registrations(Self.common + "[register]\nallow = [\"@buffers\", \"@eventfd\"]", Self.operations)
        == ["passed", "denied", "passed", "denied"])
    #expect(
      try registrations(Self.common + "[register]\ndeny = [\"@files\"]", Self.operations)
        == ["passed", "denied", "passed", "passed"])
    #expect(
      try registrations(Self.common + "[register]\nallow = []", Self.operations)
        == ["denied", "denied", "denied", "denied"])
  }

  @Test func registerOpcodesAndConditionsGoTogether() throws {
    let policy = allowing(
      "nop", "socket", also: "[socket]\nallow = [{ family = \"unix\" }]\n[register]\nallow = [\"@query\"]")
    #expect(try registrations(policy, Self.operations) == ["denied", "denied", "denied", "denied"])
    #expect(
      try endings(policy, requests: ["nop", "socket family=unix type=stream", "socket family=inet type=stream"])
        == [.success, .success, .denied])
  }

  @Test func registerOpcodesAreHeldInsideAnotherJailAndWithoutRestrictions() throws {
    let rule = "[register]\nallow = [\"@buffers\", \"@eventfd\"]\n"
    #expect(
      try registrations(Self.common + "[kernel]\nrestrictions = \"never\"\n" + rule, Self.operations)
        == ["passed", "denied", "passed", "denied"])
    let requests = Self.operations.map { "register \($0)" }
    let outcome = try jailed(OperationTests.outer, Self.common + rule, command: [Lab.client] + requests)
    #expect(try outcome.completions().map { $0.error == "EACCES" } == [false, true, false, true])
  }
}
