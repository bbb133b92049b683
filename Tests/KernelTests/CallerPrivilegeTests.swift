import Kernel
import Testing

/// Who is privileged, by every property that makes somebody so, and who got that from the file of this program.
struct CallerPrivilegeTests {
  private let files = FakeFiles()

  private func run(as user: UInt32) {
    files.userIDs = UserIDs(real: user, effective: user)
    files.groupIDs = GroupIDs(real: user, effective: user)
  }

  private var demanded: FileTrust? { try? FileTrust.demanded(by: files, acceptsDistrusted: false) }

  @Test func ordinaryUserNeedsNoTrustAndRootDoes() {
    run(as: 1000)
    #expect(demanded == .notNeeded)
    run(as: 0)
    #expect(demanded == .required(caller: 0))
    #expect((try? FileTrust.demanded(by: files, acceptsDistrusted: true)) == .reported(caller: 0))
  }

  /// Three ids of two users each: all that are not the same need trust.
  @Test func idsThatDifferNeedTrust() {
    for real in [1000, 33] as [UInt32] {
      for effective in [1000, 33] as [UInt32] {
        for saved in [1000, 33, 0] as [UInt32] {
          let differ = real != effective || effective != saved
          run(as: 1000)
          files.userIDs = UserIDs(real: real, effective: effective, saved: saved)
          #expect(
            demanded == (differ ? .required(caller: effective) : .notNeeded), "users \(real) \(effective) \(saved)")
          run(as: 1000)
          files.groupIDs = GroupIDs(real: real, effective: effective, saved: saved)
          #expect(demanded == (differ ? .required(caller: 1000) : .notNeeded), "groups \(real) \(effective) \(saved)")
        }
      }
    }
  }

  @Test(arguments: [\CapabilitySets.effective, \.permitted, \.inheritable])
  func everyCapabilityInEverySetNeedsTrust(_ set: any WritableKeyPath<CapabilitySets, UInt64> & Sendable) {
    run(as: 1000)
    for capability in 0..<64 as Range<UInt64> {
      files.capabilitySets = CapabilitySets()
      files.capabilitySets[keyPath: set] = 1 << capability
      #expect(demanded == .required(caller: 1000), "\(capability)")
    }
    files.capabilitySets = CapabilitySets()
    #expect(demanded == .notNeeded)
  }

  @Test func secureExecutionNeedsTrust() {
    run(as: 1000)
    files.isSecure = true
    #expect(demanded == .required(caller: 1000))
  }

  @Test func everyFailureToAskIsAFailure() {
    run(as: 1000)
    for (index, call) in ["getresuid", "getresgid", "capget"].enumerated() {
      files.failure = (files.calls.count + index, .invalid)
      #expect(throws: KernelError(call, .invalid)) { try FileTrust.demanded(by: files, acceptsDistrusted: true) }
    }
  }

  // MARK: The overflow user

  private func setting(_ text: String) { files.file("/proc/sys/kernel/overflowuid", text) }

  @Test func overflowUserIsTheOneOfTheKernel() {
    run(as: 0)
    #expect(demanded == .required(caller: 0, nobody: 65534), "without the setting, it is the usual one")
    setting("60001\n")
    #expect(demanded == .required(caller: 0, nobody: 60001))
    for text in ["", "\n", "x\n", "-1\n", "4294967296\n"] {
      setting(text)
      #expect(throws: KernelError("reading /proc/sys/kernel/overflowuid", .invalid)) {
        try FileTrust.demanded(by: files, acceptsDistrusted: false)
      }
    }
  }

  @Test func settingThatCannotBeReadIsAFailureAndOneThatIsNotThereIsNone() {
    run(as: 0)
    setting("65534\n")
    // getresuid, which is all that is asked of user 0; open, read and close.
    for index in 1..<3 {
      files.failure = (files.calls.count + index, .accessDenied)
      #expect(throws: KernelError("reading /proc/sys/kernel/overflowuid", .accessDenied)) {
        try FileTrust.demanded(by: files, acceptsDistrusted: false)
      }
      #expect(files.held.isEmpty)
    }
    files.failure = (files.calls.count + 1, .noSuchFile)
    #expect(demanded == .required(caller: 0, nobody: 65534))
  }

  // MARK: Rights from the file of the program

  private var elevation: Elevation? {
    get throws { try Elevation.find(files) }
  }

  @Test func withoutASecureExecutionNothingIsAsked() throws {
    run(as: 0)
    files.capabilitySets = CapabilitySets(effective: 1, permitted: 1)
    #expect(try elevation == nil)
    #expect(files.calls.isEmpty)
  }

  @Test func setUserIDAndSetGroupIDAreTold() throws {
    files.isSecure = true
    let users = UserIDs(real: 1000, effective: 0)
    run(as: 1000)
    files.userIDs = users
    #expect(try elevation == .user(users))
    // Downwards as well: root's environment is not the other user's.
    files.userIDs = UserIDs(real: 0, effective: 1000)
    #expect(try elevation == .user(UserIDs(real: 0, effective: 1000)))
    run(as: 1000)
    files.groupIDs = GroupIDs(real: 1000, effective: 5)
    #expect(try elevation == .group(GroupIDs(real: 1000, effective: 5)))
  }

  @Test func capabilitiesThatAreNotAmbientComeFromTheFile() throws {
    files.isSecure = true
    run(as: 1000)
    files.capabilitySets = CapabilitySets(permitted: 0b101)
    files.ambient = 0b001
    #expect(try elevation == .capabilities)
    files.ambient = 0b101
    #expect(try elevation == nil, "a security module")
    files.capabilitySets = CapabilitySets(effective: .max, permitted: .max)
    run(as: 0)
    files.ambient = 0
    #expect(try elevation == nil, "root has them by itself")
    run(as: 1000)
    files.failure = (files.calls.count + 3, .invalid)
    #expect(throws: KernelError("prctl(PR_CAP_AMBIENT_IS_SET)", .invalid)) { try elevation }
  }
}
