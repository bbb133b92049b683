import Kernel
import Testing

/// Where the walk goes: on files in memory, which `FakeFiles.open` looks up by itself.
struct PathWalkTests {
  private let text = "policy = 1\n"
  private let files = FakeFiles()

  // MARK: Names

  @Test(arguments: [
    "/srv/a/web.toml", "//srv//a///web.toml", "/srv/./a/./web.toml", "/srv/a/../a/web.toml", "/../srv/a/web.toml",
    "/../../srv/b/.././a/web.toml", "/./srv/a/web.toml",
  ])
  func dotsAndSlashesAreGoneThrough(_ path: String) {
    files.directory("/srv/b")
    files.file("/srv/a/web.toml", text)
    #expect(Outcome.of(path, files) == .text(text))
  }

  @Test func directoryThatIsLeftAgainByDotsCounts() {
    files.directory("/srv/open", 0o777)
    files.file("/srv/web.toml", text)
    #expect(Outcome.of("/srv/open/../web.toml", files) == .refused("'/srv/open' is writable by group and others"))
  }

  @Test func dotsLeadOutOfADirectoryByItsParentAndNotByItsName() {
    files.directory("/deep/in/the")
    files.file("/deep/in/web.toml", text)
    files.file("/web.toml", "wrong")
    files.link("/short", to: "deep/in/the")
    #expect(Outcome.of("/short/../web.toml", files) == .text(text))
    files.root.entries["deep"]?.entries["in"]?.permissions = 0o775
    #expect(Outcome.of("/short/../web.toml", files) == .refused("'/deep/in' is writable by group"))
  }

  @Test func fileIsNoDirectory() {
    files.file("/srv/web.toml", text)
    #expect(Outcome.of("/srv/web.toml/x", files) == .failed("open(/srv/web.toml/x): ENOTDIR"))
    #expect(Outcome.of("/srv/web.toml/", files) == .failed("open: ENOTDIR"))
    #expect(Outcome.of("/srv/web.toml/..", files) == .failed("open(/srv): ENOTDIR"))
  }

  @Test(arguments: ["/", "/srv", "/srv/", "/srv/.", "/srv/a/..", "//", "."])
  func directoryIsNoFileAndIsNotOpened(_ path: String) {
    files.directory("/srv/a")
    #expect(Outcome.of(path, files) == .notAFile(isDirectory: true))
    #expect(!files.calls.contains { $0.hasPrefix("open ") })
  }

  @Test func deviceIsNoFileAndIsNotOpened() {
    files.put(files.node(.other, 0o666, owner: 1000), at: "/dev/watchdog")
    #expect(Outcome.of("/dev/watchdog", files) == .notAFile(isDirectory: false))
    #expect(!files.calls.contains { $0.hasPrefix("open ") })
    #expect(Outcome.of("/dev/watchdog", files, .notNeeded) == .notAFile(isDirectory: false))
  }

  @Test func missingNameIsTheOneThatIsReported() {
    files.directory("/srv/a")
    #expect(Outcome.of("/srv/b/web.toml", files) == .failed("open(/srv/b): ENOENT"))
    #expect(Outcome.of("/srv/a/web.toml", files) == .failed("open(/srv/a/web.toml): ENOENT"))
    #expect(Outcome.of("/srv/a/web.toml", files, .notNeeded) == .failed("open: ENOENT"))
    #expect(Outcome.of("", files) == .failed("open: ENOENT"))
  }

  @Test func pathsAsLongAsTheKernelTakesThemAreWalked() {
    files.file("/web.toml", text)
    let longest = String(repeating: "/", count: 4095 - "web.toml".count) + "web.toml"
    #expect(Outcome.of(longest, files) == .text(text))
    let calls = files.calls.count
    #expect(Outcome.of("/" + longest, files) == .failed("open: ENAMETOOLONG"))
    #expect(files.calls.count == calls)
    let name = String(repeating: "x", count: 256)
    #expect(Outcome.of("/srv/../\(name)", files) == .failed("open(/srv): ENOENT"))
    #expect(Outcome.of("/\(name)", files) == .failed("open(/\(name)): ENAMETOOLONG"))
  }

  // MARK: The current directory

  @Test(arguments: ["web.toml", "./web.toml", "../a/web.toml", "../../srv/a/web.toml"])
  func relativePathBeginsInTheCurrentDirectory(_ path: String) {
    files.file("/srv/a/web.toml", text)
    files.current = "/srv/a"
    #expect(Outcome.of(path, files) == .text(text))
  }

  @Test(arguments: ["/", "/home", "/home/mallory", "/home/mallory/mine"])
  func directoriesAboveTheCurrentOneCount(_ bad: String) throws {
    files.file("/home/mallory/mine/web.toml", text)
    files.current = "/home/mallory/mine"
    let names = bad.split(separator: "/").map(String.init)
    try #require(names.reduce(files.root as FakeFiles.Node?) { $0?.entries[$1] }).owner = 1000
    #expect(Outcome.of("web.toml", files) == .refused("'\(bad)' belongs to user 1000"))
    #expect(Outcome.of("web.toml", files, .notNeeded) == .text(text))
  }

