import Foundation
import Glibc
import Kernel
import TestSupport
import Testing

/// The same on the running kernel: what the files in memory take for granted.
struct RealFileTests {
  private let text = "policy = 1\n"
  private let folder: TemporaryFolder
  private let calls = LinuxSystemCalls()
  private let trust = FileTrust.required(caller: geteuid())

  init() throws {
    folder = try TemporaryFolder()
  }

  private func outcome(_ path: String) -> Outcome { Outcome.of(path, calls, trust) }

  /// Only root can give files away. That is asked for and not skipped: nothing else tries it.
  private func requireRoot() throws {
    try #require(geteuid() == 0, "this test gives files to other users, so it has to be run by root")
  }

  // MARK: Permissions and owners

  @Test func fileInAStickyDirectoryIsRead() throws {
    try #expect(outcome(folder.file("web.toml", text)) == .text(text))
  }

  @Test func permissionsOfTheFileCount() throws {
    let file = try folder.file("web.toml", text, 0o664)
    #expect(outcome(file) == .refused("'\(file)' is writable by group"))
    try folder.allow("web.toml", 0o646)
    #expect(outcome(file) == .refused("'\(file)' is writable by others"))
  }

  @Test func permissionsOfEveryDirectoryCount() throws {
    let directories = try [folder.path, folder.directory("a"), folder.directory("a/b")]
    let file = try folder.file("a/b/web.toml", text)
    for (name, directory) in zip(["", "a", "a/b"], directories) {
      try folder.allow(name, 0o777)
      #expect(outcome(file) == .refused("'\(directory)' is writable by group and others"))
      try folder.allow(name, 0o755)
    }
    #expect(outcome(file) == .text(text))
  }

  @Test func ownerOfTheFileCounts() throws {
    try requireRoot()
    let file = try folder.file("web.toml", text)
    try folder.give("web.toml", to: 12345)
    #expect(outcome(file) == .refused("'\(file)' belongs to user 12345"))
    #expect(Outcome.of(file, calls, .required(caller: 12345)) == .text(text))
    let knowing = Outcome.of(file, calls, .reported(caller: 0))
    #expect(knowing == .accepted(text, because: "'\(file)' belongs to user 12345"))
  }

  @Test func ownerOfADirectoryCounts() throws {
    try requireRoot()
    try folder.directory("a")
    let file = try folder.file("a/web.toml", text)
    try folder.give("a", to: 12345)
    #expect(outcome(file) == .refused("'\(folder("a"))' belongs to user 12345"))
  }

  @Test func ownerOfASymbolicLinkCounts() throws {
    try requireRoot()
    try folder.file("web.toml", text)
    let link = try folder.link("link", to: "web.toml")
    #expect(outcome(link) == .text(text))
    try folder.give("link", to: 12345)
    #expect(outcome(link) == .refused("the symbolic link '\(link)' belongs to user 12345"))
  }

  // MARK: Kinds

  @Test func directoryAndDeviceAreNoFiles() throws {
    #expect(outcome(folder.path) == .notAFile(isDirectory: true))
    #expect(outcome(folder.path + "/") == .notAFile(isDirectory: true))
    #expect(outcome("/dev/zero") == .notAFile(isDirectory: false))
    #expect(Outcome.of("/dev/zero", calls, .notNeeded) == .notAFile(isDirectory: false))
  }

  @Test func namedPipeIsReadAndOneThatIsRefusedIsNotWaitedFor() throws {
    let pipe = try folder.pipe("pipe")
    writeWhenOpened(pipe)
    #expect(outcome(pipe) == .text(text))
    try folder.allow("pipe", 0o666)
    writeWhenOpened(pipe)
    #expect(outcome(pipe) == .refused("'\(pipe)' is writable by group and others"))
  }

  /// Opening a pipe waits for who opens the other end. This one waits in a thread, for ever if need be.
  private func writeWhenOpened(_ pipe: String) {
    let text = Data(text.utf8)
    Thread.detachNewThread {
      guard let writer = FileHandle(forWritingAtPath: pipe) else { return }
      try? writer.write(contentsOf: text)
      try? writer.close()
    }
  }

  @Test func pipeByItsDescriptorIsRead() throws {
    for name in ["/dev/fd", "/proc/self/fd", "/proc/\(getpid())/fd"] {
      let pipe = Pipe()
      try pipe.fileHandleForWriting.write(contentsOf: Data(text.utf8))
      try pipe.fileHandleForWriting.close()
      #expect(outcome("\(name)/\(pipe.fileHandleForReading.fileDescriptor)") == .text(text))
    }
  }

  @Test func fileByItsDescriptorCountsAndNotTheWayToIt() throws {
    try folder.directory("open", 0o777)
    let file = try FileHandle(forReadingFrom: URL(filePath: folder.file("open/web.toml", text)))
    let path = "/proc/self/fd/\(file.fileDescriptor)"
    #expect(outcome(path) == .text(text))
    try folder.allow("open/web.toml", 0o666)
    #expect(outcome(path) == .refused("'\(path)' is writable by group and others"))
    try FileManager.default.removeItem(atPath: folder("open/web.toml"))
    #expect(outcome(path) == .text(text), "nobody finds a file without a name")
  }

  // MARK: Links and names

