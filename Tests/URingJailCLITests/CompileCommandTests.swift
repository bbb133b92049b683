import Foundation
import TestSupport
import Testing

/// `compile` and `prove`, each in a process of its own.
struct CompileCommandTests {
  /// Policies in a folder that the test's child processes find again by its path.
  private static let folder = URL(filePath: NSTemporaryDirectory()).appending(path: "uring-jail-compile-tests")

  private static let policies = [
    "connect.toml": "policy = 1\n[operations]\nallow = [\"connect\"]\n[connect]\nallow = [{ port = 443 }]\n",
    "open.toml": "policy = 1\n[operations]\nallow = [\"nop\", \"openat\", \"openat2\"]\n[open]\naccess = \"read\"\n",
    "wrong.toml": "policy = 1\n[operations]\nallow = [\"nopp\"]\n",
    "damaged.jail": "\u{89}URINGJAIL\r\n",
  ]

  init() throws {
    try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
    for (name, text) in Self.policies {
      let bytes = name.hasSuffix(".jail") ? Data(text.unicodeScalars.map { UInt8($0.value) }) : Data(text.utf8)
      try bytes.write(to: Self.folder.appending(path: name), options: .atomic)
    }
  }

  private static func path(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  // MARK: Mistakes

  @Test func kernelThatShowsTooLittleIsRefusedWithTheLine() async throws {
    for command in ["compile", "prove"] {
      let outcome = try await Shell.call([command, "--kernel", "7.0", Self.path("connect.toml")])
      #expect(outcome.status == 1)
      let errors = outcome.errors
      #expect(errors.contains("connect.toml:4:2: error: this kernel does not show filters the arguments of 'connect'"))
      #expect(errors.contains("boot Linux 7.2 or newer"))
      #expect(errors.contains("for Linux 7.0; nothing is \(command == "prove" ? "proven" : "written")\n"))
    }
    await #expect(processExitsWith: .exitCode(0)) {
      EntryTests.end("compile", "--kernel", "7.2", Self.path("connect.toml"))
    }
  }

