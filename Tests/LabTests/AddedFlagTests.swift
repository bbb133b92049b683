import Foundation
import Testing

/// SQE flags that the kernel sets on requests because of others, seen by what filters deny.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct AddedFlagTests {
  private static let batch = ["--setup", "submit_all", "--wait", "500"]

  private func policy(_ flags: String, on operation: String) -> String {
    allowing("nop", "read", also: "") + "[operation.\(operation)]\nflags = { \(flags) }\n"
  }

  @Test func drainedRequestsAreAsynchronousToFilters() throws {
    let text = policy("forbid = [\"async\"]", on: "nop")
    #expect(try endings(text, requests: ["nop", "nop sqe-flags=io_drain"], options: ["--one-by-one"])[1] == .denied)
    #expect(try endings(text, requests: ["nop"]) != [.denied])
  }

  @Test func requestsBehindADrainedOneAreAsynchronousToFilters() throws {
    let text = policy("forbid = [\"async\"]", on: "read")
    let requests = ["read fd=0 size=1", "nop sqe-flags=io_drain", "read fd=0 size=1"]
    let ended = try endings(text, requests: requests, options: Self.batch)
    #expect(ended[0] != .denied && ended[1] != .denied)
    #expect(ended[2] == .denied)
  }

  @Test func requestsBehindDrainedLinksAreDrained() throws {
    let text = policy("forbid = [\"io_drain\"]", on: "read")
    let linked = ["nop sqe-flags=io_link", "nop sqe-flags=io_drain", "read fd=0 size=1"]
    #expect(try endings(text, requests: linked, options: Self.batch)[2] == .denied)
    let single = ["nop", "nop sqe-flags=io_drain", "read fd=0 size=1"]
    #expect(try endings(text, requests: single, options: Self.batch)[2] != .denied)
  }

  /// Restrictions see what the program set, and can require it.
  @Test func restrictionsRequireWhatTheProgramSet() throws {
    let text = allowing("nop", "unlinkat", also: "flags = { require = [\"async\"] }\n")
    let requests = ["nop", "nop sqe-flags=async", "unlinkat fd=0xffffff9c path=/nowhere/x", "nop sqe-flags=io_drain"]
    let ended = try endings(text, requests: requests, options: ["--one-by-one"])
    #expect(ended.map { $0 == .denied } == [true, false, true, true])
  }

  /// Inside another jail there are filters only.
  @Test func whatOnlyRestrictionsCanRequireIsRefusedInsideAnotherJail() throws {
    let folder = try TemporaryFolder()
    let outer = try folder.create("outer.toml", allowing("nop")).path(percentEncoded: false)
    let inner = try folder.create("inner.toml", allowing("nop", also: "flags = { require = [\"async\"] }\n")).path(
      percentEncoded: false)
    let outcome = try run([Lab.jail, "--policy", outer, "--", Lab.jail, "--policy", inner, "--", "/bin/true"])
    #expect(outcome.status == 125)
    #expect(outcome.errors.contains("flag-set-by-kernel"))
    #expect(outcome.errors.contains("help:"))
    #expect(try run([Lab.jail, "--policy", inner, "--", "/bin/true"]).status == 0)
  }
}