  @Test func chainOfLinksIsAsLongAsTheKernelsAtMost() throws {
    try folder.file("l0", text)
    for number in 1...41 { try folder.link("l\(number)", to: "l\(number - 1)") }
    #expect(outcome(folder("l40")) == .text(text))
    #expect(Outcome.of(folder("l40"), calls, .notNeeded) == .text(text))
    #expect(outcome(folder("l41")) == .failed("open(\(folder("l1"))): ELOOP"))
    #expect(Outcome.of(folder("l41"), calls, .notNeeded) == .failed("open: ELOOP"))
  }

  @Test func loopAndDanglingLinkAreErrors() throws {
    try folder.link("a", to: "b")
    try folder.link("b", to: folder("a"))
    #expect(outcome(folder("a")) == .failed("open(\(folder("a"))): ELOOP"))
    let link = try folder.link("dangling", to: "gone/web.toml")
    #expect(outcome(link) == .failed("open(\(folder("gone"))): ENOENT"))
  }

  @Test func pathThatIsTooLongIsAnError() throws {
    let file = try folder.file("web.toml", text)
    let longest = String(repeating: "/", count: 4095 - file.utf8.count) + file
    #expect(outcome(longest) == .text(text))
    #expect(outcome("/" + longest) == .failed("open: ENAMETOOLONG"))
    let name = folder(String(repeating: "x", count: 256))
    #expect(outcome(name) == .failed("open(\(name)): ENAMETOOLONG"))
  }

  /// The kernel is the oracle: a walk ends where open(2) does, or fails with the same error.
  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func walkEndsWhereTheKernelDoes(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let names = ["a", "b", "c", "f"]
    for parent in ["", "a/", "b/", "a/b/"] {
      for name in names where !FileManager.default.fileExists(atPath: folder(parent + name)) {
        switch (parent + name, Int.random(in: 0...2, using: &random)) {
        case ("a", _), ("b", _), ("a/b", _): try folder.directory(parent + name)
        case (_, 0): try folder.file(parent + name, parent + name)
        default: try folder.link(parent + name, to: path(of: names, in: folder.path, &random))
        }
      }
    }
    for _ in 0..<100 {
      let path = folder.path + "/" + self.path(of: names, in: nil, &random)
      switch (outcome(path), Outcome.of(path, calls, .notNeeded)) {
      case (.failed(let mine), .failed(let kernels)):
        #expect(mine.split(separator: " ").last == kernels.split(separator: " ").last, "\(path)")
      case (let mine, let kernels):
        #expect(mine == kernels, "\(path)")
      }
    }
  }

  /// A path of a few names and dots; with `root`, sometimes one that begins there.
  private func path(of names: [String], in root: String?, _ random: inout SplitMix64) -> String {
    let choices = names + [".", ".."]
    let parts = (0...Int.random(in: 0...3, using: &random)).map { _ in
      choices[Int.random(in: choices.indices, using: &random)]
    }
    let path = parts.joined(separator: "/") + (Int.random(in: 0...3, using: &random) == 0 ? "/" : "")
    if let root, Int.random(in: 0...2, using: &random) == 0 { return root + "/" + path }
    return path
  }

  // MARK: Single calls

  @Test func callsTellOfThisProcess() throws {
    #expect(try calls.users() == UserIDs(real: getuid(), effective: geteuid()))
    #expect(
      try String(decoding: calls.currentDirectory(), as: UTF8.self) == FileManager.default.currentDirectoryPath)
  }

  @Test func descriptorStandsForALinkOrWhatItLeadsTo() throws {
    try folder.file("web.toml", text)
    let directory = try calls.openPath(FilePath(folder.path), in: nil, .directory)
    let link = try calls.openPath(FilePath(folder.link("link", to: "web.toml")), in: nil, [])
    let file = try calls.openPath(FilePath("link"), in: directory, .followingLink)
    defer { for descriptor in [directory, link, file] { try? calls.close(descriptor) } }
    #expect(try calls.fileStatus(link).kind == .symbolicLink)
    #expect(try calls.linkTarget(link) == Array("web.toml".utf8))
    #expect(try calls.fileStatus(file).kind == .regular)
    for descriptor in [file, link] { #expect(fcntl(descriptor, F_GETFD) == FD_CLOEXEC) }
    #expect(throws: Errno.badDescriptor, "it is not open for reading") {
      var buffer = [UInt8](repeating: 0, count: 1)
      _ = try calls.read(file, into: &buffer)
    }
    #expect(throws: Errno.notDirectory) { try calls.openPath(FilePath("link"), in: directory, .directory) }
  }

  @Test func fileSystemOfProcessesIsKnown() throws {
    let process = try calls.openPath(FilePath("/proc/self"), in: nil, [])
    let other = try calls.openPath(FilePath(folder.path), in: nil, [])
    defer { for descriptor in [process, other] { try? calls.close(descriptor) } }
    #expect(try calls.fileSystem(process) == .proc)
    #expect(try calls.fileSystem(other) != .proc)
  }

  @Test func statusIsWhatTheFileHas() throws {
    let file = try folder.file("web.toml", text, 0o4640)
    let descriptor = try calls.open(FilePath(file), directory: false)
    defer { try? calls.close(descriptor) }
    let status = try calls.fileStatus(descriptor)
    #expect(status.kind == .regular && status.size == Int64(text.utf8.count))
    #expect(status.owner == geteuid() && status.permissions == 0o4640 && status.links == 1)
    let attributes = try FileManager.default.attributesOfItem(atPath: file)
    #expect(attributes[.systemFileNumber] as? UInt64 == status.identity.inode)
  }
}
