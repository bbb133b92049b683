import Foundation
import TestSupport
import Testing

/// `check`, `test` and `operations`, each in a process of its own.
struct CommandTests {
  /// Policies by what is wrong with them, in a folder that the test's child processes find again by its path.
  private static let folder = URL(filePath: NSTemporaryDirectory()).appending(path: "uring-jail-command-tests")

  private static let policies = [
    "good.toml": "policy = 1\n[operations]\nallow = [\"nop\"]\n[register]\nallow = []\n"
      + "[[test]]\nrequest = \"nop\"\nexpect = \"allow\"\n",
    "warned.toml": "policy = 1\n[operations]\nallow = [\"nop\"]\n",
    "wrong.toml": "policy = 1\n[operations]\nallow = [\"nopp\"]\n",
    "including.toml": "policy = 1\ninclude = [\"none.toml\"]\n",
    "failing.toml": "policy = 1\n[register]\nallow = []\n[[test]]\nrequest = \"nop\"\nexpect = \"allow\"\n",
  ]

  init() throws {
    try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
    for (name, text) in Self.policies {
      try Data(text.utf8).write(to: Self.folder.appending(path: name), options: .atomic)
    }
  }

  private static func path(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  // MARK: check

  @Test func policyWithoutFindingsIsPassedInSilence() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(0), observing: [\.standardOutputContent, \.standardErrorContent]
    ) { EntryTests.end("check", "--accept-untrusted-policy", Self.path("good.toml")) }
    #expect(!text(result.standardOutputContent).contains("warning"))
    #expect(!text(result.standardErrorContent).contains("uring-jail"))
  }

  @Test func errorsEndWithOneAndWarningsOnlyWhereTheyAreWanted() async {
    await #expect(processExitsWith: .exitCode(1)) { EntryTests.end("check", Self.path("wrong.toml")) }
    await #expect(processExitsWith: .exitCode(1)) { EntryTests.end("check", Self.path("failing.toml")) }
    await #expect(processExitsWith: .exitCode(0)) { EntryTests.end("check", Self.path("warned.toml")) }
    await #expect(processExitsWith: .exitCode(1)) {
      EntryTests.end("check", "--warnings-as-errors", Self.path("warned.toml"))
    }
    await #expect(processExitsWith: .exitCode(1)) {
      EntryTests.end("check", Self.path("good.toml"), Self.path("missing.toml"))
    }
  }

  @Test func missingIncludeIsLookedForBesideTheFileThatNamesIt() async throws {
    let result = try await #require(processExitsWith: .exitCode(1), observing: [\.standardOutputContent]) {
      EntryTests.end("check", Self.path("including.toml"))
    }
    let output = text(result.standardOutputContent)
    #expect(output.contains("including.toml:2:12: error: cannot include 'none.toml': there is no such file"))
    #expect(output.contains("relative to the directory of this file"))
  }

  @Test func everyFileIsCheckedInOnePass() async throws {
    let result = try await #require(processExitsWith: .exitCode(1), observing: [\.standardOutputContent]) {
      EntryTests.end("check", Self.path("wrong.toml"), Self.path("warned.toml"), Self.path("failing.toml"))
    }
    let output = text(result.standardOutputContent)
    #expect(output.contains("wrong.toml:3:10: error: unknown operation 'nopp' [unknown-name]"))
    #expect(output.contains("did you mean 'nop'?"))
    #expect(output.contains("warned.toml:2:2: warning:"))
    #expect(output.contains("[test-failed]"))
    #expect(output.contains("2 errors, 1 warning") || output.contains("2 errors, 2 warnings"))
  }

  @Test func unreadablePolicyIsAFindingForPrograms() async throws {
    for (format, words) in [
      ("json", ["\"file\": \"none.toml\"", "\"policy-unreadable\"", "there is no such file"]),
      ("sarif", ["none.toml", "\"policy-unreadable\"", "there is no such file"]),
      ("github", ["::error file=none.toml", "there is no such file"]),
    ] {
      let outcome = try await Shell.call(["check", "--format", format, "none.toml"])
      #expect(outcome.status == 1)
      for word in words { #expect(outcome.output.contains(word), "\(format): \(outcome.output)") }
    }
  }

  @Test func everyDocumentForProgramsHasAVersion() async throws {
    for line in [
      ["check", "--json"], ["test", "--json"], ["explain", "--json"], ["compile", "--json"], ["prove", "--json"],
      ["diff", "--json", Self.path("warned.toml")],
    ] {
      let output = try await Shell.call(line + [Self.path("warned.toml")]).output
      let object = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
      #expect(object?["version"] as? Int == 1, "\(line): \(output)")
    }
    for line in [["operations", "--json"], ["operations", "--register", "--json"], ["probe", "--json"]] {
      let output = try await Shell.call(line).output
      let object = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
      #expect(object?["version"] as? Int == 1, "\(line): \(output)")
    }
  }

  @Test(arguments: ["json", "sarif"])
  func formatsForProgramsAreValidJSON(_ format: String) async throws {
    let outcome = try await Shell.call(["check", "--format", format, Self.path("wrong.toml")])
    #expect(outcome.status == 1)
    let output = outcome.output
    let start = try #require(output.firstIndex(of: "{"))
    let end = try #require(output.lastIndex(of: "}"))
    let object = try JSONSerialization.jsonObject(with: Data(output[start...end].utf8))
    #expect("\(object)".contains("unknown-name"))
  }

  @Test func explanationsAreFoundByID() async throws {
    let result = try await #require(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
      EntryTests.end("check", "--explain", "host-bits-set")
    }
    #expect(text(result.standardOutputContent).contains("host-bits-set (error): a prefix has bits beyond its length"))
    let mistake = try await #require(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
      EntryTests.end("check", "--explain", "host-bit-set")
    }
    #expect(text(mistake.standardErrorContent).contains("did you mean 'host-bits-set'?"))
  }

  @Test func usageErrorsAreNotAnswers() async {
    await #expect(processExitsWith: .exitCode(64)) { EntryTests.end("check") }
    await #expect(processExitsWith: .exitCode(64)) { EntryTests.end("check", "--format", "xml", "x") }
    await #expect(processExitsWith: .exitCode(64)) { EntryTests.end("check", "-", "-") }
    await #expect(processExitsWith: .exitCode(64)) { EntryTests.end("test") }
    await #expect(processExitsWith: .exitCode(64)) { EntryTests.end("operations", "nopp") }
  }

  // MARK: test

  @Test func testsAreReportedAsTAP() async throws {
    let result = try await #require(processExitsWith: .exitCode(1), observing: [\.standardOutputContent]) {
      EntryTests.end("test", Self.path("good.toml"), Self.path("failing.toml"))
    }
    let output = text(result.standardOutputContent)
    #expect(output.contains("TAP version 14\n1..2\nok 1 - nop: allow\nnot ok 2 - nop: allow\n"))
    #expect(output.contains("  expected: allow\n  got: deny\n  reason: \"[operations] does not allow 'nop'\"\n"))
  }

  @Test func policyThatCannotBeTestedIsNoSuccess() async throws {
    let result = try await #require(processExitsWith: .exitCode(1), observing: [\.standardOutputContent]) {
      EntryTests.end("test", Self.path("wrong.toml"))
    }
    #expect(text(result.standardOutputContent).contains("Bail out!"))
    await #expect(processExitsWith: .exitCode(1)) { EntryTests.end("test", Self.path("missing.toml")) }
    await #expect(processExitsWith: .exitCode(0)) { EntryTests.end("test", Self.path("good.toml")) }
  }

  // MARK: operations

  @Test func operationsAreListedByNameGroupAndNumber() async throws {
    let result = try await #require(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
      EntryTests.end("operations", "openat2", "@futex", "45")
    }
    let output = text(result.standardOutputContent)
    for words in ["28  openat2", "futex_waitv", "[open]: access, flags, mode, resolve", "[socket]: family", "6.7"] {
      #expect(output.contains(words), "\(words)")
    }
    #expect(!output.contains("unlinkat"))
  }

  @Test func operationsAreListedAsJSON() async throws {
    for list in ["operations", "register"] {
      let outcome = try await Shell.call(["operations", "--json"] + (list == "register" ? ["--register"] : []))
      #expect(outcome.status == 0)
      let output = outcome.output
      let start = try #require(output.firstIndex(of: "{"))
      let end = try #require(output.lastIndex(of: "}"))
      let parsed = try JSONSerialization.jsonObject(with: Data(output[start...end].utf8))
      let object = try #require(parsed as? [String: Any])
      let rows = try #require((object["operations"] ?? object["register_opcodes"]) as? [[String: Any]])
      #expect(rows.count == (list == "operations" ? 65 : 38))
      #expect(rows.allSatisfy { ($0["groups"] as? [String])?.isEmpty == false })
    }
  }
}
