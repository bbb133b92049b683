import Foundation
import Testing

/// `trace` and `learn`, one test at a time: each looks at what is left in tracefs.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun), .serialized)
struct TracingTests {}

/// What the tests of `trace` and `learn` have in common. They need a stock kernel: User-Mode Linux has no tracefs.
enum Tracing {
  static let folder = "/sys/kernel/tracing"

  /// Mounts tracefs where it is not: the guests' own init does not.
  static func prepare() throws {
    if FileManager.default.fileExists(atPath: "\(folder)/instances") { return }
    let outcome = try run(["mount", "-t", "tracefs", "tracefs", folder])
    try #require(outcome.status == 0, "\(outcome.errors)")
  }

  /// What a run that has ended must not leave.
  static func remains() throws -> [String] {
    let instances = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/instances")
      // Other tests may be probing just now.
      .filter { !$0.hasSuffix(".probe") }
    let probes = try String(contentsOfFile: "\(folder)/kprobe_events", encoding: .utf8)
    return instances + probes.split(separator: "\n").map(String.init)
  }

  /// Makes requests with the test client under a policy that `trace` starts it with.
  static func trace(
    _ policy: String, options: [String] = [], command: [String]
  ) throws -> (denials: [Denial], outcome: Outcome) {
    let folder = try TemporaryFolder()
    let file = try folder.create("p.toml", policy).path(percentEncoded: false)
    let outcome = try run([Lab.jail, "trace", "--json", "--policy", file] + options + ["--"] + command)
    return (try Denial.read(outcome.errors), outcome)
  }
}

/// A line of `trace --json`.
struct Denial: Decodable, Equatable {
  let event: String
  let command: String?
  let operation: String?
  let request: String?
  let by: String?
  let line: Int?
  let argumentsVisible: Bool?

  enum CodingKeys: String, CodingKey {
    case event, command, operation, request, by, line
    case argumentsVisible = "arguments_visible"
  }

  /// Those among other lines.
  static func read(_ text: String) throws -> [Denial] {
    try text.split(separator: "\n").filter { $0.hasPrefix("{") && $0.contains("\"event\":") }.map {
      try JSONDecoder().decode(Denial.self, from: Data($0.utf8))
    }
  }

  /// `OPERATION:LINE`
  var brief: String { "\(operation ?? "?"):\(line.map(String.init) ?? by ?? "?")" }
}
