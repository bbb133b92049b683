import Diagnostics
import Foundation
import Kernel
import TestSupport
import Testing

@testable import URingJailCLI

/// A policy's name means the first file of that name that is there, whatever it is; never one behind it.
struct PolicyNameTests {
  private static let own = "/etc/uring-jail/web.toml"
  private static let vendors = "/usr/share/uring-jail/policies/web.toml"

  /// A kernel with a policy that allows everything where the second look would find it.
  private static func kernel() -> FakeKernel {
    let kernel = FakeKernel()
    kernel.program = "/usr/bin/uring-jail"
    kernel.files = [vendors: Array("policy = 1\n".utf8), "/etc/passwd": []]
    return kernel
  }

  /// The path of the policy that was read, or why none was.
  private static func read(_ kernel: FakeKernel, _ name: String = "web") -> String {
    do throws(PolicySet.Failure) {
      let set = try PolicySet.load(
        [PolicyReference(option: Array(name.utf8))], trust: .refuse, calls: kernel)
      return set.sources.first?.name ?? "nothing"
    } catch {
      return "\(error.message) (\(error.help ?? ""))"
    }
  }

  @Test func firstFolderIsPreferredAndTheSecondIsForWhatItLacks() {
    let kernel = Self.kernel()
    #expect(Self.read(kernel) == Self.vendors, "there is no first folder")
    kernel.files["/etc/uring-jail/other.toml"] = []
    #expect(Self.read(kernel) == Self.vendors, "it has no such file")
    kernel.files[Self.own] = Array("policy = 1\n".utf8)
    #expect(Self.read(kernel) == Self.own)
    #expect(kernel.openDescriptors.isEmpty)
  }

  @Test func argumentIsAFileHereOrElseAName() {
    func read(_ kernel: FakeKernel, _ name: String) -> String {
      do throws(PolicySet.Failure) {
        let set = try PolicySet.load([PolicyReference(argument: Array(name.utf8))], trust: .accept, calls: kernel)
        return set.sources.first?.name ?? "nothing"
      } catch {
        return error.message
      }
    }
    let kernel = Self.kernel()
    #expect(read(kernel, "web") == Self.vendors)
    #expect(read(kernel, "./web") == "cannot read the policy './web': there is no such file")
    let missing = "there is no such file in the current directory, and no policy of that name is installed"
    #expect(read(kernel, "none") == "cannot read the policy 'none': \(missing)")
    kernel.files["web"] = Array("policy = 1\n".utf8)
    #expect(read(kernel, "web") == "web", "a file here comes first")
    #expect(kernel.openDescriptors.isEmpty)
  }

  /// Everything that can be where the first policy would be, but for a policy.
  private static let obstacles: [(what: String, make: @Sendable (FakeKernel) -> Void, message: String)] = [
    (
      "a link to nothing",
      {
        $0.danglingLinks = [own]; $0.files["/etc/uring-jail/other.toml"] = []
      },
      "'\(own)' exists, but leads to no file"
    ),
    ("a directory", { $0.otherFiles[own] = .directory }, "'\(own)' cannot be used: it is a directory, not a file"),
    ("a device", { $0.otherFiles[own] = .other }, "'\(own)' cannot be used: it is a device or socket, not a file"),
    ("a folder that is a link to nothing", { $0.danglingLinks = ["/etc/uring-jail"] }, "cannot determine whether"),
    ("a folder that is a file", { $0.files["/etc/uring-jail"] = [] }, "cannot determine whether"),
    (
      "a policy that others could write",
      {
        $0.files[own] = Array("policy = 1\n".utf8)
        $0.owners[own] = 1234
        $0.userIDs = UserIDs(real: 0, effective: 0)
      }, "'\(own)' cannot be used: others could change it: '\(own)' belongs to user 1234"
    ),
  ]

