import BPF
import FilterCompiler
import Policy
import TestSupport
import Testing
import URingABI

/// The running kernel decides requests at every boundary of random policies as these say, by the compiler's programs
/// and by linear ones.
///
/// `URING_JAIL_KERNEL_SAMPLES` is how many pairs of a program and a request are tried (default 100000).
@Suite(.serialized)
struct CompiledProgramsAgainstKernelTests {
  private static let operations: [Operation] = [.openat, .openat2, .socket, .connect]

  @Test func kernelDecidesAsThePoliciesSay() throws {
    let kernel = try SocketFilter()
    var samples = 0
    var allowed = 0
    var seed: UInt64 = 5000
    while samples < SimulatorAgainstKernelTests.samples {
      for operation in Self.operations {
        var random = RandomPolicy(seed: seed &* 31 &+ UInt64(operation.code))
        let policies = (0...seed % 3).map { _ in random.policy(for: operation) }
        let requests = BoundaryRequests(operation, under: policies, seed: seed, limit: 1500).samples
        let contexts = requests.map(\.submission.contextWords)
        let expected = requests.map(\.isAllowed)
        let linear = try LinearCompiler.program(for: operation, under: policies, limit: Program.mostInstructions)
        let compiled = try CombinedPolicy(policies).programs(for: operation, withCommonFlags: true)
        for programs in [[linear], compiled] {
          guard let decided = try decisions(of: programs, on: contexts, kernel, "seed \(seed)") else { return }
          samples += contexts.count * programs.count
          if let index = expected.indices.first(where: { decided[$0] != expected[$0] }) {
            Issue.record(
              """
              seed \(seed), \(operation.name): the kernel says \(decided[index]) to \(requests[index].submission):
              \(programs.map(Disassembler.text).joined(separator: "\n"))
              """)
            return
          }
        }
        allowed += expected.count { $0 }
      }
      seed += 1
    }
    // Both answers must have been possible.
    #expect(allowed > samples / 100 && allowed < samples)
  }

  /// What all programs allow; a program returns 0 or 1, so packets vanish or are cut to one byte.
  private func decisions(
    of programs: [Program], on contexts: [[UInt32]], _ kernel: borrowing SocketFilter, _ place: Comment
  ) throws -> [Bool]? {
    var allowed = [Bool](repeating: true, count: contexts.count)
    for program in programs {
      try #require(kernel.attach(program.instructions) == 0, place)
      for (index, length) in try kernel.pass(contexts).enumerated() where length != 1 {
        try #require(length == nil, place)
        allowed[index] = false
      }
    }
    return allowed
  }
}
