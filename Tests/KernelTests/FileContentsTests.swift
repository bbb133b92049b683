import Kernel
import Testing

/// What is known of a file that was read, and what comes of those that cannot be.
struct FileContentsTests {
  private let text = "policy = 1\n"
  private let files = FakeFiles()

  private func read(_ path: String) throws -> FileContents {
    try FileReader(files, trust: .required(caller: 0)).read(FilePath(path), limit: 1000)
  }

  @Test(arguments: [
    ("/etc/uring-jail/web.toml", "/etc/uring-jail"), ("/web.toml", "/"), ("///web.toml", "/"), ("web.toml", ""),
    ("./web.toml", "."), ("../web.toml", ".."), ("a/b//web.toml", "a/b"), ("/a/../web.toml", "/a/.."), ("/a/", "/a"),
  ])
  func folderIsTheDirectoryPartAsItWasWritten(_ path: String, _ folder: String) {
    #expect(String(decoding: FilePath(path).folder, as: UTF8.self) == folder)
  }

  @Test func folderOfALinkIsWhereTheLinkIs() throws {
    files.file("/srv/policies/web.toml", text)
    files.link("/etc/web.toml", to: "/srv/policies/web.toml")
    let contents = try read("/etc/web.toml")
    #expect(contents.folder == Array("/etc".utf8))
    #expect(contents.name == "/etc/web.toml")
  }

  @Test func identityIsThatOfTheFileWhateverLeadsToIt() throws {
    files.file("/srv/policies/web.toml", text)
    files.file("/srv/policies/other.toml", text)
    files.link("/etc/web.toml", to: "/srv/policies/web.toml")
    #expect(try read("/etc/web.toml").identity == read("/srv/./policies/web.toml").identity)
    #expect(try read("/etc/web.toml").identity != read("/srv/policies/other.toml").identity)
  }

  @Test func pipeHasNoFolder() throws {
    files.put(files.node(.pipe, 0o600), at: "/run/policy")
    #expect(try read("/run/policy").folder == nil)
  }

  @Test func fileAsLargeAsTheLimitIsReadAndALargerOneIsNot() {
    files.file("/web.toml", "0123456789")
    #expect(Outcome.of("/web.toml", files, limit: 10) == .text("0123456789"))
    #expect(Outcome.of("/web.toml", files, limit: 9) == .tooLarge)
    #expect(files.held.isEmpty)
  }

  @Test func fileThatGrowsPastTheLimitIsTooLarge() {
    files.file("/web.toml", "0123456789").claimedSize = 3
    #expect(Outcome.of("/web.toml", files, limit: 9) == .tooLarge)
    #expect(Outcome.of("/web.toml", files, limit: 10) == .text("0123456789"))
  }

  @Test func untrustedFileThatIsTooLargeIsUntrusted() {
    files.file("/web.toml", "0123456789", 0o666)
    #expect(Outcome.of("/web.toml", files, limit: 9) == .refused("'/web.toml' is writable by group and others"))
  }

  // MARK: Standard input

  @Test(arguments: [FileStatus.Kind.regular, .pipe, .other])
  func standardInputIsReadWhateverItIsAndWhoeverMadeIt(_ kind: FileStatus.Kind) {
    let input = files.node(kind, 0o666, owner: 1000)
    input.bytes = Array(text.utf8)
    files.standardInput = input
    files.longestRead = 4
    files.interruptions = 2
    #expect(Outcome.ofStandardInput(files) == .text(text))
    #expect(!files.calls.contains("close"), "the target inherits it")
  }

  @Test func standardInputHasItsOwnNameAndNoFolder() throws {
    let input = files.file("/web.toml", text)
    files.standardInput = input
    let contents = try FileReader(files, trust: .required(caller: 0)).readStandardInput(limit: 1000)
    #expect(contents.name == "<stdin>")
    #expect(contents.folder == nil)
    #expect(contents.distrust == nil)
    #expect(try contents.identity == read("/web.toml").identity)
  }

  @Test func standardInputHasTheLimit() {
    for kind in [FileStatus.Kind.regular, .pipe, .other] {
      let input = files.node(kind, 0o600)
      input.bytes = Array("0123456789".utf8)
      files.standardInput = input
      #expect(Outcome.ofStandardInput(files, limit: 9) == .tooLarge)
    }
  }

  @Test func standardInputMayBeTheRestOfALargeFile() {
    let input = files.node(.regular, 0o600)
    input.bytes = Array(text.utf8)
    input.claimedSize = .max
    files.standardInput = input
    #expect(Outcome.ofStandardInput(files) == .text(text))
  }

  @Test func standardInputThatIsNoneIsAnError() {
    #expect(Outcome.ofStandardInput(files) == .failed("fstat(standard input): EBADF"))
    files.standardInput = files.node(.directory, 0o755)
    #expect(Outcome.ofStandardInput(files) == .notAFile(isDirectory: true))
  }
}
