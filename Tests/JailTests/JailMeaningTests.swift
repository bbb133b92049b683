import BPF
import Jail
import Kernel
import Policy
import TestSupport
import Testing
import URingABI

/// What the kernel is given means what the policy says, alone and inside another jail.
struct JailMeaningTests {
  private static let policies: [Policy] = [
    .unixSockets, Policy(), Policy(.allow), Policy(allow: [.read]), Policy(.allow, deny: [.read]),
    Policy(.allow, deny: [.socket]), Policy(.allow, families: [2, 10]), Policy(allow: [.socket], families: [1, 40]),
    Policy(allow: [.nop, .socket], deny: [.nop], families: [2]), Policy(allow: Operation.known),
    Policy(allow: Operation.known, families: [16]), Policy(.allow, deny: Operation.known),
    Policy(allow: [.read, .socket], deny: [.socket]),
  ]

  private static let requests: [Submission] =
    Operation.known.filter { $0 != .socket }.map { Submission($0) }
    + [0, 1, 2, 10, 16, 40, .max].flatMap { (family: UInt32) in
      [1, 3, 0x80001].map { Submission(.socket, .socket(family: family, type: $0, protocol: 0)) }
    }

  private func context(_ request: Submission) -> [UInt32] {
    var words = [UInt32](repeating: 0, count: FilterContext.size / 4)
    if case .socket(let family, let type, let number) = request.payload {
      words[4] = family
      words[5] = type
      words[6] = number
    }
    return words
  }

  private func expectMeaning(_ kernel: FakeKernel, _ policy: Policy, within outer: FakeJail) throws {
    #expect(kernel.started == "/bin/target")
    for request in Self.requests {
      let context = context(request)
      let expected =
        try ReferenceEvaluator.decide(.submission(request), under: policy).isAllowed
        && outer.allows(request.operation, context: context)
      #expect(try kernel.jail.allows(request.operation, context: context) == expected, "\(request)")
    }
  }

  @Test(arguments: policies.indices)
  func jailAllowsWhatThePolicyAllows(_ index: Int) throws {
    let kernel = FakeKernel.withTarget()
    try launch(on: kernel, Self.policies[index])
    try expectMeaning(kernel, Self.policies[index], within: FakeJail())
  }

  /// Jails that a parent may have put this process in.
  private static let outerJails = [
    FakeJail(restrictions: [.allowFlags(.everyBit)] + Operation.known.map { .allow($0) }),
    FakeJail(restrictions: [.allow(.nop), .allow(.socket), .allowFlags(.everyBit)]),
    FakeJail(restrictions: [.allowRegister(.bpfFilter)]),
    FakeJail(filter: .always(.deny), for: .read),
    FakeJail(filter: .always(.allow), for: .read),
    FakeJail(filter: .always(.allow), for: Operation(code: 64)),
  ]

  @Test(arguments: policies.indices, outerJails.indices)
  func jailInsideAJailAllowsWhatBothAllow(_ index: Int, _ outer: Int) throws {
    let kernel = FakeKernel.insideAnotherJail(Self.outerJails[outer])
    try launch(on: kernel, Self.policies[index])
    try expectMeaning(kernel, Self.policies[index], within: Self.outerJails[outer])
  }

  @Test(arguments: policies.indices)
  func everyFlagStaysFree(_ index: Int) throws {
    let kernel = FakeKernel.withTarget()
    try launch(on: kernel, Self.policies[index])
    let allowed = try Operation.known.filter { try kernel.jail.allows($0, context: context(Submission($0))) }
    for operation in allowed {
      for bit in 0..<8 {
        let flags = SQEFlags(rawValue: 1 << UInt8(bit))
        #expect(try kernel.jail.allows(operation, flags: flags, context: context(Submission(operation))))
      }
    }
  }

  // MARK: The way from restrictions to filters

  @Test func restrictionsRefusedAsSecondOnesBecomeFiltersOfTheSamePolicy() throws {
    let kernel = FakeKernel.withTarget()
    kernel.failures[.restrict] = .notPermitted
    try launch(on: kernel)
    try expectMeaning(kernel, .unixSockets, within: FakeJail())
    #expect(kernel.calls.count { $0.name == .restrict } == 1)
    // Every denied operation by itself, and the conditions on sockets.
    #expect(kernel.calls.count { $0.name == .filter } == 65 - 2)
  }

  @Test func restrictionsRefusedForAnyOtherReasonAreNotReplaced() throws {
    for error in [Errno.accessDenied, .invalid, .noMemory, .messageSize] {
      let kernel = FakeKernel.withTarget()
      kernel.failures[.restrict] = error
      let failure = try launch(on: kernel)
      #expect(failure.message.hasPrefix("restricting the io_uring operations failed: "))
      #expect(!kernel.calls.contains { $0.name == .filter } && !kernel.hasTriedToExecute)
    }
  }

  @Test func filtersThatTheKernelRefusesAfterTheFallBackStopTheLaunch() throws {
    let kernel = FakeKernel.withTarget()
    kernel.failures = [.restrict: .notPermitted, .filter: .accessDenied]
    let failure = try launch(on: kernel)
    #expect(failure.kind == .setUp)
    #expect(failure.message.hasPrefix("restricting the io_uring operation 'readv' failed: "))
    #expect(!kernel.hasTriedToExecute)
  }
}
