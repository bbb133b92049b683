import BPF
import FilterCompiler
import Policy
import TestSupport
import Testing
import URingABI

/// The same policies give the same bytes in every process. Swift seeds its hashing anew in each, so an order that leaks
/// out of a set or a dictionary shows.
struct DeterminismTests {
  private static let operations: [URingABI.Operation] = [.openat, .openat2, .socket, .connect, Operation(code: 22)]

  @Test func everyProcessCompilesTheSameBytes() async throws {
    let expected = try Self.digest()
    for _ in 0..<2 {
      let child = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
        print("digest \(try DeterminismTests.digest())")
      }
      let output = String(decoding: child?.standardOutputContent ?? [], as: UTF8.self)
      #expect(output.contains("digest \(expected)\n"))
    }
  }

  /// FNV-1a over every instruction of the plans for random policies.
  private static func digest() throws -> UInt64 {
    var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    func add(_ value: some FixedWidthInteger) {
      for index in 0..<UInt64(value.bitWidth / 8) {
        digest = (digest ^ (UInt64(truncatingIfNeeded: value) >> (8 * index) & 0xFF)) &* 0x100_0000_01B3
      }
    }
    for seed in 0..<60 as Range<UInt64> {
      for operation in operations {
        var random = RandomPolicy(seed: seed)
        let policies = (0...seed % 3).map { _ in random.policy(for: operation) }
        for program in try CombinedPolicy(policies).programs(for: operation, withCommonFlags: true) {
          add(program.instructions.count)
          for instruction in program.instructions {
            add(instruction.code)
            add(instruction.jumpTrue)
            add(instruction.jumpFalse)
            add(instruction.k)
          }
        }
      }
    }
    // Long lists take other ways through the compiler: blocks, far jumps, several programs.
    for program in try CombinedPolicy(LongLists.peers(6_000)).programs(for: .connect, withCommonFlags: true) {
      for instruction in program.instructions {
        add(UInt64(instruction.code) << 16 | UInt64(instruction.jumpTrue) << 8 | UInt64(instruction.jumpFalse))
        add(instruction.k)
      }
    }
    return digest
  }
}
