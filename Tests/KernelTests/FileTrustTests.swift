import Kernel
import Testing

/// What is asked of each thing on the way; on files in memory, so that anybody can run it.
struct FileTrustTests {
  private let text = "policy = 1\n"
  private let files = FakeFiles()

  // MARK: The file

  @Test(arguments: [0o644, 0o600, 0o755, 0o4755, 0o444, 0o000] as [UInt16])
  func fileOfRootThatOthersCannotWriteIsRead(_ permissions: UInt16) {
    files.file("/etc/uring-jail/web.toml", text, permissions)
    #expect(Outcome.of("/etc/uring-jail/web.toml", files) == .text(text))
  }

  @Test(
    arguments: [
      (0o664, "group"), (0o646, "others"), (0o666, "group and others"), (0o1666, "group and others"), (0o020, "group"),
    ] as [(UInt16, String)])
  func fileThatOthersCanWriteIsRefused(_ permissions: UInt16, _ writers: String) {
    files.file("/etc/web.toml", text, permissions)
    #expect(Outcome.of("/etc/web.toml", files) == .refused("'/etc/web.toml' is writable by \(writers)"))
  }

  @Test func fileOfAnotherUserIsRefused() {
    files.file("/etc/web.toml", text, 0o600, owner: 1000)
    #expect(Outcome.of("/etc/web.toml", files) == .refused("'/etc/web.toml' belongs to user 1000"))
  }

