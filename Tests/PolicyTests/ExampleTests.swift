import Diagnostics
import Foundation
import Policy
import PolicyLanguage
import TestSupport
import Testing
import URingABI

/// The policies in examples/, which readers copy: they do what they say, and no more is remarked on than they admit.
@Suite struct ExampleTests {
  /// The warnings that each example comes with, which a comment in it explains.
  private static let warnings: [String: [Diagnostic.ID]] = [
    "build-step.toml": [],
    "database.toml": [PolicyDiagnostics.helperProgram],
    "deny-everything.toml": [],
    "deny-list.toml": [PolicyDiagnostics.defaultAllow],
    "fio-read-only.toml": [],
    "tcp-proxy.toml": [
      PolicyDiagnostics.newerKernel, PolicyDiagnostics.sourceRoute, PolicyDiagnostics.helperProgram,
    ],
    "web-client.toml": [],
    "web-server.toml": [PolicyDiagnostics.helperProgram],
  ]

  private func read(_ file: URL) throws -> (text: String, policy: ReadPolicy) {
    let text = try String(contentsOf: file, encoding: .utf8)
    return (text, ReadPolicy(whole: text))
  }

  @Test func everyExampleIsThere() throws {
    let names = try Repository.examples().map(\.lastPathComponent)
    #expect(Set(Self.warnings.keys).isSubset(of: names))
  }

  /// `test-failed` is an error.
  @Test(arguments: try Repository.examples())
  func exampleHasNoErrorAndItsTestsHold(file: URL) throws {
    let policy = try read(file).policy
    #expect(policy.diagnostics.filter { $0.severity == .error } == [])
    #expect(policy.policy != nil)
  }

  @Test(arguments: warnings.sorted { $0.key < $1.key })
  func exampleComesWithTheWarningsThatItAdmits(name: String, expected: [Diagnostic.ID]) throws {
    let (text, policy) = try read(Repository.root.appending(path: "examples/\(name)"))
    #expect(policy.diagnostics.map(\.id) == expected)
    let comments = text.split(separator: "\n").filter { $0.contains("#") }
    for id in expected {
      #expect(comments.contains { $0.contains(id.name) }, "no comment explains \(id)")
    }
  }

  @Test(arguments: warnings.keys.sorted())
  func exampleIsDocumentedAndTested(name: String) throws {
    let (text, read) = try read(Repository.root.appending(path: "examples/\(name)"))
    let policy = try #require(read.policy)
    #expect(text.hasPrefix("#:schema ../schema/uring-jail-policy.schema.json\n"))
    #expect(text.contains("uring-jail --policy \(name) -- "), "no comment shows how to use it")
    #expect(policy.description?.isEmpty == false)
    #expect(policy.tests.count >= 4)
    #expect(policy.tests.contains { $0.expectation == .deny })
    let allowsSomething = Operation.known.contains(where: policy.operations.permits)
    #expect(policy.tests.contains { $0.expectation == .allow } == allowsSomething)
  }

  /// A policy whose tests pass whatever it says would prove nothing.
  @Test(arguments: warnings.keys.sorted())
  func testsOfAnExampleFailUnderAnotherPolicy(name: String) throws {
    let (_, read) = try read(Repository.root.appending(path: "examples/\(name)"))
    let policy = try #require(read.policy)
    for byDefault in OperationRules.Default.allCases {
      let other = Policy(operations: OperationRules(byDefault: byDefault))
      let deniesEverything = byDefault == .deny && !Operation.known.contains(where: policy.operations.permits)
      let failures = policy.tests.filter { test in
        ReferenceEvaluator.decide(test.request, under: other).isAllowed != (test.expectation == .allow)
      }
      #expect(!failures.isEmpty || deniesEverything, "\(byDefault)")
    }
  }
}
