import Foundation
import Testing

/// One line of the test client: how a request ended.
struct Completion: Decodable, Equatable {
  let index: Int
  let operation: String
  /// `nil` if the request did not complete in time.
  let result: Int?
  let error: String?
}

extension Outcome {
  /// What the test client printed, in the order of the requests; the first completion of those that have several.
  func completions() throws -> [Completion] {
    let lines = output.split(separator: "\n")
    let completions = try lines.map { try JSONDecoder().decode(Completion.self, from: Data($0.utf8)) }
    return Dictionary(completions.map { ($0.index, $0) }, uniquingKeysWith: { first, _ in first }).values
      .sorted { $0.index < $1.index }
  }
}

/// How a request ended, as the tests speak of it.
enum Ending: Equatable, CustomStringConvertible {
  case success
  case failed(String)

  static let denied = Ending.failed("EACCES")

  var description: String {
    switch self {
    case .success: "success"
    case .failed(let error): error
    }
  }
}

/// Runs a command under policies, the first being the outermost jail.
func jailed(
  _ policies: String..., command: [String], environment: [String: String] = [:], wrapper: [String] = []
) throws -> Outcome {
  let folder = try TemporaryFolder()
  var line = wrapper
  for (index, policy) in policies.enumerated() {
    let file = try folder.create("\(index).toml", policy)
    line += [Lab.jail, "--policy", file.path(percentEncoded: false), "--"]
  }
  return try run(line + command, environment: environment)
}

/// Holds a policy against a kernel that cannot filter what it has conditions on: nothing starts under it.
func expectUnfilterable(_ policy: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
  let refused = try jailed(policy, command: ["echo", "started"])
  #expect(refused.status == 125 && refused.output == "", sourceLocation: sourceLocation)
  #expect(refused.errors.contains("[unfilterable]"), "\(refused.errors)", sourceLocation: sourceLocation)
}

/// Makes requests with the test client under policies and returns how each ended.
func endings(
  _ policies: String..., requests: [String], options: [String] = [], environment: [String: String] = [:],
  sourceLocation: SourceLocation = #_sourceLocation
) throws -> [Ending] {
  let folder = try TemporaryFolder()
  var line: [String] = []
  for (index, policy) in policies.enumerated() {
    let file = try folder.create("\(index).toml", policy)
    line += [Lab.jail, "--policy", file.path(percentEncoded: false), "--"]
  }
  let outcome = try run(line + [Lab.client] + options + requests, environment: environment)
  try #require(outcome.status == 0, "client: \(outcome.errors)\(outcome.output)", sourceLocation: sourceLocation)
  let completions = try outcome.completions()
  try #require(completions.map(\.index) == Array(requests.indices), sourceLocation: sourceLocation)
  return completions.map { $0.error.map(Ending.failed) ?? .success }
}

/// A policy that allows the operations and nothing else.
func allowing(_ operations: String..., also: String = "") -> String {
  "policy = 1\n[operations]\nallow = [\(operations.map { "\"\($0)\"" }.joined(separator: ", "))]\n\(also)\n"
}
