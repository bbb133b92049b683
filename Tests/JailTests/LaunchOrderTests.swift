import Jail
import Kernel
import Policy
import TestSupport
import Testing
import URingABI

/// What a launch does, and in which order.
struct LaunchOrderTests {
  @Test func launchTakesPrivilegeThenLooksForRingsThenRestrictsThenExecutes() throws {
    let kernel = FakeKernel.withTarget()
    try launch(on: kernel)
    #expect(
      kernel.calls == [
        .setNoNewPrivileges, .getNoNewPrivileges,
        .enterRing(-1), .enterRing(0), .enterRing(1), .enterRing(2),
        .duplicate(0), .closeRange(3, .max), .isClosedOnExec(100),
        .uname, .probe, .query,
        .restrict([.allow(.nop), .allow(.read), .allow(.socket), .allowFlags(.everyBit)]),
        .restrict([.allow(.nop), .allow(.read), .allow(.socket), .allowFlags(.everyBit)]),
        .filter(.socket, payloadSize: 12, deniesRest: false),
        .execute("/bin/target", ["/bin/target", "-x"]),
      ])
    #expect(kernel.started == "/bin/target")
    #expect(kernel.openDescriptors.isEmpty)
  }

  @Test func filtersAreRegisteredInTheOrderOfTheTableAndOnlyTheLastDeniesTheRest() throws {
    let kernel = FakeKernel.insideAnotherJail(FakeJail(restrictions: [.allow(.socket), .allowFlags(.everyBit)]))
    try launch(on: kernel, Policy(allow: [.socket], families: [1]))
    let filters = kernel.registrations.dropFirst()
    #expect(
      Array(filters)
        == Operation.known.map {
          .filter($0, payloadSize: $0 == .socket ? 12 : 0, deniesRest: $0 == Operation.known.last)
        })
    #expect(kernel.started == "/bin/target")
  }

  @Test func restIsNotDeniedWhereAnOperationIsAllowedWithoutAFilter() throws {
    let kernel = FakeKernel.insideAnotherJail(FakeJail(restrictions: []))
    try launch(on: kernel)
    #expect(kernel.registrations.count == 1 + 65 - 2)
    for case .filter(_, _, let deniesRest) in kernel.registrations { #expect(!deniesRest) }
  }

  @Test func restIsDeniedByTheOnlyFilterWhereNothingElseIsAllowed() throws {
    let kernel = FakeKernel.withTarget()
    try launch(on: kernel, Policy(allow: [.socket], families: [1]))
    #expect(kernel.registrations.last == .filter(.socket, payloadSize: 12, deniesRest: true))
  }

  @Test func policyWithoutConditionsNeedsNoFilter() throws {
    let kernel = FakeKernel.withTarget()
    try launch(on: kernel, Policy(allow: [.read]))
    #expect(kernel.registrations == [.restrict([.allow(.read), .allowFlags(.everyBit)])])
  }

  @Test func policyThatAllowsEverythingRegistersNothingAndStillChecksTheKernel() throws {
    let kernel = FakeKernel.withTarget()
    try launch(on: kernel, Policy(.allow))
    #expect(kernel.registrations == [])
    #expect(kernel.calls.contains(.probe) && kernel.calls.contains(.setNoNewPrivileges))
    #expect(kernel.started == "/bin/target")
  }

  @Test func nothingIsCalledBetweenTheLastRegistrationAndTheTarget() throws {
    for policy in [Policy.unixSockets, Policy(allow: [.read]), Policy(.allow, deny: [.read])] {
      let kernel = FakeKernel.withTarget()
      try launch(on: kernel, policy)
      #expect(kernel.calls.last?.name == .execute)
      #expect([.restrict, .filter].contains(kernel.calls.suffix(2).map(\.name).first))
    }
  }

  @Test func whatTakesSomethingAwayComesBehindWhatNeedsIt() throws {
    let kernel = FakeKernel.withTarget()
    kernel.capabilitySets = CapabilitySets(effective: 1 << 8, permitted: 1 << 8)
    try launch(
      on: kernel,
      Policy(allow: [.socket], families: [1], register: [.query], exec: .deny, drop: .some([8])))
    #expect(
      kernel.calls.map(\.name).drop { $0 != .restrict } == [
        .restrict, .restrict, .filter, .random, .seccomp, .seccompNothing, .executeNothing, .askRegister,
        .dropFromBoundingSet, .getCapabilities, .setCapabilities, .getCapabilities, .open,
        .fileStatus, .read, .read, .close, .execute,
      ])
    #expect(kernel.started == "/bin/target")
  }
}
