import BPF
import Diagnostics
import Policy
import TestSupport
import Testing
import URingABI

@testable import FilterCompiler

/// Programs for `[socket]`: the reference evaluator and the simulator must agree on every boundary.
struct SocketFilterTests {
  /// The words of the context for a socket request.
  static func context(family: UInt32, type: UInt32, number: UInt32) -> [UInt32] {
    var words = [UInt32](repeating: 0, count: FilterContext.size / 4)
    words[FilterContext.Socket.family.offset / 4] = family
    words[FilterContext.Socket.type.offset / 4] = type
    words[FilterContext.Socket.protocolNumber.offset / 4] = number
    return words
  }

  private static let span = SourceSpan(0..<0, in: SourceID(0))

  private func policy(_ entries: [SocketEntry]) -> Policy {
    Policy(
      operations: OperationRules(allow: [Located(.socket, at: Self.span)]),
      socket: SocketRules(allow: entries, span: Self.span))
  }

  private func entry(_ families: [UInt32]?, _ types: [UInt32]?, _ protocols: [UInt32]?) -> SocketEntry {
    SocketEntry(families: families, types: types, protocols: protocols, span: Self.span)
  }

  @Test func tcpOrUnixIsShort() throws {
    let compiled = CombinedPolicy(policy([entry([2, 10], [1], [0, 6]), entry([1], nil, nil)]))
    let program = try #require(try compiled.programs(for: .socket, withCommonFlags: false).first)
    #expect(
      Disassembler.text(of: program) == """
        l0:\tld [20]
        l1:\tand #0xf
        l2:\tjeq #0x1, l3, l10
        l3:\tld [24]
        l4:\tjeq #0x6, l6, l5
        l5:\tjeq #0x0, l6, l10
        l6:\tld [16]
        l7:\tjge #0x3, l9, l8
        l8:\tjeq #0x0, l13, l12
        l9:\tjeq #0xa, l12, l13
        l10:\tld [16]
        l11:\tjeq #0x1, l12, l13
        l12:\tret #0x1
        l13:\tret #0x0

        """)
  }

  @Test func typeIsComparedWithoutItsFlagBits() throws {
    let compiled = CombinedPolicy(policy([entry(nil, [1], nil)]))
    let program = try #require(try compiled.programs(for: .socket, withCommonFlags: false).first)
    for type: UInt32 in [1, 1 | 0x80000, 1 | 0x800, 1 | 0x80800, 3, 3 | 0x80000] {
      let outcome = try Simulator.run(program, context: Self.context(family: 2, type: type, number: 0))
      let isStream = type & 0xF == 1
      #expect(outcome.isAllowed == isStream)
    }
  }

  @Test func entryWithoutConditionsOnAWordLeavesItUntested() throws {
    let compiled = CombinedPolicy(policy([entry(nil, [5], nil)]))
    let program = try #require(try compiled.programs(for: .socket, withCommonFlags: false).first)
    let loads = program.instructions.filter { $0.code == Opcode.loadWord }
    // The family decides as well, since some types are made of others in some of them; the protocol does not.
    #expect(!loads.map(\.k).contains(UInt32(FilterContext.Socket.protocolNumber.offset)))
  }

  @Test func entryThatContainsAnotherLeavesNoTraceOfIt() throws {
    let wide = CombinedPolicy(policy([entry([2], nil, nil)]))
    let both = CombinedPolicy(policy([entry([2], [1], [6]), entry([2], nil, nil)]))
    let programs = try wide.programs(for: .socket, withCommonFlags: false)
    #expect(try both.programs(for: .socket, withCommonFlags: false) == programs)
  }

  @Test(arguments: 0..<300 as Range<UInt64>)
  func programAgreesWithTheReferenceOnEveryBoundary(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let policy = policy((0..<Int.random(in: 1...6, using: &random)).map { _ in randomEntry(&random) })
    let program = try #require(try CombinedPolicy(policy).programs(for: .socket, withCommonFlags: false).first)
    try expectAgreement(policy, program, seed: seed)
    #expect(Program(checking: program.instructions) != nil)
  }

  @Test func programWithFarJumpsAgreesWithTheReference() throws {
    // Alternating values cannot be merged into ranges, so every one costs an instruction.
    let families = (0..<600 as Range<UInt32>).map { $0 * 2 }
    let policy = policy([entry(families, [1], [6]), entry([5], [2, 3], nil), entry(nil, [7], [17])])
    let program = try #require(try CombinedPolicy(policy).programs(for: .socket, withCommonFlags: false).first)
    #expect(program.instructions.count > 600)
    try expectAgreement(policy, program, seed: 0)
  }

  @Test func policyThatNeedsTooManyInstructionsIsDividedAmongPrograms() throws {
    let families = (0..<9000 as Range<UInt32>).map { $0 * 2 }
    let policy = policy([entry(families, [1], nil)])
    let programs = try CombinedPolicy(policy).programs(for: .socket, withCommonFlags: false)
    #expect(programs.count > 1)
    for family in families + families.map({ $0 + 1 }) + [.max] {
      for type: UInt32 in [1, 2] {
        let context = Self.context(family: family, type: type, number: 0)
        let isAllowed = try programs.allSatisfy { try Simulator.run($0, context: context).isAllowed }
        // Whatever type is asked for of PPP, it is a stream socket.
        let isStream = type == 1 || family == 24
        #expect(isAllowed == (isStream && family % 2 == 0 && family < 18_000), "\(family), \(type)")
      }
    }
  }

  /// Every combination of the values at which some condition changes its mind, and their neighbours.
  private func expectAgreement(_ policy: Policy, _ program: Program, seed: UInt64) throws {
    let rules = try #require(policy.socket?.allow)
    let families: [UInt32] = boundaries(rules.compactMap(\.families).flatMap(\.self))
    var types: [UInt32] = boundaries(rules.compactMap(\.types).flatMap(\.self))
    types += [0x80001, 0x803]
    let protocols: [UInt32] = boundaries(rules.compactMap(\.protocols).flatMap(\.self))
    for family in families {
      for type in types {
        for number in protocols {
          let request = Request.submission(
            Submission(.socket, .socket(family: family, type: type, protocol: number)))
          let expected = ReferenceEvaluator.decide(request, under: policy).isAllowed
          let context = Self.context(family: family, type: type, number: number)
          let actual = try Simulator.run(program, context: context).isAllowed
          if actual != expected {
            Issue.record("seed \(seed): family \(family), type \(type), protocol \(number): program says \(actual)")
            return
          }
        }
      }
    }
  }

  private func boundaries(_ values: [UInt32]) -> [UInt32] {
    Set(values.flatMap { [$0 &- 1, $0, $0 &+ 1] } + [0, 1, .max]).sorted()
  }

  private func randomEntry(_ random: inout SplitMix64) -> SocketEntry {
    func values(_ largest: UInt32) -> [UInt32]? {
      guard Int.random(in: 0..<4, using: &random) > 0 else { return nil }
      return (0..<Int.random(in: 1...5, using: &random)).map { _ in UInt32.random(in: 0...largest, using: &random) }
    }
    return entry(values(12), values(15), values(Bool.random(using: &random) ? 20 : .max))
  }
}
