import BPF
import Diagnostics
import Jail
import Kernel
import Policy
import TestSupport
import Testing
import URingABI

/// Kernels older and newer than the table of operations.
struct KernelAgeTests {
  // MARK: Without filters

  /// Whether it is too old or was built without them, the number does not tell.
  @Test(arguments: [
    "6.18.0", "6.19.3-1-amd64", "5.10.0", "4.19", "unknown", "", "7.0.0", "7.3.4+deb14-amd64", "7.0-rc5", "10.0",
  ])
  func kernelWithoutFiltersIsRefusedAndWhatItLacksIsNamed(_ release: String) throws {
    let kernel = FakeKernel.withTarget()
    kernel.hasFilters = false
    kernel.release = release
    let failure = try launch(on: kernel)
    #expect(failure.kind == .setUp)
    #expect(
      failure.message
        == "this kernel (\(release)) has no io_uring filters: they came with Linux 7.0, where it is built with "
        + "CONFIG_IO_URING_BPF")
    #expect(failure.help?.hasPrefix("boot Linux 7.0 or newer with CONFIG_IO_URING_BPF=y, or write unsupported") == true)
    #expect(!kernel.hasTriedToExecute && kernel.registrations.isEmpty)
  }

  @Test(arguments: [Errno.invalid, .badDescriptor])
  func everyAnswerOfAnOldKernelIsUnderstood(_ answer: Errno) throws {
    let kernel = FakeKernel.withTarget()
    kernel.release = "6.1.0"
    kernel.failures[.probe] = answer
    let failure = try launch(on: kernel)
    #expect(failure.message.contains("(6.1.0) has no io_uring filters"))
    #expect(!kernel.hasTriedToExecute)
  }

  @Test func kernelWithoutAnyIOURingIsToldApart() throws {
    let kernel = FakeKernel.withTarget()
    kernel.failures[.probe] = .noSystemCall
    let failure = try launch(on: kernel)
    #expect(failure.kind == .setUp)
    #expect(failure.message == "this kernel (7.2.7-test) has no io_uring: io_uring_register fails with ENOSYS")
    #expect(failure.help?.contains("built with CONFIG_IO_URING") == true)
    #expect(!kernel.hasTriedToExecute)
  }

  @Test func kernelThatForbidsTheProbeIsNotTakenForAnOldOne() throws {
    for (error, words) in [(Errno.notPermitted, "seccomp"), (.accessDenied, "outer jail")] {
      let kernel = FakeKernel.withTarget()
      kernel.failures[.probe] = error
      let failure = try launch(on: kernel)
      #expect(failure.message == "checking for io_uring filters failed: \(Self.probe): \(error)")
      #expect(failure.help?.contains(words) == true)
    }
  }

  private static let probe = "io_uring_register(IORING_REGISTER_BPF_FILTER)"

  // MARK: More and fewer operations

  private static let newer = 70

  @Test func operationsOfANewerKernelAreDeniedByDefault() throws {
    let jail = try jail(Policy(allow: [.read, Operation(code: 68)]), operationCount: Self.newer)
    #expect(
      try KernelAbilities(operationCount: Self.newer).operations.filter { try jail.allows($0, context: []) }
        == [.read, Operation(code: 68)])
  }

  @Test func operationsOfANewerKernelAreAllowedWhereThePolicyIsADenyList() throws {
    let jail = try jail(Policy(.allow, deny: [.read, Operation(code: 69)]), operationCount: Self.newer)
    let denied = try KernelAbilities(operationCount: Self.newer).operations.filter { try !jail.allows($0, context: []) }
    #expect(denied == [.read, Operation(code: 69)])
  }

  @Test func filtersAloneDenyTheOperationsOfANewerKernelOneByOne() throws {
    let kernel = FakeKernel.insideAnotherJail(FakeJail(filter: .always(.allow), for: .nop))
    kernel.operationCount = Self.newer
    try launch(on: kernel, Policy(allow: [.read]))
    let filtered = kernel.registrations.compactMap {
      if case .filter(let operation, _, _) = $0 { operation } else { nil }
    }
    #expect(filtered == KernelAbilities(operationCount: Self.newer).operations.filter { $0 != .read })
    for code in 65..<70 as Range<UInt8> { #expect(try !kernel.jail.allows(Operation(code: code), context: [])) }
  }

  @Test func operationThatThisKernelLacksIsLeftOut() throws {
    let kernel = FakeKernel.withTarget()
    try launch(on: kernel, Policy(allow: [.read, Operation(code: 65), Operation(code: 255)]))
    #expect(kernel.registrations == [.restrict([.allow(.read), .allowFlags(.everyBit)])])
    #expect(kernel.started == "/bin/target")
  }

  @Test(arguments: [0, 1, 64, 257])
  func kernelWithFewerOperationsThanAnyWithFiltersIsRefused(_ count: Int) throws {
    let kernel = FakeKernel.withTarget()
    kernel.operationCount = count
    let failure = try launch(on: kernel)
    #expect(failure.kind == .setUp)
    #expect(failure.message.contains("io_uring_register(IORING_REGISTER_QUERY): Invalid argument (EINVAL)"))
    #expect(!kernel.hasTriedToExecute && kernel.registrations.isEmpty)
  }

  @Test func everyOpcodeThereCanBeFitsIntoTheRestrictions() throws {
    let jail = try jail(Policy(.allow, deny: [Operation(code: 255)]), operationCount: 256)
    #expect(try jail.allows(Operation(code: 254), context: []))
    #expect(try !jail.allows(Operation(code: 255), context: []))
  }

  private func jail(_ policy: Policy, operationCount: Int) throws -> FakeJail {
    let kernel = FakeKernel.withTarget()
    kernel.operationCount = operationCount
    try launch(on: kernel, policy)
    #expect(kernel.started == "/bin/target")
    return kernel.jail
  }

  // MARK: Data that the kernel does not show

  @Test func conditionOnDataThatTheKernelHidesStopsTheLaunchAtItsPlace() throws {
    for size: UInt8 in [0, 23] {
      let kernel = FakeKernel.withTarget()
      kernel.payloadSizes[.connect] = size
      let failure = try launch(on: kernel, .connections())
      #expect(failure.diagnostic?.id.name == "unfilterable")
      #expect(failure.message == "this kernel does not show filters the arguments of 'connect'")
      #expect(failure.help?.contains("Linux 7.2") == true)
      #expect(kernel.registrations == [] && !kernel.hasTriedToExecute)
    }
  }

  @Test func operationWithHiddenDataIsDeniedWholeWhereThePolicySaysSo() throws {
    let kernel = FakeKernel.withTarget()
    kernel.payloadSizes[.connect] = 0
    try launch(on: kernel, .connections(unfilterable: .denyOperation))
    #expect(kernel.registrations == [.restrict([.allow(.nop), .allowFlags(.everyBit)])])
    #expect(kernel.started == "/bin/target")
  }

  @Test func operationWhoseDataIsShownIsFiltered() throws {
    let kernel = FakeKernel.withTarget()
    try launch(on: kernel, .connections())
    #expect(kernel.registrations.last == .filter(.connect, payloadSize: 24, deniesRest: false))
  }
}
