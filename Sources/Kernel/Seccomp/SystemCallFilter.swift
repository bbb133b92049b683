package import BPF

/// The seccomp program that enforces `SystemCallRules`, for every way into the kernel that the architecture has.
///
/// What it does not speak of is allowed by the number alone, so that the kernel can leave the program out for those
/// calls (seccomp_cache_prepare(), kernel/seccomp.c, 5.11).
package struct SystemCallFilter {
  /// The high bit of an opcode of io_uring_register(2) says that the descriptor is an index of registered rings
  /// (IORING_REGISTER_USE_REGISTERED_RING).
  private static let registeredRing: UInt32 = 0x8000_0000

  private let rules: SystemCallRules
  private var code = Assembler()
  private let ends: Ends

  /// Where ways through the program end. Those that no rule uses are not placed.
  private struct Ends {
    let allowed: Assembler.Label
    let executionDenied: Assembler.Label
    let absent: Assembler.Label
    let registration: Assembler.Label
    let execution: Assembler.Label
  }

  private init(_ rules: SystemCallRules) {
    self.rules = rules
    ends = Ends(
      allowed: code.makeLabel(), executionDenied: code.makeLabel(), absent: code.makeLabel(),
      registration: code.makeLabel(), execution: code.makeLabel())
  }

  /// - Precondition: there is a rule.
  package static func program(_ rules: SystemCallRules) -> Program {
    precondition(!rules.isEmpty, "a filter without rules filters nothing")
    var filter = SystemCallFilter(rules)
    filter.write()
    guard let program = try? filter.code.assemble(contextSize: SystemCallData.size) else {
      preconditionFailure("a few hundred instructions are no long program")
    }
    return program
  }

  private mutating func write() {
    let compatible = code.makeLabel()
    let native = code.makeLabel()
    let unknown = code.makeLabel()
    code.loadWord(at: SystemCallData.architecture)
    code.branchIfEqual(SystemCallABI.native.architecture, then: .label(native), else: .next)
    code.branchIfEqual(SystemCallABI.compatible.architecture, then: .label(compatible), else: .label(unknown))
    // No kernel of this architecture enters in another way.
    code.place(unknown)
    code.end(result: SystemCallVerdict.killProcess)
    code.place(native)
    choose(.native, markedExecution: true)
    code.place(compatible)
    choose(.compatible, markedExecution: false)
    if let marker = rules.execution { writeExecution(marker) }
    if let permitted = rules.permittedRegistrations, !rules.blocksIOURing { writeRegistration(permitted) }
    if rules.blocksIOURing {
      code.place(ends.absent)
      code.end(result: SystemCallVerdict.fail(.noSystemCall))
    }
    if rules.execution != nil {
      code.place(ends.executionDenied)
      code.end(result: SystemCallVerdict.fail(.notPermitted))
    }
    code.place(ends.allowed)
    code.end(result: SystemCallVerdict.allow)
  }

  /// Sends each call of one way into the kernel to where it is decided.
  private mutating func choose(_ abi: SystemCallABI, markedExecution: Bool) {
    code.loadWord(at: SystemCallData.number)
    if abi.tableBit != 0 { code.and(~abi.tableBit) }
    if rules.execution != nil {
      code.branchIfEqual(
        abi.execve, then: .label(markedExecution ? ends.execution : ends.executionDenied), else: .next)
      for number in [abi.execveat] + abi.furtherExecutions {
        code.branchIfEqual(number, then: .label(ends.executionDenied), else: .next)
      }
    }
    if rules.blocksIOURing {
      for number in [SystemCallABI.ioUringSetup, SystemCallABI.ioUringEnter, SystemCallABI.ioUringRegister] {
        code.branchIfEqual(number, then: .label(ends.absent), else: .next)
      }
    } else if rules.permittedRegistrations != nil {
      code.branchIfEqual(SystemCallABI.ioUringRegister, then: .label(ends.registration), else: .next)
    }
    code.jump(to: ends.allowed)
  }

  /// Only the first table's own number may carry the marker.
  private mutating func writeExecution(_ marker: ExecutionMarker) {
    code.place(ends.execution)
    var expected = [(SystemCallData.number, SystemCallABI.native.execve)]
    for (argument, value) in [(4, marker.fifth), (5, marker.sixth)] {
      expected.append((SystemCallData.low(argument: argument), UInt32(truncatingIfNeeded: value)))
      expected.append((SystemCallData.high(argument: argument), UInt32(truncatingIfNeeded: value >> 32)))
    }
    for (offset, word) in expected {
      code.loadWord(at: offset)
      code.branchIfEqual(word, then: .next, else: .label(ends.executionDenied))
    }
    code.jump(to: ends.allowed)
  }

  /// In the order of __io_uring_register(), io_uring/register.c: what the kernel does not have is invalid before
  /// anything else is looked at.
  private mutating func writeRegistration(_ permitted: [Bool]) {
    let denied = code.makeLabel()
    let unknown = code.makeLabel()
    code.place(ends.registration)
    code.loadWord(at: SystemCallData.low(argument: 1))
    code.and(~Self.registeredRing)
    code.branchIfAtLeast(UInt32(permitted.count), then: .label(unknown), else: .next)
    // Runs of opcodes with the same answer, by where they begin, from the last to the first.
    var start = permitted.count
    while start > 0 {
      let isPermitted = permitted[start - 1]
      while start > 0, permitted[start - 1] == isPermitted { start -= 1 }
      code.branchIfAtLeast(
        UInt32(start), then: .label(isPermitted ? ends.allowed : denied), else: .next)
    }
    // Every number is at least 0, so nothing gets here but where the kernel has no opcode.
    code.place(denied)
    code.end(result: SystemCallVerdict.fail(.accessDenied))
    code.place(unknown)
    code.end(result: SystemCallVerdict.fail(.invalid))
  }
}
