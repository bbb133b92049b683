import FilterCompiler
import Jail
import Kernel
import Policy
import TestSupport
import Testing

/// `unsupported`: what happens on a kernel that cannot filter.
struct UnsupportedKernelTests {
  /// Kernels without filters, by what they answer to the probe.
  static let answers: [Errno] = [.invalid, .badDescriptor, .noSystemCall]

  private func kernel(_ answer: Errno) -> FakeKernel {
    let kernel = FakeKernel.withTarget()
    kernel.release = "6.1.0"
    kernel.failures[.probe] = answer
    return kernel
  }

  private func isBlocked(_ kernel: FakeKernel) throws -> Bool {
    try (425...427).allSatisfy {
      try kernel.verdict(number: $0, arguments: []) == SystemCallVerdict.fail(.noSystemCall)
    }
  }

  @Test(arguments: answers)
  func ioUringCanBeBlockedAsAWhole(_ answer: Errno) throws {
    let kernel = kernel(answer)
    try launch(on: kernel, Policy(allow: [.read], unsupported: .blockIOURing))
    #expect(kernel.started == "/bin/target")
    #expect(try isBlocked(kernel))
    #expect(kernel.registrations.isEmpty)
  }

  @Test(arguments: answers)
  func targetCanBeStartedUnconfinedAndTheCallerIsWarnedEachTime(_ answer: Errno) throws {
    for _ in 0..<2 {
      let kernel = kernel(answer)
      var warnings: [String] = []
      try launch(on: kernel, Policy(allow: [.read], unsupported: .runUnconfined)) { warnings.append($0) }
      #expect(kernel.started == "/bin/target")
      #expect(kernel.systemCallFilters.isEmpty)
      #expect(warnings.count == 1)
      #expect(warnings.first?.contains("NOT confined") == true)
    }
  }

  @Test(arguments: answers)
  func restOfThePolicyHoldsThereAsWell(_ answer: Errno) throws {
    for rule in [KernelRules.Unsupported.blockIOURing, .runUnconfined] {
      let kernel = kernel(answer)
      kernel.inherited[7] = .init("socket:[1]")
      kernel.capabilitySets = CapabilitySets(effective: 1 << 8, permitted: 1 << 8)
      try launch(on: kernel, Policy(exec: .deny, drop: .all, unsupported: rule))
      #expect(kernel.started == "/bin/target" && kernel.handedOver == [])
      #expect(kernel.boundingSet == 0 && kernel.capabilitySets == CapabilitySets())
      #expect(
        try kernel.verdict(number: FakeKernel.execve, arguments: []) == SystemCallVerdict.fail(.notPermitted))
      #expect(try isBlocked(kernel) == (rule == .blockIOURing))
    }
  }

  @Test func strictestOfSeveralPoliciesHolds() throws {
    let policies: [(KernelRules.Unsupported?, KernelRules.Unsupported?, String)] = [
      (.runUnconfined, .blockIOURing, "blocked"), (.blockIOURing, .runUnconfined, "blocked"),
      (.runUnconfined, nil, "refused"), (.refuse, .blockIOURing, "refused"), (nil, .blockIOURing, "refused"),
      (.runUnconfined, .runUnconfined, "unconfined"),
    ]
    for (first, second, expected) in policies {
      let kernel = kernel(.invalid)
      try launch(on: kernel, Policy(unsupported: first), Policy(unsupported: second))
      let result = kernel.started == nil ? "refused" : kernel.systemCallFilters.isEmpty ? "unconfined" : "blocked"
      #expect(result == expected, "\(String(describing: first)), \(String(describing: second))")
    }
  }

  @Test func callThatIsForbiddenLetsOnlyBlockingGoOn() throws {
    for error in [Errno.notPermitted, .accessDenied] {
      for rule in [nil, KernelRules.Unsupported.refuse, .runUnconfined] {
        let kernel = kernel(error)
        try launch(on: kernel, Policy(unsupported: rule))
        #expect(!kernel.hasTriedToExecute)
      }
      let kernel = kernel(error)
      try launch(on: kernel, Policy(unsupported: .blockIOURing))
      #expect(try kernel.started == "/bin/target" && isBlocked(kernel))
    }
  }

  @Test(arguments: answers)
  func answerThatMayBeAFiltersLetsOnlyBlockingGoOn(_ answer: Errno) throws {
    for rule in KernelRules.Unsupported.allCases {
      let kernel = kernel(answer)
      kernel.release = "7.2.7"
      kernel.isFiltered = true
      var steps: [String] = []
      let policy = CombinedPolicy([Policy(unsupported: rule)])
      let log = LaunchLog(warn: { _ in }, step: { steps.append($1) })
      do throws(LaunchFailure) {
        _ = try Launcher(kernel, log: log).confine(policy, LaunchOptions())
        #expect(rule == .blockIOURing && (try? isBlocked(kernel)) == true)
        let unknown = "uring-jail cannot determine whether this kernel (7.2.7) has io_uring filters"
        #expect(steps.contains { $0.contains(unknown) })
      } catch {
        #expect(rule != .blockIOURing)
        #expect(error.message.contains("uring-jail cannot determine whether this kernel (7.2.7) has io_uring filters"))
        #expect(error.help?.contains("block-io-uring") == true)
      }
    }
  }

  @Test func kernelThatCanFilterFiltersWhateverTheRule() throws {
    for rule in KernelRules.Unsupported.allCases {
      let kernel = FakeKernel.withTarget()
      try launch(on: kernel, Policy(allow: [.read], unsupported: rule))
      #expect(kernel.registrations.count == 1 && kernel.systemCallFilters.isEmpty)
    }
  }

  @Test func kernelWithoutSeccompIsRefused() throws {
    for error in [Errno.noSystemCall, .invalid, .accessDenied] {
      let kernel = kernel(.invalid)
      kernel.failures[.seccomp] = error
      let failure = try launch(on: kernel, Policy(unsupported: .blockIOURing))
      #expect(failure.message.contains("seccomp(SECCOMP_SET_MODE_FILTER): \(error)"))
      #expect(!kernel.hasTriedToExecute)
    }
  }
}
