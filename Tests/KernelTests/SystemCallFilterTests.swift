import BPF
import Kernel
import TestSupport
import Testing

/// What the seccomp program says, for every way into the kernel.
struct SystemCallFilterTests {
  private static let marker = ExecutionMarker(fifth: 0x0123_4567_89AB_CDEF, sixth: 0xFEDC_BA98_7654_3210)

  /// A way into the kernel: its word for the architecture, what is added to numbers, and those of execve and execveat.
  struct Way: Sendable, CustomTestStringConvertible {
    let name: String
    let architecture: UInt32
    let bit: UInt32
    let executions: [UInt32]
    var testDescription: String { name }

    #if arch(x86_64)
      static let native = Way(name: "x86-64", architecture: 0xC000_003E, bit: 0, executions: [59, 322])
      static let all = [
        native, Way(name: "x32", architecture: 0xC000_003E, bit: 0x4000_0000, executions: [520, 545]),
        Way(name: "i386", architecture: 0x4000_0003, bit: 0, executions: [11, 358]),
        // What Linux before 5.4 took as well.
        Way(name: "x32 without its bit", architecture: 0xC000_003E, bit: 0, executions: [520, 545]),
        Way(name: "x86-64 with the bit of x32", architecture: 0xC000_003E, bit: 0x4000_0000, executions: [59, 322]),
      ]
    #else
      static let native = Way(name: "arm64", architecture: 0xC000_00B7, bit: 0, executions: [221, 281])
      static let all = [native, Way(name: "arm", architecture: 0x4000_0028, bit: 0, executions: [11, 387])]
    #endif
  }

  private func verdict(
    _ rules: SystemCallRules, _ way: Way, _ number: UInt32, _ arguments: [UInt64] = []
  ) throws -> UInt32 {
    let context = SystemCallData.context(
      number: number | way.bit, architecture: way.architecture, arguments: arguments)
    return try Simulator.run(SystemCallFilter.program(rules), context: context, contextSize: SystemCallData.size).result
  }

  private static let allow = SystemCallVerdict.allow
  private static let everyRule = SystemCallRules(
    permittedRegistrations: [true, false], blocksIOURing: true, execution: marker)

  @Test(arguments: Way.all)
  func whatNoRuleIsAboutPasses(_ way: Way) throws {
    let rules = [
      SystemCallRules(permittedRegistrations: [false]), SystemCallRules(blocksIOURing: true),
      SystemCallRules(execution: Self.marker), Self.everyRule,
    ]
    for rules in rules {
      for number in (0..<1000 as Range<UInt32>) where !Way.all.contains(where: { $0.executions.contains(number) }) {
        if (425...427).contains(number) { continue }
        #expect(try verdict(rules, way, number, [1, 2, 3, 4, 5, 6]) == Self.allow, "\(number)")
      }
    }
  }

  // MARK: io_uring as a whole

  @Test(arguments: Way.all)
  func blockedIOURingIsAbsent(_ way: Way) throws {
    for rules in [SystemCallRules(blocksIOURing: true), Self.everyRule] {
      for number in 425...427 as ClosedRange<UInt32> {
        #expect(try verdict(rules, way, number) == SystemCallVerdict.fail(.noSystemCall))
      }
    }
  }

  // MARK: Register opcodes

  @Test(arguments: Way.all)
  func registerOpcodesAreHeldOnEveryRing(_ way: Way) throws {
    let permitted = (0..<38).map { [0, 1, 7, 20, 21, 37].contains($0) }
    let rules = SystemCallRules(permittedRegistrations: permitted)
    for opcode in 0..<300 as Range<UInt64> {
      for registered in [0, 1 << 31] as [UInt64] {
        for descriptor in [0, 5, 0xFFFF_FFFF, .max] as [UInt64] {
          // The kernel takes 32 bits of the opcode, and what is above them is anybody's.
          for junk in [0, 1 << 32, 0xFFFF_FFFF << 32] as [UInt64] {
            let expected =
              opcode >= 38
              ? SystemCallVerdict.fail(.invalid)
              : permitted[Int(opcode)] ? Self.allow : SystemCallVerdict.fail(.accessDenied)
            #expect(try verdict(rules, way, 427, [descriptor, opcode | registered | junk, 0, 1]) == expected)
          }
        }
      }
    }
    #expect(try verdict(rules, way, 425) == Self.allow)
    #expect(try verdict(rules, way, 426) == Self.allow)
  }

  @Test(arguments: [[], [true], [false], [true, false, true], .init(repeating: false, count: 256)] as [[Bool]])
  func everyListOfOpcodesBecomesAProgram(_ permitted: [Bool]) throws {
    let rules = SystemCallRules(permittedRegistrations: permitted)
    for opcode in 0..<260 {
      let expected =
        opcode >= permitted.count
        ? SystemCallVerdict.fail(.invalid)
        : permitted[opcode] ? Self.allow : SystemCallVerdict.fail(.accessDenied)
      #expect(try verdict(rules, .native, 427, [0, UInt64(opcode)]) == expected)
    }
  }

  // MARK: Execution

  private static let marked: [UInt64] = [1, 2, 3, 0, marker.fifth, marker.sixth]

  @Test func markedExecutionPasses() throws {
    for rules in [SystemCallRules(execution: Self.marker), Self.everyRule] {
      #expect(try verdict(rules, .native, Way.native.executions[0], Self.marked) == Self.allow)
      #expect(try verdict(rules, .native, Way.native.executions[0], [7, 8, 9, .max] + Self.marked[4...]) == Self.allow)
    }
  }

  @Test(arguments: Way.all)
  func everyOtherExecutionIsDenied(_ way: Way) throws {
    let denied = SystemCallVerdict.fail(.notPermitted)
    for rules in [SystemCallRules(execution: Self.marker), Self.everyRule] {
      for number in way.executions {
        #expect(try verdict(rules, way, number) == denied)
        if way.name != Way.native.name || number != Way.native.executions[0] {
          #expect(try verdict(rules, way, number, Self.marked) == denied, "only one call takes the marker")
        }
      }
    }
  }

  @Test func everyBitOfTheMarkerCounts() throws {
    let rules = SystemCallRules(execution: Self.marker)
    for argument in [4, 5] {
      for bit in 0..<64 {
        var arguments = Self.marked
        arguments[argument] ^= 1 << UInt64(bit)
        let verdict = try verdict(rules, .native, Way.native.executions[0], arguments)
        #expect(verdict == SystemCallVerdict.fail(.notPermitted), "bit \(bit) of argument \(argument)")
      }
    }
  }

  @Test func markerIsSixteenFreshBytes() throws {
    let kernel = FakeKernel()
    let marker = try ExecutionMarker(kernel)
    #expect(kernel.calls == [.random])
    #expect(marker.fifth == 0xA5CA_EF14_395E_83A8 && marker.sixth == 0xCDF2_173C_6186_ABD0)
    #expect(try ExecutionMarker(LinuxSystemCalls()) != ExecutionMarker(LinuxSystemCalls()))
  }

  @Test func programNamesNoOtherArchitecture() throws {
    let context = SystemCallData.context(number: 0, architecture: 0xC000_0015, arguments: [])
    let result = try Simulator.run(SystemCallFilter.program(Self.everyRule), context: context, contextSize: 64).result
    #expect(result == SystemCallVerdict.killProcess)
  }
}