  @Test(arguments: 0..<6 as Range<Int>)
  func whatIsThereAndCannotBeUsedIsAnErrorAndNotPassedOver(_ index: Int) {
    let obstacle = Self.obstacles[index]
    let kernel = Self.kernel()
    obstacle.make(kernel)
    let outcome = Self.read(kernel)
    #expect(outcome.hasPrefix("cannot read the policy 'web': ") && outcome.contains(obstacle.message), "\(outcome)")
    #expect(kernel.openDescriptors.isEmpty, "\(obstacle.what)")
    // Nothing of the second folder was looked at.
    #expect(!kernel.calls.contains(.open(Self.vendors)), "\(obstacle.what)")
  }

  @Test func everyErrorButAbsenceIsAnError() {
    for error in [Errno.accessDenied, .notDirectory, .tooManyLinks, .nameTooLong, .noMemory, .notPermitted] {
      let kernel = Self.kernel()
      kernel.failures[.open] = error
      #expect(Self.read(kernel).hasPrefix("cannot read the policy 'web': '\(Self.own)' cannot be used: open: "))
    }
    // The look at whether it is there may fail as well.
    let whole = Self.kernel()
    _ = Self.read(whole)
    for (index, call) in whole.calls.enumerated() where call.name == .openPath {
      let kernel = Self.kernel()
      kernel.failureAt = (index, .accessDenied)
      #expect(Self.read(kernel).contains("uring-jail cannot determine whether '\(Self.own)' exists: open("), "\(call)")
    }
  }

  @Test func precompiledPolicyIsNamedInWholeAndByTheSameRule() {
    let kernel = Self.kernel()
    kernel.files["/usr/share/uring-jail/policies/web.jail"] = []
    kernel.danglingLinks = ["/etc/uring-jail/web.jail"]
    kernel.files["/etc/uring-jail/other.toml"] = []
    #expect(Self.read(kernel) == Self.vendors, "'web' is 'web.toml', and nothing else")
    #expect(Self.read(kernel, "web.jail").contains("'/etc/uring-jail/web.jail' exists, but leads to no file"))
  }

  @Test func nameThatIsNowhereIsSaidToBe() {
    let kernel = Self.kernel()
    #expect(
      Self.read(kernel, "none").hasPrefix(
        "there is no policy named 'none': /etc/uring-jail/none.toml and /usr/share/uring-jail/policies/none.toml "
          + "do not exist"))
  }

  // MARK: On the running system

  @Test func absenceIsWhatTheKernelSaysOfTheVeryEntry() throws {
    let folder = URL(filePath: NSTemporaryDirectory()).appending(path: "uring-jail-names-\(UUID().uuidString)")
    let files = FileManager.default
    try files.createDirectory(at: folder.appending(path: "dir"), withIntermediateDirectories: true)
    defer { try? files.removeItem(at: folder) }
    try Data().write(to: folder.appending(path: "file"))
    for (link, target) in [("dangling", "none"), ("loop", "loop"), ("to-dir", "dir"), ("to-file", "file")] {
      try files.createSymbolicLink(
        atPath: folder.appending(path: link).path(percentEncoded: false), withDestinationPath: target)
    }
    func isAbsent(_ name: String) throws -> Bool {
      try PolicyEntry.isAbsent(FilePath(folder.path(percentEncoded: false) + "/" + name), LinuxSystemCalls())
    }
    for name in ["none", "none/x", "dir/none", "to-dir/none", "dir/../none"] { #expect(try isAbsent(name), "\(name)") }
    for name in ["file", "dir", "dangling", "loop", "to-dir", "to-file"] { #expect(try !isAbsent(name), "\(name)") }
    let longest = String(repeating: "x", count: 256)
    for (name, error) in [
      ("dangling/x", Errno.noSuchFile), ("loop/x", .tooManyLinks), ("file/x", .notDirectory),
      ("to-file/x", .notDirectory), (longest, .nameTooLong),
    ] {
      let failure = #expect(throws: KernelError.self, "\(name)") { try isAbsent(name) }
      #expect(failure?.errno == error, "\(name)")
    }
  }
}
