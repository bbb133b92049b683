import Diagnostics
import Policy
import PolicyLanguage
import TestSupport
import Testing
import URingABI

/// Files in memory, each with an identity of its own.
struct FakeFiles: PolicyFiles {
  var texts: [String: String]
  /// Files that others than their owner could change.
  var distrusted: Set<String> = []

  func read(_ path: [UInt8]) throws(PolicyFileFailure) -> PolicyText {
    let name = String(decoding: path, as: UTF8.self)
    guard let text = texts[name] else { throw PolicyFileFailure("there is no such file", help: "check the path") }
    let folder = path.prefix(upTo: path.lastIndex(of: UInt8(ascii: "/")) ?? 0)
    let number = texts.keys.sorted().firstIndex(of: name) ?? 0
    return PolicyText(
      name: name, bytes: Array(text.utf8), folder: Array(folder),
      identity: PolicyText.Identity(device: 1, inode: UInt64(number)),
      distrust: distrusted.contains(name) ? "others can change this file" : nil)
  }

  func load(_ name: String = "/p/root.toml") throws -> PolicyLoader.Result {
    PolicyLoader.load(try read(Array(name.utf8)), files: self)
  }
}

/// Something wrong with files that include each other: the finding, in which file, and at which marker of it.
struct IncludeCase: Sendable, CustomTestStringConvertible {
  let id: Diagnostic.ID
  /// By name; the root is `/p/root.toml`.
  let marked: [String: String]
  /// The file that has the markers 1 and 2 around the place.
  let file: String
  var distrusted: Set<String> = []

  var testDescription: String { "\(id.name) in \(file)" }

  static let all = [
    IncludeCase(
      id: PolicyDiagnostics.includeUnreadable, marked: ["/p/root.toml": "policy = 1\ninclude = [⟨1⟩\"no.toml\"⟨2⟩]\n"],
      file: "/p/root.toml"),
    IncludeCase(
      id: PolicyDiagnostics.includeCycle,
      marked: [
        "/p/root.toml": "policy = 1\ninclude = \"a.toml\"\n",
        "/p/a.toml": "policy = 1\ninclude = ⟨1⟩\"root.toml\"⟨2⟩\n",
      ], file: "/p/a.toml"),
    IncludeCase(
      id: PolicyDiagnostics.includeCycle, marked: ["/p/root.toml": "policy = 1\ninclude = ⟨1⟩\"root.toml\"⟨2⟩\n"],
      file: "/p/root.toml"),
    IncludeCase(
      id: PolicyDiagnostics.conflictingValues,
      marked: [
        "/p/root.toml": "policy = 1\ninclude = \"a.toml\"\n[operations]\ndefault = ⟨1⟩\"deny\"⟨2⟩\n",
        "/p/a.toml": "policy = 1\n[operations]\ndefault = \"allow\"\n",
      ], file: "/p/root.toml"),
    IncludeCase(
      id: PolicyDiagnostics.missingVersion,
      marked: ["/p/root.toml": "policy = 1\ninclude = \"/q/a.toml\"\n", "/q/a.toml": "⟨1⟩⟨2⟩[operations]\n"],
      file: "/q/a.toml"),
    IncludeCase(
      id: PolicyDiagnostics.untrustedFile,
      marked: ["/p/root.toml": "policy = 1\ninclude = \"a.toml\"\n", "/p/a.toml": "⟨1⟩⟨2⟩policy = 1\n"],
      file: "/p/a.toml", distrusted: ["/p/a.toml"]),
    IncludeCase(id: PolicyDiagnostics.tooManyIncludes, marked: long(64), file: "/p/63.toml"),
  ]

  /// A row of files that include the next one.
  private static func long(_ count: Int) -> [String: String] {
    var texts = ["/p/root.toml": "policy = 1\ninclude = \"1.toml\"\n"]
    for number in 1...count {
      let next = "\"\(number + 1).toml\""
      texts["/p/\(number).toml"] = "policy = 1\ninclude = \(number == 63 ? "⟨1⟩\(next)⟨2⟩" : next)\n"
    }
    return texts
  }
}

