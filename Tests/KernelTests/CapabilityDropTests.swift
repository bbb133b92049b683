import Kernel
import TestSupport
import Testing

struct CapabilityDropTests {
  private static let everything: UInt64 = (1 << 41) - 1
  private static let setpcap: UInt64 = 1 << 8

  private func kernel(_ sets: UInt64) -> FakeKernel {
    let kernel = FakeKernel()
    kernel.capabilitySets = CapabilitySets(effective: sets, permitted: sets, inheritable: sets)
    return kernel
  }

  @Test(arguments: [true, false])
  func allLeaveEverySet(_ noNewPrivileges: Bool) throws {
    let kernel = kernel(Self.everything)
    try CapabilityDrop(kernel).drop(nil, noNewPrivileges: noNewPrivileges)
    #expect(kernel.capabilitySets == CapabilitySets())
    #expect(kernel.boundingSet == 0)
  }

  @Test func namedOnesLeaveAndTheOthersStay() throws {
    let kernel = kernel(Self.everything)
    try CapabilityDrop(kernel).drop([8, 21, 40], noNewPrivileges: false)
    let rest = Self.everything & ~(1 << 8 | 1 << 21 | 1 << 40)
    #expect(kernel.capabilitySets == CapabilitySets(effective: rest, permitted: rest, inheritable: rest))
    #expect(kernel.boundingSet == rest)
  }

  @Test func capabilityThatTheKernelDoesNotHaveIsGoneAlready() throws {
    let kernel = kernel(Self.everything)
    try CapabilityDrop(kernel).drop([41, 63, 0], noNewPrivileges: false)
    #expect(kernel.boundingSet == Self.everything & ~1)
  }

  @Test func callerWithoutSetpcapKeepsABoundingSetThatNothingCanUse() throws {
    let kernel = kernel(1 << 21)
    try CapabilityDrop(kernel).drop(nil, noNewPrivileges: true)
    #expect(kernel.capabilitySets == CapabilitySets())
    #expect(kernel.boundingSet == Self.everything)
  }

  @Test func callerWithoutSetpcapCannotDropWhatCouldComeBack() throws {
    let kernel = kernel(1 << 21)
    #expect(throws: KernelError("prctl(PR_CAPBSET_DROP, 0)", .notPermitted)) {
      try CapabilityDrop(kernel).drop(nil, noNewPrivileges: false)
    }
    #expect(kernel.capabilitySets.permitted == 1 << 21)
  }

  @Test func capabilityOutsideTheBoundingSetNeedsNoPrivilege() throws {
    let kernel = kernel(1 << 21)
    kernel.boundingSet = 0
    try CapabilityDrop(kernel).drop(nil, noNewPrivileges: false)
    #expect(kernel.capabilitySets == CapabilitySets())
  }

  @Test func callerWithoutCapabilitiesHasNothingToGiveUp() throws {
    let kernel = kernel(0)
    try CapabilityDrop(kernel).drop([21], noNewPrivileges: true)
    #expect(kernel.calls.map(\.name) == [.dropFromBoundingSet, .getCapabilities])
  }

  @Test func answerThatAKernelDoesNotGiveIsNoEndOfTheList() {
    let kernel = kernel(Self.everything)
    kernel.failureAt = (5, .invalid)
    #expect(throws: KernelError("prctl(PR_CAPBSET_DROP, 5)", .invalid)) {
      try CapabilityDrop(kernel).drop(nil, noNewPrivileges: true)
    }
  }
}
