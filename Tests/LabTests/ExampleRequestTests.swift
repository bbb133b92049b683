import Foundation
import Testing
import URingABI

/// The requests of the examples' own tests, made as they are written: the kernel answers as `uring-jail test` does.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct ExampleRequestTests {
  private static func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(Lab.root)examples").filter { $0.hasSuffix(".toml") }
  }

  @Test(arguments: try names())
  func requestsEndAsTheirTestsSay(_ name: String) throws {
    let text = try String(contentsOfFile: "\(Lab.root)examples/\(name)", encoding: .utf8)
    guard Lab.showsPeers || !text.contains("\n[connect]") else { return }
    let pattern = /request = "([^"]+)"\nexpect += "(allow|deny)"/
    let tests = text.matches(of: pattern).map { (request: String($0.output.1), isAllowed: $0.output.2 == "allow") }
      .filter { Self.reachesTheJail($0.request) }
    try #require(!tests.isEmpty)
    let ended = try endings(text, requests: tests.map { Self.complete($0.request) }, options: ["--one-by-one"])
    for (test, ending) in zip(tests, ended) {
      #expect((ending != .denied) == test.isAllowed, "\(test.request) ended with \(ending)")
    }
  }

  /// What fails in the operation's own checks, for want of arguments that the line does not have, is no answer.
  private static func reachesTheJail(_ request: String) -> Bool {
    let name = String(request.prefix { $0 != " " })
    if ["nop", "read", "write", "register"].contains(name) { return true }
    return URingABI.Operation(name: name).map { $0.arguments != .none } ?? false
  }

  /// Without a name of a file, an open fails before it is decided about.
  private static func complete(_ request: String) -> String {
    request.hasPrefix("openat") ? "\(request) path=/etc/hostname" : request
  }
}
