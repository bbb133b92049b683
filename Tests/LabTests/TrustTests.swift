import Foundation
import Testing

/// Policies that others could change, as root meets them.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct TrustTests {
  private func start(_ file: URL, _ options: [String] = []) throws -> Outcome {
    try run([Lab.jail, "--policy", file.path(percentEncoded: false)] + options + ["--", Lab.client, "nop"])
  }

  private func change(_ file: URL, owner: Int? = nil, permissions: Int) throws {
    var attributes: [FileAttributeKey: Any] = [.posixPermissions: permissions]
    if let owner { attributes[.ownerAccountID] = owner }
    try FileManager.default.setAttributes(attributes, ofItemAtPath: file.path(percentEncoded: false))
  }

  @Test func policyThatOthersCanWriteIsRefusedUnlessItIsAccepted() throws {
    let folder = try TemporaryFolder()
    let file = try folder.create("p.toml", allowing("nop"))
    try change(file, permissions: 0o644)
    #expect(try start(file).status == 0)
    for permissions in [0o664, 0o646, 0o666] {
      try change(file, permissions: permissions)
      let outcome = try start(file)
      #expect(outcome.status == 125)
      #expect(outcome.output == "")
      #expect(outcome.errors.contains("others could change it: '"), "\(outcome.errors)")
      #expect(outcome.errors.contains("--accept-untrusted-policy"))
      #expect(try start(file, ["--accept-untrusted-policy"]).status == 0)
    }
  }

  @Test func policyOfAnotherUserIsRefused() throws {
    let folder = try TemporaryFolder()
    let file = try folder.create("p.toml", allowing("nop"))
    try change(file, owner: 1000, permissions: 0o644)
    let outcome = try start(file)
    #expect(outcome.status == 125)
    #expect(outcome.errors.contains("belongs to user 1000"))
  }

  @Test func includeThatOthersCanWriteIsRefusedAtItsPlace() throws {
    let folder = try TemporaryFolder()
    let file = try folder.create("p.toml", "policy = 1\ninclude = [\"base.toml\"]\n")
    let base = try folder.create("base.toml", allowing("nop"))
    try change(base, permissions: 0o644)
    #expect(try start(file).status == 0)
    try change(base, permissions: 0o666)
    let outcome = try start(file)
    #expect(outcome.status == 125)
    #expect(outcome.errors.contains("p.toml:2:12: error: cannot include 'base.toml': others could change it"))
  }

  @Test func folderThatOthersCanWriteIsRefused() throws {
    let folder = try TemporaryFolder()
    let inner = URL(filePath: folder.path).appending(path: "inner")
    try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: false)
    let file = inner.appending(path: "p.toml")
    try Data(Lab.acceptingExecHole(allowing("nop")).utf8).write(to: file)
    try change(file, permissions: 0o644)
    try change(inner, permissions: 0o777)
    let outcome = try start(file)
    #expect(outcome.status == 125)
    #expect(outcome.errors.contains("inner' is writable by group and others"), "\(outcome.errors)")
  }

  @Test func policyOnStandardInputIsTheCallersOwn() throws {
    let folder = try TemporaryFolder()
    let file = try folder.create("p.toml", allowing("nop"))
    try change(file, permissions: 0o666)
    let outcome = try run([
      "sh", "-c", "\"$0\" --policy - -- \"$1\" nop < \"$2\"", Lab.jail, Lab.client, file.path(percentEncoded: false),
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
  }
}
