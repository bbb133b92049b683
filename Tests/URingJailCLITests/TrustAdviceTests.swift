import Kernel
import TestSupport
import Testing

@testable import URingJailCLI

/// What is said to who is refused, which must be something that can be done there.
struct TrustAdviceTests {
  private static func help(_ reason: Distrust, map: String? = "         0          0 4294967295\n") -> String {
    let kernel = FakeKernel()
    kernel.files["/proc/self/uid_map"] = map.map { Array($0.utf8) }
    return TrustAdvice(kernel).help(for: reason)
  }

  private static let path = FilePath("/srv/web.toml")
  private static let reasons: [Distrust] = [
    .writable(path, byGroup: true, byOthers: true), .foreign(path, owner: 1001, isLink: false),
    .foreign(path, owner: 1001, isLink: true), .nobodys(path, owner: 65534, isLink: false),
    .nobodys(FilePath("/"), owner: 65534, isLink: false), .replaced(path), .unreachableDirectory,
    .unchecked(KernelError("open", .accessDenied)),
  ]

  /// `podman`, `unshare --map-root-user`, and a map that cannot be read.
  private static let maps: [String?] = ["0 0 4294967295\n", "0 1000 1\n1 100000 65536\n", "0 1000 1\n", "", nil]

  @Test func everyReasonHasAWayOut() {
    for reason in Self.reasons {
      for map in Self.maps { #expect(Self.help(reason, map: map).contains("--accept-untrusted-policy"), "\(reason)") }
    }
  }

  @Test func rightsAreTakenAwayByName() {
    let writable = { (group: Bool, others: Bool) in
      Self.help(.writable(Self.path, byGroup: group, byOthers: others))
    }
    #expect(writable(true, false).contains("chmod g-w /srv/web.toml;"))
    #expect(writable(false, true).contains("chmod o-w /srv/web.toml;"))
    #expect(writable(true, true).contains("chmod g-w,o-w /srv/web.toml;"))
  }

  @Test func checkoutOfAnotherUserIsAcceptedFirst() {
    let help = Self.help(.foreign(Self.path, owner: 1001, isLink: false))
    #expect(help.hasPrefix("accept it with --accept-untrusted-policy if user 1001 may decide"))
    #expect(help.contains("chown root /srv/web.toml"))
    #expect(Self.help(.foreign(Self.path, owner: 1001, isLink: true)).contains("chown -h root /srv/web.toml"))
  }

  @Test func nobodysFileIsGivenAwayOnlyWhereThatCanBeDone() {
    let reason = Distrust.nobodys(Self.path, owner: 65534, isLink: false)
    #expect(Self.help(reason).contains("chown root /srv/web.toml"))
    for map in Self.maps.dropFirst() {
      let help = Self.help(reason, map: map)
      #expect(!help.contains("chown"), "\(help)")
      #expect(
        help.contains("copy the policy to a file of this namespace's root") && help.contains("--policy - <FILE"))
      // Where the root directory is nobody's, no copy helps.
      let root = Self.help(.nobodys(FilePath("/"), owner: 65534, isLink: false), map: map)
      #expect(!root.contains("copy") && !root.contains("chown") && root.contains("--policy - <FILE"))
    }
  }

  // MARK: Rights from the file of the program

  @Test func launcherThatGivesRightsStartsNothingAndSaysWhatToDo() async throws {
    let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
      for elevation in 0..<3 {
        let kernel = RunActionTests.kernel()
        kernel.program = "/usr/bin/uring-jail"
        kernel.isSecure = true
        switch elevation {
        case 0: kernel.userIDs = UserIDs(real: 1000, effective: 0)
        case 1: kernel.groupIDs = GroupIDs(real: 1000, effective: 5)
        default: kernel.capabilitySets = CapabilitySets(effective: 1, permitted: 1)
        }
        #expect(RunActionTests.run(kernel) == .setUpFailed)
        #expect(kernel.started == nil && !kernel.calls.contains { $0.name == .open })
      }
      // A security module says so as well, and then there is nothing against it.
      let kernel = RunActionTests.kernel()
      kernel.isSecure = true
      kernel.files["/p.toml"] = Array(RunActionTests.policy.utf8)
      _ = RunActionTests.run(kernel, policies: ["/p.toml"])
      #expect(kernel.started == "/bin/target")
    }
    let errors = String(decoding: result.standardErrorContent, as: UTF8.self)
    for words in [
      "uring-jail: this program must not be set-user-ID: it runs as user 0 for user 1000, and ",
      "(chmod u-s /usr/bin/uring-jail, and start it as user 0, with sudo(8) or a service manager); "
        + "nothing was started\n",
      "must not be set-group-ID: it runs as group 5 for group 1000", "(chmod g-s /usr/bin/uring-jail, and ",
      "must not have capabilities from its file", "(setcap -r /usr/bin/uring-jail, and ",
    ] {
      #expect(errors.contains(words), "\(errors)")
    }
  }
}
