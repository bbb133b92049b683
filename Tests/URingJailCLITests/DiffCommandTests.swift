import Foundation
import Testing

/// `diff`, each in a process of its own.
struct DiffCommandTests {
  /// Policies in a folder that the test's child processes find again by its path.
  private static let folder = URL(filePath: NSTemporaryDirectory()).appending(path: "uring-jail-diff-tests")

  private static let policies = [
    "old.toml":
      "policy = 1\n[operations]\nallow = [\"connect\"]\n[connect]\nallow = [{ to = \"10.0.0.0/8\", port = 443 }]\n",
    "same.toml":
      "policy = 1\n[connect]\nallow = [{ port = 443, to = [\"10.0.0.0/9\", \"10.128.0.0/9\"] }]\n[operations]\nallow = [\"connect\"]\n",
    "looser.toml":
      "policy = 1\n[operations]\nallow = [\"connect\"]\n[connect]\nallow = [{ to = \"10.0.0.0/8\", port = [443, 8443] }]\n",
    "stricter.toml":
      "policy = 1\n[operations]\nallow = [\"connect\"]\n[connect]\nallow = [{ to = \"10.0.0.0/9\", port = 443 }]\n",
    "wrong.toml": "policy = 1\n[operations]\nallow = [\"conect\"]\n",
    "odd.bpf": "\0\0\0",
    "refused.bpf": "\0\0\0\0\0\0\0\0",
  ]

  init() throws {
    try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
    for (name, text) in Self.policies {
      try Data(text.utf8).write(to: Self.folder.appending(path: name), options: .atomic)
    }
  }

  private static func path(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func theExitStatusSaysWhichWayAPolicyChanged() async throws {
    await #expect(processExitsWith: .exitCode(0)) {
      EntryTests.end("diff", Self.path("old.toml"), Self.path("same.toml"))
    }
    await #expect(processExitsWith: .exitCode(1)) {
      EntryTests.end("diff", Self.path("old.toml"), Self.path("stricter.toml"))
    }
    await #expect(processExitsWith: .exitCode(2)) {
      EntryTests.end("diff", Self.path("old.toml"), Self.path("looser.toml"))
    }
    await #expect(processExitsWith: .exitCode(2)) {
      EntryTests.end("diff", Self.path("stricter.toml"), Self.path("looser.toml"))
    }
    await #expect(processExitsWith: .exitCode(64)) { EntryTests.end("diff", Self.path("old.toml")) }
  }

  @Test func aDifferenceComesWithAnExampleAndTheLines() async throws {
    let result = try await #require(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
      EntryTests.end("diff", Self.path("old.toml"), Self.path("looser.toml"))
    }
    let output = text(result.standardOutputContent)
    #expect(
      output.contains(
        """
          connect
            to 10.0.0.0/8, port 8443
              such as: connect to=10.0.0.0:8443

        """))
    #expect(output.contains("denied: no entry of [connect] allow matches ("))
    #expect(output.contains("/old.toml:4)\n") && output.contains("/looser.toml:5)\n"))
    #expect(output.hasSuffix("The new policy is looser.\n"))
  }

  @Test func formsForProgramsSayTheSame() async throws {
    let asJSON = try await #require(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
      EntryTests.end("diff", "--json", Self.path("old.toml"), Self.path("looser.toml"))
    }
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(asJSON.standardOutputContent)) as? [String: Any])
    #expect(report["looser"] as? Bool == true && report["stricter"] as? Bool == false)
    let differences = try #require(report["differences"] as? [[String: Any]])
    #expect(differences.map { $0["requests"] as? String } == ["to 10.0.0.0/8, port 8443"])
    #expect(differences[0]["example"] as? String == "connect to=10.0.0.0:8443")
    #expect((differences[0]["old"] as? [String: Any])?["allowed"] as? Bool == false)

    let commands = try await #require(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
      EntryTests.end("diff", "--format", "github", Self.path("old.toml"), Self.path("looser.toml"))
    }
    let line = text(commands.standardOutputContent)
    #expect(line.hasPrefix("::warning file=") && line.contains("/looser.toml,line=5,"))
    #expect(line.contains("title=looser::now allowed: connect: to 10.0.0.0/8, port 8443%0A"))
  }

  @Test func precompiledPoliciesAndFiltersAreComparedAsWell() async throws {
    await #expect(processExitsWith: .exitCode(0)) {
      EntryTests.end("compile", "--output", Self.path("made.jail"), Self.path("old.toml"))
    }
    await #expect(processExitsWith: .exitCode(0)) {
      EntryTests.end(
        "compile", "--kernel", "7.3", "--format", "raw", "--output", Self.path("made.bpf"), Self.path("old.toml"))
    }
    await #expect(processExitsWith: .exitCode(0)) {
      EntryTests.end("diff", Self.path("old.toml"), Self.path("made.jail"))
    }
    await #expect(processExitsWith: .exitCode(2)) {
      EntryTests.end("diff", Self.path("made.jail"), Self.path("looser.toml"))
    }
    await #expect(processExitsWith: .exitCode(0)) {
      EntryTests.end("diff", "--operation", "connect", Self.path("made.bpf"), Self.path("made.jail"))
    }
    await #expect(processExitsWith: .exitCode(1)) {
      EntryTests.end("diff", "--operation", "connect", Self.path("looser.toml"), Self.path("made.bpf"))
    }
    let result = try await #require(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
      EntryTests.end("diff", Self.path("old.toml"), Self.path("made.bpf"))
    }
    #expect(text(result.standardErrorContent).contains("add '--operation NAME'"))
  }

  @Test(arguments: [
    ("wrong.toml", "did you mean 'connect'?"), ("missing.toml", "there is no such file"),
    ("odd.bpf", "its size is not a multiple of 8 bytes"), ("refused.bpf", "kernels refuse it"),
  ])
  func whatCannotBeComparedIsNeitherLooserNorStricter(_ name: String, _ message: String) async throws {
    let outcome = try await Shell.call(["diff", Self.path("old.toml"), Self.path(name)])
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains(message))
  }
}
