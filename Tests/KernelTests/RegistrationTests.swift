import BPF
import Kernel
import TestSupport
import Testing
import URingABI

struct RegistrationTests {
  private func kernel() -> FakeKernel {
    let kernel = FakeKernel()
    kernel.noNewPrivilegesIsSet = true
    return kernel
  }

  @Test func kernelWithFiltersSaysSo() throws {
    let kernel = kernel()
    #expect(try Registration(kernel).probe() == .available)
    #expect(kernel.calls == [.probe])
    #expect(kernel.jail.isEmpty)
  }

  @Test(arguments: [
    (Errno.invalid, Registration.Support.absent), (.badDescriptor, .absent), (.noSystemCall, .noIOURing),
  ])
  func kernelWithoutFiltersSaysSo(_ error: Errno, _ support: Registration.Support) throws {
    let kernel = kernel()
    kernel.failures[.probe] = error
    #expect(try Registration(kernel).probe() == support)
  }

  @Test(arguments: [Errno.notPermitted, .accessDenied, .noMemory, .interrupted, .argumentsTooLong])
  func anyOtherAnswerIsNoAnswer(_ error: Errno) {
    let kernel = kernel()
    kernel.failures[.probe] = error
    #expect(throws: KernelError("io_uring_register(IORING_REGISTER_BPF_FILTER)", error)) {
      try Registration(kernel).probe()
    }
  }

  @Test(arguments: [65, 66, 70, 255, 256])
  func kernelSaysHowManyOperationsItHas(_ count: Int) throws {
    let kernel = kernel()
    kernel.operationCount = count
    #expect(try Registration(kernel).abilities() == KernelAbilities(operationCount: count))
    #expect(kernel.calls == [.query])
  }

  @Test(arguments: [0, 1, 64, 257, 65_601, Int(UInt32.max)])
  func numberOfOperationsThatCannotBeIsNotBelieved(_ count: Int) {
    let kernel = kernel()
    kernel.operationCount = count
    #expect(throws: KernelError("io_uring_register(IORING_REGISTER_QUERY)", .invalid)) {
      try Registration(kernel).abilities()
    }
  }

  @Test func restrictionsReachTheKernelAsTheyAre() throws {
    let restrictions: [Restriction] = [
      .allow(Operation(code: 0)), .allow(Operation(code: 64)), .allowFlags(.everyBit), .requireFlags(.async),
      .allowRegister(.bpfFilter), .allowRegister(RegisterOperation(code: 0)),
    ]
    let kernel = kernel()
    try Registration(kernel).register(restrictions)
    #expect(kernel.calls == [.restrict(restrictions), .restrict(restrictions)], "once, and asked back")
  }

  @Test func noRestrictionAtAllIsARestriction() throws {
    let kernel = kernel()
    try Registration(kernel).register([])
    #expect(kernel.calls == [.restrict([]), .restrict([])])
    #expect(try !kernel.jail.allows(Operation(code: 0), context: []))
  }

  @Test(arguments: [false, true])
  func filterReachesTheKernelAsItIs(_ deniesRest: Bool) throws {
    let program = try #require(
      Program(checking: [
        Instruction(code: Opcode.loadWord, k: 16), Instruction(code: Opcode.jumpEqual, jumpTrue: 1, k: 0xDEAD_BEEF),
        Instruction(code: Opcode.returnImmediate, k: 0), Instruction(code: Opcode.returnImmediate, k: 1),
      ]))
    let kernel = kernel()
    try Registration(kernel).register(program, for: .socket, payloadSize: 12, deniesRest: deniesRest)
    #expect(kernel.calls == [.filter(.socket, payloadSize: 12, deniesRest: deniesRest)])
    #expect(try kernel.jail.allows(.socket, context: [0, 0, 0, 0, 0xDEAD_BEEF]))
    #expect(try !kernel.jail.allows(.socket, context: [0, 0, 0, 0, 0xDEAD_BEEE]))
    #expect(try kernel.jail.allows(Operation(code: 0), context: []) == !deniesRest)
  }

  @Test func refusalNamesTheCallAndTheOperation() {
    let kernel = kernel()
    kernel.failures = [.filter: .messageSize, .restrict: .notPermitted, .query: .invalid]
    #expect(throws: KernelError("io_uring_register(IORING_REGISTER_BPF_FILTER) for socket", .messageSize)) {
      try Registration(kernel).register(.always(.deny), for: .socket, payloadSize: 12, deniesRest: false)
    }
    #expect(throws: KernelError("io_uring_register(IORING_REGISTER_RESTRICTIONS)", .notPermitted)) {
      try Registration(kernel).register([])
    }
    #expect(throws: KernelError("io_uring_register(IORING_REGISTER_QUERY)", .invalid)) {
      try Registration(kernel).abilities()
    }
  }
}