  @Test func currentDirectoryOutsideOfTheRootIsRefused() {
    files.directory("(unreachable)/srv")
    files.file("(unreachable)/srv/web.toml", text)
    files.current = "(unreachable)/srv"
    #expect(Outcome.of("web.toml", files) == .refused("the current directory is not below '/'"))
    let knowing = Outcome.of("web.toml", files, .reported(caller: 0))
    #expect(knowing == .accepted(text, because: "the current directory is not below '/'"))
  }

  // MARK: Symbolic links

  @Test func symbolicLinksAreFollowed() {
    files.file("/srv/policies/web.toml", text)
    files.link("/etc/a.toml", to: "/srv/policies/web.toml")
    files.link("/etc/b.toml", to: "../srv/policies/web.toml")
    files.link("/etc/c.toml", to: "b.toml")
    files.link("/etc/policies", to: "//srv/./policies/")
    files.link("/etc/up", to: "..")
    for path in ["/etc/a.toml", "/etc/b.toml", "/etc/c.toml", "/etc/policies/web.toml", "/etc/up/etc/c.toml"] {
      #expect(Outcome.of(path, files) == .text(text), "\(path)")
    }
  }

  @Test func whatALinkGoesThroughCounts() {
    files.directory("/srv/open", 0o775)
    files.file("/srv/open/web.toml", text)
    files.link("/etc/web.toml", to: "/srv/open/web.toml")
    files.link("/etc/policies", to: "../srv/open")
    for path in ["/etc/web.toml", "/etc/policies/web.toml"] {
      #expect(Outcome.of(path, files) == .refused("'/srv/open' is writable by group"), "\(path)")
    }
  }

  @Test func everyLinkOfAChainCounts() {
    files.file("/etc/web.toml", text)
    files.link("/etc/a", to: "b")
    files.link("/etc/b", to: "c", owner: 1000)
    files.link("/etc/c", to: "web.toml")
    #expect(Outcome.of("/etc/a", files) == .refused("the symbolic link '/etc/b' belongs to user 1000"))
    #expect(Outcome.of("/etc/a", files, .required(caller: 1000)) == .text(text))
  }

  @Test func linkOnTheWayCountsAsOneAtTheEnd() {
    files.file("/srv/web.toml", text)
    files.link("/policies", to: "srv", owner: 1000)
    #expect(Outcome.of("/policies/web.toml", files) == .refused("the symbolic link '/policies' belongs to user 1000"))
  }

  @Test func danglingLinkIsReportedByWhatIsMissing() {
    files.link("/etc/web.toml", to: "/srv/gone/web.toml")
    files.directory("/srv")
    #expect(Outcome.of("/etc/web.toml", files) == .failed("open(/srv/gone): ENOENT"))
  }

  @Test func asManyLinksAsTheKernelFollowsAreFollowed() {
    files.file("/l0", text)
    for number in 1...41 { files.link("/l\(number)", to: "l\(number - 1)") }
    #expect(Outcome.of("/l40", files, .notNeeded) == .text(text))
    #expect(Outcome.of("/l40", files) == .text(text))
    #expect(Outcome.of("/l41", files, .notNeeded) == .failed("open: ELOOP"))
    #expect(Outcome.of("/l41", files) == .failed("open(/l1): ELOOP"))
  }

  @Test func loopOfLinksEnds() {
    files.link("/a", to: "b")
    files.link("/b", to: "/a")
    files.link("/c", to: "c/c/c")
    #expect(Outcome.of("/a", files) == .failed("open(/a): ELOOP"))
    #expect(Outcome.of("/c", files) == .failed("open(/c): ELOOP"))
  }

  @Test func walkHoldsTwoDescriptorsAtMost() {
    files.file("/srv/a/b/c/d/web.toml", text)
    files.link("/etc/web.toml", to: "../srv/a/../a/b/c/d/web.toml")
    #expect(Outcome.of("/etc/web.toml", files) == .text(text))
    #expect(files.mostHeld == 2)
  }

  @Test func directoryThatIsMountedOnDemandIsMounted() {
    let home = files.directory("/home/alice", 0o555)
    let mounted = files.node(.directory, 0o755)
    mounted.entries["web.toml"] = files.file("/web.toml", text)
    home.mountedOnDemand = mounted
    #expect(Outcome.of("/home/alice/web.toml", files) == .text(text))
    mounted.owner = 1000
    #expect(Outcome.of("/home/alice/web.toml", files) == .refused("'/home/alice' belongs to user 1000"))
  }

  // MARK: Descriptors as names

