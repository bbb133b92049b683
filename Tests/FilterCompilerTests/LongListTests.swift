import BPF
import Policy
import TestSupport
import Testing
import URingABI

@testable import FilterCompiler

/// Lists that need several programs.
struct LongListTests {
  private static let count = 6_000

  @Test func everyNetworkOfALongListIsFoundAndEveryInstructionIsUsed() throws {
    let policy = LongLists.peers(Self.count)
    let entries = try #require(policy.connect?.allow)
    let networks = Set(
      entries.flatMap { $0.networks ?? [] }.compactMap { network -> UInt32? in
        if case .v4(let base, _) = network.value { base >> 8 } else { nil }
      })
    #expect(networks.count == Self.count)
    let programs = try CombinedPolicy(policy).programs(for: .connect, withCommonFlags: true)
    // Both ways to an address, over IPv4 and IPv6, have their long searches in common.
    let instructions = programs.map(\.instructions.count).reduce(0, +)
    #expect(instructions < Self.count * 2)
    var coverages = programs.map { Coverage(of: $0) }
    func check(_ peer: IPAddress, port: UInt16 = 443, isAllowed: Bool) throws {
      let context = Submission(.connect, .connect(to: peer, port: port)).contextWords
      var verdict = true
      for index in programs.indices {
        let outcome = try Simulator.run(programs[index], context: context, coverage: &coverages[index])
        verdict = verdict && outcome.isAllowed
      }
      #expect(verdict == isAllowed, "\(peer) port \(port)")
    }
    for network in networks {
      // The last byte of a network is the one that programs look at first when they do not put bytes in order.
      for neighbour in [network, network &+ 1, network &- 1, network &+ 0x1_0000, network &- 0x1_0000] {
        let address = neighbour << 8 | 7
        let isAllowed = networks.contains(address >> 8)
        try check(.v4(address), isAllowed: isAllowed)
        try check(.v6(IPPrefix.mappedBase | UInt128(address)), isAllowed: isAllowed)
      }
    }
    try check(.v4(7), port: 0, isAllowed: false)
    try check(.v6(IPPrefix.mappedBase | 7), port: 0, isAllowed: false)
    for shift in [64, 96, 32] as [UInt128] { try check(.v6(IPPrefix.mappedBase ^ (1 << shift) | 7), isAllowed: false) }
    try check(.v6(1 << 127), isAllowed: false)
    for family in [0, 1, 11] as [UInt32] {
      let context = Submission(.connect, .connectElsewhere(family: family)).contextWords
      for index in programs.indices {
        _ = try Simulator.run(programs[index], context: context, coverage: &coverages[index])
      }
    }
    for coverage in coverages { #expect(coverage.gaps.isEmpty) }
  }

  /// Prefixes of many lengths are told apart by the bits that all of them have, and only one is compared as a whole.
  @Test func prefixesOfManyLengthsTakeOneSearchAndOneComparison() throws {
    let lengths = [16, 19, 20, 22, 23, 24, 24, 24, 28, 32]
    let count = 1_000
    let prefixes = (0..<count).map { index -> (base: UInt32, mask: UInt32, length: Int) in
      let length = lengths[index % lengths.count]
      let mask = UInt32.max << UInt32(32 - length)
      return (UInt32(index + 1) &* 0x9E37_79B1 & mask, mask, length)
    }
    let policy = LongLists.peers(prefixes.map { .v4($0.base, length: $0.length) })
    let programs = try CombinedPolicy(policy).programs(for: .connect, withCommonFlags: true)
    #expect(programs.count == 1)
    // Family, port and address: a load and three for each of them, and the search.
    let bound = 3 * 4 + 1 + 0 + 10
    for prefix in prefixes {
      for address in [prefix.base, prefix.base | ~prefix.mask, prefix.base &- 1, (prefix.base | ~prefix.mask) &+ 1] {
        let isAllowed = prefixes.contains { address & $0.mask == $0.base }
        for (peer, most) in [(IPAddress.v4(address), bound), (.v6(IPPrefix.mappedBase | UInt128(address)), 2 * bound)] {
          let context = Submission(.connect, .connect(to: peer, port: 443)).contextWords
          let outcome = try Simulator.run(programs[0], context: context)
          #expect(outcome.isAllowed == isAllowed, "\(peer)")
          #expect(outcome.executed <= most, "\(peer)")
        }
      }
    }
  }

  /// Every part runs for every request, so each finds out after a few instructions that a request is not its own.
  @Test func partsOfALongListAreCheapForWhatIsNotTheirs() throws {
    let programs = try CombinedPolicy(LongLists.peers(Self.count)).programs(for: .connect, withCommonFlags: true)
    #expect(programs.count > 1)
    let network = UInt32(truncatingIfNeeded: 0x9E37_79B1 << 8)
    let context = Submission(.connect, .connect(to: .v4(network), port: 443)).contextWords
    let executed = try programs.map { try Simulator.run($0, context: context).executed }.sorted()
    for count in executed.dropLast() { #expect(count <= 10) }
  }
}
