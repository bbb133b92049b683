import Foundation
import Testing

/// What `uring-escapes` prints about a trick.
struct EscapeReport: Decodable {
  struct Call: Decodable {
    let what: String
    /// What the kernel answered; an error is negated.
    let result: Int
  }

  let trick: String
  /// True if an attempt succeeded.
  let escaped: Bool
  /// What the jail shall deny.
  let attempts: [Call]
  /// What the trick needs on the way.
  let steps: [Call]
}

extension Outcome {
  /// The report of the one trick that ran.
  func escapeReport(sourceLocation: SourceLocation = #_sourceLocation) throws -> EscapeReport {
    try #require(status == 0, "\(errors)\(output)", sourceLocation: sourceLocation)
    let lines = output.split(separator: "\n")
    try #require(lines.count == 1, "\(output)", sourceLocation: sourceLocation)
    return try JSONDecoder().decode(EscapeReport.self, from: Data(lines[0].utf8))
  }
}

/// One way to get out of a jail: what `uring-escapes` is called with, and what surrounds it.
struct Escape {
  /// The sub-command and its arguments.
  var trick: [String]
  /// The command line outside the jail; empty where nothing of the trick happens there.
  var outside: [String] = []
  /// Who runs the trick, inside the jail.
  var inside: [String] = []

  init(_ trick: String..., outside: [String] = [], inside: [String] = []) {
    self.trick = trick
    self.outside = outside
    self.inside = inside
  }

  private var attack: [String] { inside + [Lab.escapes] + trick }

  /// Without a jail.
  func runFreely() throws -> Outcome { try LabTests.run(outside + attack) }

  func run(under policies: [String]) throws -> Outcome {
    let folder = try TemporaryFolder()
    var line = outside
    for (index, policy) in policies.enumerated() {
      let file = try folder.create("\(index).toml", policy)
      line += [Lab.jail, "--policy", file.path(percentEncoded: false), "--"]
    }
    return try LabTests.run(line + attack)
  }

  /// Holds the trick against a policy: it works without the jail, so that the test can fail, and is denied with it,
  /// registered as restrictions and filters, and as filters alone.
  ///
  /// `errors`: what each attempt may end with in the jail.
  func expectDenied(
    under policy: String, errors: Set<Int> = [-13], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let free = try runFreely().escapeReport(sourceLocation: sourceLocation)
    #expect(free.escaped, "without the jail: \(free)", sourceLocation: sourceLocation)
    for policies in [[policy], [OperationTests.outer, policy]] {
      let jailed = try run(under: policies).escapeReport(sourceLocation: sourceLocation)
      #expect(!jailed.escaped, "in the jail: \(jailed)", sourceLocation: sourceLocation)
      #expect(!jailed.attempts.isEmpty, sourceLocation: sourceLocation)
      #expect(
        jailed.attempts.allSatisfy { errors.contains($0.result) }, "in the jail: \(jailed)",
        sourceLocation: sourceLocation)
    }
    Self.note(trick[0], free: free.escaped ? "works" : "fails", jailed: "denied")
  }

  /// The same for a trick that must not even lead to the start of the target.
  func expectRefused(
    under policy: String, saying message: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let free = try runFreely().escapeReport(sourceLocation: sourceLocation)
    #expect(free.escaped, "without the jail: \(free)", sourceLocation: sourceLocation)
    let outcome = try run(under: [policy])
    #expect(outcome.status == 125, sourceLocation: sourceLocation)
    #expect(outcome.output == "", sourceLocation: sourceLocation)
    #expect(outcome.errors.contains(message), "\(outcome.errors)", sourceLocation: sourceLocation)
    Self.note(trick[0], free: "works", jailed: "refused")
  }

  /// A line for the table of `make test-kernels`.
  static func note(_ trick: String, free: String, jailed: String) {
    if Lab.environment["URING_JAIL_TEST_TABLE"] != nil { print("escape: \(trick) \(free)/\(jailed)") }
  }
}