  @Test func pipeOfTheCallerIsRead() {
    let pipe = files.node(.pipe, 0o600)
    pipe.bytes = Array(text.utf8)
    files.descriptor(63, to: pipe)
    #expect(Outcome.of("/dev/fd/63", files) == .text(text))
    #expect(Outcome.of("/proc/self/fd/63", files) == .text(text))
    #expect(Outcome.of("/proc/4711/fd/63", files) == .text(text))
  }

  @Test func pipeOfAnotherIsRefused() {
    files.descriptor(63, to: files.node(.pipe, 0o600, owner: 1000))
    #expect(Outcome.of("/dev/fd/63", files) == .refused("'/proc/self/fd/63' belongs to user 1000"))
  }

  @Test func fileWithoutANameNeedsNoPermissions() {
    let anonymous = files.node(.regular, 0o777)
    anonymous.bytes = Array(text.utf8)
    anonymous.links = 0
    files.descriptor(5, to: anonymous)
    #expect(Outcome.of("/dev/fd/5", files) == .text(text))
    anonymous.links = 1
    #expect(Outcome.of("/dev/fd/5", files) == .refused("'/proc/self/fd/5' is writable by group and others"))
    anonymous.links = 0
    anonymous.owner = 1000
    #expect(Outcome.of("/dev/fd/5", files) == .refused("'/proc/self/fd/5' belongs to user 1000"))
  }

  @Test func fileThatSaysItHasNoNameNeedsItsPermissions() {
    files.file("/etc/web.toml", text, 0o666).links = 0
    #expect(Outcome.of("/etc/web.toml", files) == .refused("'/etc/web.toml' is writable by group and others"))
  }

  @Test func openDirectoryCountsAndWhatIsBelowItButNotTheWayToIt() {
    files.directory("/home/mallory", owner: 1000)
    let policies = files.directory("/home/mallory/policies")
    files.file("/home/mallory/policies/web.toml", text)
    files.file("/home/mallory/policies/open.toml", text, 0o666)
    files.descriptor(5, to: policies)
    #expect(Outcome.of("/dev/fd/5/web.toml", files) == .text(text))
    #expect(
      Outcome.of("/dev/fd/5/open.toml", files)
        == .refused("'/proc/self/fd/5/open.toml' is writable by group and others"))
    #expect(Outcome.of("/dev/fd/5/../x", files) == .refused("'/proc/self/fd/5/..' belongs to user 1000"))
    policies.permissions = 0o775
    #expect(Outcome.of("/dev/fd/5/web.toml", files) == .refused("'/proc/self/fd/5' is writable by group"))
  }

  @Test func processOfAnotherIsRefused() {
    files.descriptor(63, to: files.node(.pipe, 0o600))
    files.root.entries["proc"]?.entries["4711"]?.owner = 1000
    #expect(Outcome.of("/proc/4711/fd/63", files) == .refused("'/proc/4711' belongs to user 1000"))
  }

  // MARK: Changes on the way

  @Test func fileThatIsReplacedBeforeItIsOpenedIsRefused() {
    files.file("/srv/web.toml", text)
    files.beforeOpen = { [files] in files.file("/srv/web.toml", "evil") }
    #expect(Outcome.of("/srv/web.toml", files) == .refused("'/srv/web.toml' was replaced while it was being checked"))
    #expect(!files.calls.contains("read"))
    let knowing = Outcome.of("/srv/web.toml", files, .reported(caller: 0))
    #expect(knowing == .accepted("evil", because: "'/srv/web.toml' was replaced while it was being checked"))
  }

  @Test func openFileCountsAndNotWhatItWasBefore() {
    let file = files.file("/srv/web.toml", text)
    files.beforeOpen = { file.permissions = 0o666 }
    #expect(Outcome.of("/srv/web.toml", files) == .refused("'/srv/web.toml' is writable by group and others"))
    #expect(!files.calls.contains("read"))
    file.permissions = 0o644
    files.beforeOpen = { file.owner = 1000 }
    #expect(Outcome.of("/srv/web.toml", files) == .refused("'/srv/web.toml' belongs to user 1000"))
  }

  @Test func noFailureLeavesADescriptorOpenOrLetsTheFileThrough() {
    files.descriptor(5, to: files.directory("/etc"))
    files.file("/srv/policies/web.toml", text)
    files.link("/etc/web.toml", to: "../srv/policies/web.toml")
    #expect(Outcome.of("/dev/fd/5/web.toml", files) == .text(text))
    let calls = files.calls
    #expect(calls.count > 50)
    for (index, call) in calls.enumerated() {
      files.failure = (files.calls.count + index, .noMemory)
      let outcome = Outcome.of("/dev/fd/5/web.toml", files)
      if call == "close" {
        #expect(outcome == .text(text), "a close that fails takes nothing away")
      } else if case .failed(let error) = outcome {
        #expect(error.hasSuffix(": ENOMEM"))
      } else {
        Issue.record("\(call) failed, and yet: \(outcome)")
      }
      #expect(files.held.isEmpty)
    }
  }
}
