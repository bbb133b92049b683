import Jail
import Kernel
import Policy
import TestSupport
import Testing
import URingABI

/// A policy and a kernel for it: together they make every call that a launch can make.
struct Scenario: Sendable {
  let policy: Policy
  let options: LaunchOptions
  private let prepare: @Sendable (FakeKernel) -> Void

  private init(
    _ policy: Policy, _ options: LaunchOptions = LaunchOptions(),
    _ prepare: @escaping @Sendable (FakeKernel) -> Void = { _ in }
  ) {
    self.policy = policy
    self.options = options
    self.prepare = prepare
  }

  func kernel() -> FakeKernel {
    let kernel = FakeKernel.withTarget()
    kernel.isAdministrator = true
    for (number, link) in [(3, "socket:[1]"), (4, "pipe:[2]"), (9, "anon_inode:[io_uring]")] as [(Int32, String)] {
      kernel.inherited[number] = .init(link)
    }
    kernel.capabilitySets = CapabilitySets(effective: 0x1FF, permitted: 0x1FF, inheritable: 1)
    prepare(kernel)
    return kernel
  }

  @discardableResult
  func launch(_ kernel: FakeKernel) throws -> LaunchFailure {
    try JailTests.launch(on: kernel, policy, options: options)
  }

  /// The kernel after a launch in which nothing fails.
  func run() -> FakeKernel {
    let kernel = kernel()
    _ = try? launch(kernel)
    return kernel
  }

  /// The target was started in a jail that means the same as if nothing had failed.
  func expectJail(of kernel: FakeKernel, like whole: FakeKernel, _ what: @autoclosure () -> String) {
    #expect(whole.started != nil)
    // A kernel that claims to have no filters is blocked as a whole where the policy says so.
    let isBlocked = (try? kernel.verdict(number: 425, arguments: [])) == SystemCallVerdict.fail(.noSystemCall)
    if !isBlocked {
      for request in Self.requests {
        let (one, other) = (
          try? kernel.jail.allows(request.operation, context: request.words),
          try? whole.jail.allows(request.operation, context: request.words)
        )
        #expect(one == other, "\(request) after \(what())")
      }
      for opcode in 0..<40 as Range<UInt64> {
        #expect(
          (try? kernel.verdict(number: 427, arguments: [3, opcode]))
            == (try? whole.verdict(number: 427, arguments: [3, opcode])), "\(what())")
      }
    }
    // Stricter is as good: a kernel whose hole cannot be tried is mitigated.
    let denied = SystemCallVerdict.fail(.notPermitted)
    if (try? whole.verdict(number: FakeKernel.execve, arguments: [])) == denied {
      #expect((try? kernel.verdict(number: FakeKernel.execve, arguments: [])) == denied, "\(what())")
    }
    // A descriptor that turns out not to be there is not handed over either.
    #expect(Set(kernel.handedOver).isSubset(of: whole.handedOver), "\(what())")
    #expect(kernel.capabilitySets == whole.capabilitySets, "\(what())")
    // Where the attribute keeps it from mattering, and either it cannot be changed or nobody can tell.
    let keepsBoundingSet = kernel.noNewPrivilegesIsSet
    #expect(kernel.boundingSet == whole.boundingSet || keepsBoundingSet, "\(what())")
    #expect(kernel.noNewPrivilegesIsSet == whole.noNewPrivilegesIsSet, "\(what())")
  }

  private struct Request: CustomStringConvertible {
    let operation: Operation
    let words: [UInt32]
    var description: String { "\(operation.name) \(words)" }
  }

  private static let requests: [Request] =
    Operation.known.map { Request(operation: $0, words: [UInt32](repeating: 0, count: 10)) }
    + [1, 2].map { Request(operation: .socket, words: [0, 0, 0, 0, $0, 0, 0, 0, 0, 0]) }
    + [0x0100, 0xBB01].map { Request(operation: .connect, words: [0, 0, 0, 0, 2, $0, 0, 0, 0, 0]) }

  static let all: [Scenario] = [
    Scenario(.unixSockets),
    Scenario(.withoutNoNewPrivileges),
    Scenario(.connections()),
    // Everything that is not about requests.
    Scenario(
      Policy(
        allow: [.read, .socket], families: [1], register: [.query], exec: .deny, keep: [4], drop: .some([0, 8, 50])),
      LaunchOptions(keptDescriptors: [3])),
    // The same where the bounding set has to be dropped.
    Scenario(
      Policy(allow: [.read], register: [.query], noNewPrivileges: false, drop: .all), LaunchOptions(passedSockets: 2)
    ) {
      $0.capabilityCount = 10
      $0.boundingSet = (1 << 10) - 1
    },
    Scenario(Policy(allow: [.read], noNewPrivileges: false, drop: .some([3, 20]))) {
      $0.capabilitySets = CapabilitySets(permitted: 8)
      $0.boundingSet = 0
    },
    Scenario(Policy(allow: [.read], keep: [4])) { $0.closesRanges = false },
    // A kernel whose hole has to be tried.
    Scenario(Policy(allow: [.read], holes: .mitigate)) {
      $0.release = "7.0.13"
      $0.userIDs = UserIDs(real: 0, effective: 0)
      $0.files["/proc/sys/kernel/random/boot_id"] = Array("01234567-89ab-cdef-0123-456789abcdef\n".utf8)
      $0.otherFiles["/run"] = .directory
      $0.childStatus = ExecutionHoleTrial.Status.free.rawValue
    },
    Scenario(Policy(allow: [.read], exec: .deny, unsupported: .blockIOURing)) {
      $0.hasFilters = false
      $0.release = "6.1.0"
    },
    Scenario(Policy(allow: [.read], unsupported: .blockIOURing)) {
      $0.hasFilters = false
      $0.isFiltered = true
    },
    // Rings that cannot be asked for, and something that may be one.
    Scenario(Policy(allow: [.read], keep: [4])) {
      $0.entering = .noSystemCall
      $0.inherited[4] = .init("anon_inode:[eventfd]")
    },
    // No standard stream, and nothing that is kept.
    Scenario(Policy(allow: [.read], register: [.query])) { $0.closedStreams = [0, 1, 2] },
  ]
}