struct IncludeTests {
  @Test(arguments: IncludeCase.all)
  func mistakeIsReportedInTheFileThatHasIt(_ example: IncludeCase) throws {
    let files = FakeFiles(
      texts: example.marked.mapValues { String(decoding: MarkedSource($0).source.bytes, as: UTF8.self) },
      distrusted: example.distrusted)
    let result = try files.load()
    #expect(result.diagnostics.map(\.id) == [example.id])
    let found = try #require(result.diagnostics.first)
    let source = try #require(result.sources.first { $0.id == found.span.source })
    let text = MarkedSource(try #require(example.marked[example.file]))
    #expect(source.name == example.file)
    #expect(found.span.range == text.offset(1)..<text.offset(2))
    #expect((result.policy == nil) == (found.severity == .error))
  }

  @Test func listsAndTablesOfIncludedFilesUnite() throws {
    let files = FakeFiles(texts: [
      "/p/root.toml": "policy = 1\ninclude = [\"a.toml\", \"sub/b.toml\"]\n[operations]\nallow = [\"read\"]\n",
      "/p/a.toml": "policy = 1\n[operations]\nallow = [\"write\"]\ndeny = [\"nop\"]\n",
      "/p/sub/b.toml": "policy = 1\ninclude = \"../a.toml\"\n[process]\nno-new-privileges = false\n",
    ])
    let result = try files.load()
    #expect(result.diagnostics.map(\.id) == [PolicyDiagnostics.includeUnreadable], "'..' is no path of these files")
    let plain = FakeFiles(texts: files.texts.merging(["/p/sub/../a.toml": "policy = 1\n"]) { $1 })
    let policy = try #require(try plain.load().policy)
    #expect(Set(policy.operations.allow.map(\.value.name)) == ["read", "write"])
    #expect(policy.operations.deny.map(\.value.name) == ["nop"])
    #expect(!policy.process.noNewPrivileges)
  }

  @Test func fileThatIsReachedTwiceCountsOnce() throws {
    let files = FakeFiles(texts: [
      "/p/root.toml": "policy = 1\ninclude = [\"a.toml\", \"b.toml\"]\n",
      "/p/a.toml": "policy = 1\ninclude = \"c.toml\"\n", "/p/b.toml": "policy = 1\ninclude = \"c.toml\"\n",
      "/p/c.toml": "policy = 1\n[operations]\nallow = [\"read\"]\n",
    ])
    let result = try files.load()
    #expect(result.diagnostics == [])
    #expect(result.policy?.operations.allow.map(\.value.name) == ["read"])
    #expect(result.sources.map(\.name) == ["/p/root.toml", "/p/a.toml", "/p/c.toml", "/p/b.toml"])
  }

  @Test func sixtyFourFilesAreNotTooMany() throws {
    var texts = ["/p/63.toml": "policy = 1\n"]
    for number in 1..<63 { texts["/p/\(number).toml"] = "policy = 1\ninclude = \"\(number + 1).toml\"\n" }
    texts["/p/root.toml"] = "policy = 1\ninclude = \"1.toml\"\n"
    let result = try FakeFiles(texts: texts).load()
    #expect(result.diagnostics == [])
    #expect(result.sources.count == 64)
  }

  @Test func descriptionIsThatOfTheIncludingFile() throws {
    var files = FakeFiles(texts: [
      "/p/root.toml": "policy = 1\ninclude = \"a.toml\"\ndescription = \"root\"\n",
      "/p/a.toml": "policy = 1\ndescription = \"a\"\n",
    ])
    #expect(try files.load().policy?.description == "root")
    files.texts["/p/root.toml"] = "policy = 1\ninclude = \"a.toml\"\n"
    #expect(try files.load().policy?.description == "a")
  }

  @Test func sameValueInTwoFilesIsNoConflict() throws {
    let files = FakeFiles(texts: [
      "/p/root.toml": "policy = 1\ninclude = \"a.toml\"\n[operations]\ndefault = \"allow\"\n",
      "/p/a.toml": "policy = 1\n[operations]\ndefault = 'allow'\n",
    ])
    let result = try files.load()
    #expect(result.diagnostics == [])
    #expect(result.policy?.operations.byDefault == .allow)
  }
}