  @Test func fileOfTheCallerIsReadAndThatOfAnotherIsNot() {
    files.directory("/home/alice", owner: 1000)
    files.file("/home/alice/web.toml", text, owner: 1000)
    files.file("/home/alice/other.toml", text, owner: 1001)
    let trust = FileTrust.required(caller: 1000)
    #expect(Outcome.of("/home/alice/web.toml", files, trust) == .text(text))
    #expect(
      Outcome.of("/home/alice/other.toml", files, trust) == .refused("'/home/alice/other.toml' belongs to user 1001"))
  }

  // MARK: The directories

  @Test(arguments: ["/", "/srv", "/srv/policies", "/srv/policies/web"])
  func everyDirectoryOnTheWayCounts(_ bad: String) throws {
    files.file("/srv/policies/web/web.toml", text)
    let names = bad.split(separator: "/").map(String.init)
    let node = try #require(names.reduce(files.root as FakeFiles.Node?) { $0?.entries[$1] })
    node.permissions = 0o775
    #expect(Outcome.of("/srv/policies/web/web.toml", files) == .refused("'\(bad)' is writable by group"))
    node.permissions = 0o757
    #expect(Outcome.of("/srv/policies/web/web.toml", files) == .refused("'\(bad)' is writable by others"))
    node.permissions = 0o700
    node.owner = 33
    #expect(Outcome.of("/srv/policies/web/web.toml", files) == .refused("'\(bad)' belongs to user 33"))
    node.owner = 0
    #expect(Outcome.of("/srv/policies/web/web.toml", files) == .text(text))
  }

  @Test func firstFlawIsTheOneThatIsNamed() {
    files.directory("/srv", 0o777)
    files.file("/srv/web.toml", text, 0o666, owner: 1000)
    #expect(Outcome.of("/srv/web.toml", files) == .refused("'/srv' is writable by group and others"))
  }

  @Test func stickyDirectoryMayBeWritableByEveryone() {
    files.directory("/tmp", 0o1777)
    files.file("/tmp/web.toml", text)
    #expect(Outcome.of("/tmp/web.toml", files) == .text(text))
  }

  @Test func whatIsInAStickyDirectoryCountsAsElsewhere() {
    files.directory("/tmp", 0o1777)
    files.file("/tmp/hers.toml", text, owner: 1000)
    files.file("/tmp/open.toml", text, 0o666)
    files.directory("/tmp/hers", owner: 1000)
    files.file("/tmp/hers/web.toml", text)
    files.directory("/tmp/open", 0o777)
    files.file("/tmp/open/web.toml", text)
    files.file("/etc/web.toml", text)
    files.link("/tmp/link.toml", to: "/etc/web.toml", owner: 1000)
    files.link("/tmp/mine.toml", to: "/etc/web.toml")
    #expect(Outcome.of("/tmp/hers.toml", files) == .refused("'/tmp/hers.toml' belongs to user 1000"))
    #expect(Outcome.of("/tmp/open.toml", files) == .refused("'/tmp/open.toml' is writable by group and others"))
    #expect(Outcome.of("/tmp/hers/web.toml", files) == .refused("'/tmp/hers' belongs to user 1000"))
    #expect(Outcome.of("/tmp/open/web.toml", files) == .refused("'/tmp/open' is writable by group and others"))
    #expect(Outcome.of("/tmp/link.toml", files) == .refused("the symbolic link '/tmp/link.toml' belongs to user 1000"))
    #expect(Outcome.of("/tmp/mine.toml", files) == .text(text))
  }

  @Test func stickyDirectoryOfAnotherIsRefused() {
    files.directory("/home/mallory", 0o1777, owner: 1000)
    files.file("/home/mallory/web.toml", text)
    #expect(Outcome.of("/home/mallory/web.toml", files) == .refused("'/home/mallory' belongs to user 1000"))
  }

  @Test func stickyFileIsNoStickyDirectory() {
    files.file("/etc/web.toml", text, 0o1646)
    #expect(Outcome.of("/etc/web.toml", files) == .refused("'/etc/web.toml' is writable by others"))
  }

  // MARK: How much is asked

  @Test func knowingCallerGetsTheTextAndTheReason() {
    files.file("/etc/web.toml", text, 0o666)
    let outcome = Outcome.of("/etc/web.toml", files, .reported(caller: 0))
    #expect(outcome == .accepted(text, because: "'/etc/web.toml' is writable by group and others"))
    files.file("/etc/good.toml", text)
    #expect(Outcome.of("/etc/good.toml", files, .reported(caller: 0)) == .text(text))
  }

  @Test func knowingCallerIsToldOfAWayThatCannotBeLookedAt() {
    files.file("/etc/web.toml", text)
    files.failure = (0, .accessDenied)
    let outcome = Outcome.of("/etc/web.toml", files, .reported(caller: 0))
    #expect(
      outcome
        == .accepted(
          text, because: "the path to it could not be checked: open(/): Permission denied (EACCES)"))
  }

  @Test func knowingCallerStillGetsNoDirectoryAndNoMissingFile() {
    files.directory("/srv", 0o777)
    #expect(Outcome.of("/srv", files, .required(caller: 0)) == .notAFile(isDirectory: true))
    #expect(Outcome.of("/srv", files, .reported(caller: 0)) == .notAFile(isDirectory: true))
    #expect(Outcome.of("/srv/x", files, .reported(caller: 0)) == .failed("open: ENOENT"))
  }

  @Test func callerWithoutPrivilegeReadsAnythingWithFourCalls() {
    files.directory("/tmp/open", 0o777, owner: 1000)
    files.file("/tmp/open/web.toml", text, 0o666, owner: 1001)
    #expect(Outcome.of("/tmp/open/web.toml", files, .notNeeded) == .text(text))
    #expect(files.calls == ["open /tmp/open/web.toml", "fileStatus", "read", "close"])
  }

  @Test func refusedFileIsNotOpened() {
    files.file("/etc/web.toml", text, 0o666)
    _ = Outcome.of("/etc/web.toml", files)
    #expect(!files.calls.contains { $0.hasPrefix("open ") })
    #expect(files.held.isEmpty)
  }

  @Test func privilegedReadTakesThreeCallsAName() {
    files.file("/etc/uring-jail/web.toml", text)
    #expect(Outcome.of("/etc/uring-jail/web.toml", files) == .text(text))
    // The root and three names; then open, fstat, read and close.
    #expect(files.calls.count == 4 * 3 + 4)
  }
}
