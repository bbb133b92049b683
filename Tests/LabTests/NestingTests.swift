import Foundation
import Testing

/// A jail inside a jail: each layer must allow.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct NestingTests {
  static let requests = [
    "nop", "read fd=0 size=1", "openat path=/", "socket family=inet type=stream", "socket family=unix type=stream",
  ]

  @Test func nestedJailsIntersect() throws {
    let outer = allowing("nop", "read", "socket")
    let inner = allowing("nop", "openat", "socket", also: "[socket]\nallow = [{ family = \"inet\" }]")
    #expect(
      try endings(outer, inner, requests: Self.requests) == [.success, .denied, .denied, .success, .denied])
  }

  @Test func conditionsOfBothJailsHold() throws {
    let outer = allowing("socket", also: "[socket]\nallow = [{ family = [\"inet\", \"unix\"] }]")
    let inner = allowing("socket", also: "[socket]\nallow = [{ type = \"stream\" }]")
    let ended = try endings(
      outer, inner,
      requests: [
        "socket family=inet type=stream", "socket family=inet type=dgram", "socket family=inet6 type=stream",
        "socket family=unix type=stream",
      ])
    #expect(ended == [.success, .denied, .denied, .success])
  }

  @Test func innerJailDeniesWhatTheOuterOneAllowsUnderConditions() throws {
    // The outer jail has a filter on socket already, so DENY_REST of the inner one would leave socket alone.
    let outer = allowing("nop", "socket", also: "[socket]\nallow = [{ family = \"unix\" }]")
    #expect(
      try endings(outer, allowing("nop"), requests: Self.requests) == [.success, .denied, .denied, .denied, .denied])
    #expect(
      try endings(outer, "policy = 1", requests: Self.requests) == [.denied, .denied, .denied, .denied, .denied])
  }

  @Test func threeJailsIntersect() throws {
    let ended = try endings(
      allowing("nop", "read", "openat"), allowing("nop", "openat", "socket"), allowing("nop", "read", "openat2"),
      requests: Self.requests)
    #expect(ended == [.success, .denied, .denied, .denied, .denied])
  }

  @Test func innerJailCannotWidenTheOuterOne() throws {
    let everything = "policy = 1\n[operations]\ndefault = \"allow\"\n"
    #expect(
      try endings(allowing("nop"), everything, requests: Self.requests)
        == [.success, .denied, .denied, .denied, .denied])
  }

  @Test func restrictionsAreRegisteredBeforeFiltersAndOnce() throws {
    let calls = try registrations(allowing("nop", "socket", also: "[socket]\nallow = [{ family = \"unix\" }]"))
    // A probe with a size that no operation has, the query, the restrictions and whether they are there, the one filter.
    #expect(calls.map(\.operation) == [37, 35, 11, 11, 37])
    #expect(calls.map(\.error) == ["EMSGSIZE", nil, nil, "EPERM", nil])
  }

  @Test func insideAnotherJailFiltersAloneSayTheSame() throws {
    let inner = allowing("nop", "socket", also: "[socket]\nallow = [{ family = \"unix\" }]")
    let calls = try registrations(allowing("nop", "socket"), inner)
    // The outer jail restricts, and asks whether it has.
    let last = try #require(calls.lastIndex { $0.operation == 11 })
    #expect(calls.count { $0.operation == 11 } == 3)
    let innerCalls = calls[last...]
    #expect(innerCalls.first?.error == "EPERM")
    // One filter for each of the other operations that the kernel has, and one for socket.
    #expect(innerCalls.dropFirst().allSatisfy { $0.operation == 37 && $0.error == nil })
    #expect(innerCalls.count - 1 >= 64)
  }

  struct RegisterCall {
    let operation: Int
    let error: String?
  }

  /// The io_uring_register(2) calls of a launch under these policies, seen by strace.
  private func registrations(_ policies: String...) throws -> [RegisterCall] {
    let folder = try TemporaryFolder()
    let log = "\(folder.path)/strace"
    var line = ["strace", "-f", "-o", log, "-e", "trace=io_uring_register", "-X", "raw"]
    for (index, policy) in policies.enumerated() {
      let file = try folder.create("\(index).toml", policy)
      line += [Lab.jail, "--policy", file.path(percentEncoded: false), "--"]
    }
    let outcome = try run(line + ["true"])
    try #require(outcome.status == 0, "\(outcome.errors)")
    let text = try String(contentsOfFile: log, encoding: .utf8)
    return text.split(separator: "\n").compactMap { line in
      guard let call = line.range(of: "io_uring_register("), let result = line.range(of: "= ", options: .backwards)
      else {
        return nil
      }
      let arguments = line[call.upperBound...].split(separator: ",")
      let number = arguments[1].trimmingCharacters(in: .whitespaces)
      let operation = number.hasPrefix("0x") ? Int(number.dropFirst(2), radix: 16) : Int(number)
      let words = line[result.upperBound...].split(separator: " ")
      return RegisterCall(operation: operation ?? -1, error: words.first == "-1" ? String(words[1]) : nil)
    }
  }
}
