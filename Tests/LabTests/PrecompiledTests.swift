import Foundation
import Testing

/// Jails from precompiled policies.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct PrecompiledTests {
  private static let open = allowing(
    "nop", "openat", "socket", also: "[open]\naccess = \"read\"\n[register]\nallow = [\"files\"]\n")
  private static let requests = [
    "nop", "openat path=/etc/hostname", "openat path=/etc/hostname flags=wronly", "socket family=unix type=stream",
    "socket family=inet type=stream", "read",
  ]

  /// A file made from a policy, and the policy.
  private static func files(_ policy: String, in folder: TemporaryFolder) throws -> (text: String, file: String) {
    let text = try folder.create("policy.toml", policy).path(percentEncoded: false)
    let file = folder.path + "/policy.jail"
    let outcome = try run([Lab.jail, "compile", "--output", file, text])
    try #require(outcome.status == 0, "\(outcome.errors)")
    return (text, file)
  }

  private static func endings(_ policies: [String]) throws -> [Ending] {
    let outcome = try run(
      [Lab.jail] + policies.flatMap { ["--policy", $0] } + ["--", Lab.client, "--one-by-one"] + requests)
    try #require(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
    return try outcome.completions().map { $0.error.map(Ending.failed) ?? .success }
  }

  @Test func programUnderAFileCanDoWhatItCanUnderThePolicy() throws {
    let folder = try TemporaryFolder()
    let (text, file) = try Self.files(Self.open, in: folder)
    let expected: [Ending] = [.success, .success, .denied, .success, .success, .denied]
    #expect(try Self.endings([text]) == expected)
    // The policy is not needed any more.
    try FileManager.default.removeItem(atPath: text)
    #expect(try Self.endings([file]) == expected)
  }

  @Test func fileAndPolicyIntersect() throws {
    let folder = try TemporaryFolder()
    let file = try Self.files(Self.open, in: folder).file
    let other = try folder.create(
      "other.toml", allowing("nop", "socket", "read", also: "[socket]\nallow = [{ family = \"unix\" }]\n")
    ).path(percentEncoded: false)
    let expected: [Ending] = [.success, .denied, .denied, .success, .denied, .denied]
    #expect(try Self.endings([file, other]) == expected)
    #expect(try Self.endings([other, file]) == expected)
  }

  @Test func summaryIsAboutTheRunningKernel() throws {
    let outcome = try run([Lab.jail, "compile", "-"], input: Self.open)
    #expect(outcome.output.hasPrefix("<stdin>, for Linux \(Lab.kernelRelease)\n"))
  }
}