  @Test func policyThatCannotBeCompiledIsNotWritten() async throws {
    let output = Self.folder.appending(path: "from-wrong.jail")
    try? FileManager.default.removeItem(at: output)
    let wrong = try await #require(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      EntryTests.end("compile", "--output", Self.path("from-wrong.jail"), Self.path("wrong.toml"))
    }
    #expect(text(wrong.standardErrorContent).contains("wrong.toml:3:10: error: unknown operation 'nopp'"))
    #expect(!FileManager.default.fileExists(atPath: output.path(percentEncoded: false)))
    for name in ["missing.toml", ""] {
      let outcome = try await Shell.call(["compile", Self.path(name)])
      #expect(outcome.status == 1)
      #expect(
        outcome.errors.contains(
          name.isEmpty ? "it is a directory, not a file" : "there is no such file"))
    }
  }

  @Test func outputThatCannotBeWrittenIsSaidWhy() async throws {
    for (name, reason) in [
      ("none/x.jail", "its directory does not exist"), ("", "it is a directory (name a file in it)"),
    ] {
      let outcome = try await Shell.call(
        ["compile", "--format", "jail", "--output", Self.path(name), Self.path("open.toml")])
      #expect(outcome.status == 1)
      #expect(outcome.errors.hasSuffix("': \(reason)\n"))
    }
  }

  @Test func mistakesOfTheCommandLineAreNotAnswers() async throws {
    let lines: [([String], String)] = [
      (["compile"], "Missing the policies to compile"),
      (["prove"], "Missing the policies to prove"),
      (["compile", "--operation", "opnat2", "x"], "There is no operation 'opnat2'; did you mean 'openat2'?"),
      (["compile", "--format", "xml", "x"], "one of the following: summary, asm, c, json, raw, dot, jail"),
      (["compile", "--format", "jail", "x"], "'--output FILE.jail'"),
      (["compile", "--kernel", "7.2", "--output", "x.jail", "x"], "is for every kernel"),
      (["compile", "--kernel", "6.12", "x"], "Linux 6.12 has no io_uring filters; 7.0 is the first"),
      (["prove", "--kernel", "9.0", "x"], "Linux 9.0 is not known to this uring-jail"),
      (["prove", "--kernel", "7.4.1", "x"], "Linux 7.4 is not known to this uring-jail"),
      (["compile", "--kernel", "7.2-rc5", "x"], "'7.2-rc5' is a release candidate, which uring-jail does not know"),
      (["compile", "--kernel", "7.2.x", "x"], "'7.2.x' is not a kernel release"),
      (["compile", "--kernel", "7", "x"], "write it as '7.2'"),
      (["compile", "-", "-"], "given twice"),
      (["compil", "x"], "did you mean 'compile'?"),
      (["compile", "--fromat", "c", "x"], "did you mean '--format'?"),
    ]
    for (line, message) in lines {
      let outcome = try await Shell.call(line)
      #expect(outcome.status == 64)
      #expect(outcome.errors.contains(message), "\(line): \(outcome.errors)")
    }
  }

  @Test func rawAsksForOneOfSeveralFilters() async throws {
    let several = try await #require(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      EntryTests.end("compile", "--format", "raw", Self.path("open.toml"))
    }
    #expect(
      text(several.standardErrorContent).contains(
        "has 2 filters, and format raw is for one (choose one with '--operation NAME', of openat, openat2)"))
    let none = try await #require(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      EntryTests.end("compile", "--format", "raw", "--operation", "nop", Self.path("open.toml"))
    }
    #expect(text(none.standardErrorContent).contains("'nop' has no filter"))
  }

  // MARK: Precompiled policies

  @Test func writtenFileIsReplacedWholeAndReadAgain() async throws {
    let output = Self.folder.appending(path: "written.jail")
    try Data("old".utf8).write(to: output)
    await #expect(processExitsWith: .exitCode(0)) {
      EntryTests.end("compile", "--output", Self.path("written.jail"), Self.path("open.toml"))
    }
    #expect(try Data(contentsOf: output).starts(with: [0x89] + Array("URINGJAIL\r\n".utf8)))
    let left = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path(percentEncoded: false))
    #expect(!left.contains { $0.hasSuffix(".new") })
    let result = try await #require(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
      EntryTests.end("compile", "--kernel", "7.2", Self.path("written.jail"))
    }
    #expect(
      text(result.standardOutputContent).contains("written.jail, for Linux 7.2\n4 restrictions, registered first"))
  }

  @Test func privilegedCallerIsWarnedOfPoliciesThatOthersCouldChange() async throws {
    try Data("policy = 1\n".utf8).write(to: Self.folder.appending(path: "shared.toml"))
    try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: Self.path("shared.toml"))
    let result = try await #require(processExitsWith: .exitCode(0), observing: [\.standardErrorContent]) {
      EntryTests.end("compile", "--output", Self.path("shared.jail"), Self.path("shared.toml"))
    }
    #expect(text(result.standardErrorContent).contains("[untrusted-file]") == (geteuid() == 0))
  }

  @Test func linkIsFollowedAndStays() async throws {
    let link = Self.folder.appending(path: "link.json")
    try? FileManager.default.removeItem(at: link)
    try Data().write(to: Self.folder.appending(path: "linked.json"))
    try FileManager.default.createSymbolicLink(
      atPath: link.path(percentEncoded: false), withDestinationPath: "linked.json")
    await #expect(processExitsWith: .exitCode(0)) {
      EntryTests.end("compile", "--format", "json", "--output", Self.path("link.json"), Self.path("open.toml"))
    }
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: link.path(percentEncoded: false)) == "linked.json")
    #expect(try String(contentsOf: Self.folder.appending(path: "linked.json"), encoding: .utf8).hasPrefix("{"))
  }

  @Test func policyIsNotReplacedByWhatIsMadeOfIt() async throws {
    let folder = try Shell.Folder([
      "p.toml": "policy = 1\n[operations]\nallow = [\"nop\"]\n", "q.toml": "policy = 1\ninclude = \"p.toml\"\n",
    ])
    for (output, input) in [
      ("p.toml", "./p.toml"), ("./p.toml", "p.toml"), ("p.toml", "q.toml"), ("$PWD/p.toml", "p.toml"),
    ] {
      let outcome = try await Shell.run("uring-jail compile --format json --output \(output) \(input)", in: folder)
      #expect(outcome.status == 1)
      #expect(
        outcome.errors.contains("itself, which would be lost (name another file with '--output')"), "\(outcome.errors)")
    }
    #expect(try String(contentsOfFile: "\(folder.path)/p.toml", encoding: .utf8).hasPrefix("policy = 1\n"))
  }

  @Test func commandsAboutTheTextRefuseAFileWithoutOne() async throws {
    await #expect(processExitsWith: .exitCode(0)) {
      EntryTests.end("compile", "--output", Self.path("textless.jail"), Self.path("open.toml"))
    }
    for command in ["check", "test", "prove"] {
      let outcome = try await Shell.call([command, Self.path("textless.jail")])
      #expect(outcome.status == 1)
      #expect(
        outcome.errors.contains(
          "is a precompiled policy, which does not contain the text of a policy (name the policy that it was"))
    }
  }

  @Test func damagedFileIsSaidToBe() async throws {
    let result = try await #require(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      EntryTests.end("compile", Self.path("damaged.jail"))
    }
    #expect(
      text(result.standardErrorContent).contains(
        "it is cut off, or something was added to it (compile the policy again"))
  }

  // MARK: Proofs

  @Test func provenPoliciesSaySoAndWhatWasLookedAt() async throws {
    let result = try await #require(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
      EntryTests.end("prove", "--kernel", "7.2", Self.path("open.toml"), Self.path("connect.toml"))
    }
    let output = text(result.standardOutputContent)
    #expect(
      output.contains("open.toml: proven for Linux 7.2: for every request, the kernel would do what the policy says\n"))
    #expect(output.contains("connect.toml: proven for Linux 7.2"))
    #expect(output.contains("  openat: ") && output.contains("  openat2: ") && output.contains("  connect: "))
    #expect(output.contains(" instructions, as the policy says\n"))
  }

  @Test func proofsAreWrittenAsJSON() async throws {
    let result = try await #require(processExitsWith: .exitCode(1), observing: [\.standardOutputContent]) {
      EntryTests.end("prove", "--json", "--kernel", "7.0", Self.path("open.toml"), Self.path("connect.toml"))
    }
    let output = text(result.standardOutputContent)
    let start = try #require(output.firstIndex(of: "["))
    let end = try #require(output.lastIndex(of: "]"))
    let parsed = try JSONSerialization.jsonObject(with: Data(output[start...end].utf8))
    let reports = try #require(parsed as? [[String: Any]])
    // What cannot be compiled for the kernel has no proof, and the exit status says that something is missing.
    try #require(reports.count == 1)
    #expect(reports[0]["proven"] as? Bool == true && reports[0]["kernel"] as? String == "Linux 7.0")
    let operations = try #require(reports[0]["operations"] as? [[String: Any]])
    #expect(operations.allSatisfy { $0["outcome"] as? String == "agreed" })
    #expect(
      operations.filter { $0["programs"] as? Int == 1 }.compactMap { $0["operation"] as? String } == [
        "openat", "openat2",
      ])
    #expect((reports[0]["counterexamples"] as? [Any])?.isEmpty == true)
  }

  @Test func whatCannotBeReadIsNotProven() async {
    await #expect(processExitsWith: .exitCode(1)) { EntryTests.end("prove", Self.path("wrong.toml")) }
    await #expect(processExitsWith: .exitCode(1)) {
      EntryTests.end("prove", Self.path("open.toml"), Self.path("missing.toml"))
    }
  }
}
