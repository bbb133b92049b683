import BPF
import FilterCompiler
import Policy
import TestSupport
import URingABI

/// One set of values, and what it costs to look a request up in it: by our programs, by libseccomp's and by a plain
/// chain of tests.
struct Contest {
  /// What programs cost that must all run.
  struct Cost {
    let programs: Int
    /// In all programs together.
    let instructions: Int
    /// Instructions executed: the most, and in the mean over the members of the set and over the misses next to it.
    let worst: Int
    let hits: Double
    let misses: Double
    /// True if the kernel takes programs of this length.
    let isLoadable: Bool
  }

  let name: String
  let ours: Cost
  let seccomp: Cost
  let linear: Cost
  /// The most that ours may execute: for every word that a request is looked up by, a load, the binary logarithm of
  /// the intervals in which its values lie, and three.
  ///
  /// What does not fit in one program is in several, which all run. Each of the others must look at the same words to
  /// learn that the request is not one of its own: a family among others, and one interval between two.
  let bound: Int
  /// Nanoseconds to make the programs, the least of several turns: from the policy's values, and from libseccomp's rules.
  let compileTime: Int64
  let seccompCompileTime: Int64

  /// True where there is enough to do for its growth to show.
  let intervalsAreMany: Bool

  /// What our time is of libseccomp's.
  var compileRatio: Double { Double(compileTime) / Double(seccompCompileTime) }

  init(_ set: ValueSet) {
    do {
      self = try Self(measuring: set)
    } catch {
      preconditionFailure("\(set.name): \(error)")
    }
  }

  private init(measuring set: ValueSet) throws {
    name = set.name
    var times: (ours: Int64, seccomp: Int64) = (.max, .max)
    // In turns, so that other work on the machine slows down both.
    for _ in 0..<7 {
      times.ours = min(times.ours, CompileTime.measure { CompileTime.compile(set.policy) })
      times.seccomp = min(
        times.seccomp,
        CompileTime.measure { _ = SeccompFilter(systemCall: set.systemCall, allowing: set.comparisons) })
    }
    intervalsAreMany = set.intervals.contains { $0 >= 250 }
    (compileTime, seccompCompileTime) = (times.ours, times.seccomp)
    let hits = set.members.map(\.contextWords)
    let misses = set.misses.map(\.contextWords)
    let programs = try CombinedPolicy(set.policy).programs(for: set.operation, withCommonFlags: true)
    ours = try Self.cost(of: programs, hits, misses)
    bound = Self.bound(set.intervals) + (programs.count - 1) * Self.bound([2, 3])
    linear = try Self.cost(
      of: [LinearCompiler.program(for: set.operation, under: [set.policy])], hits, misses)
    let filter = SeccompFilter(systemCall: set.systemCall, allowing: set.comparisons)
    seccomp = try Self.cost(
      of: [filter.program], set.members.map { filter.context(set.arguments($0)) },
      set.misses.map { filter.context(set.arguments($0)) })
  }

  private static func cost(of programs: [Program], _ hits: [[UInt32]], _ misses: [[UInt32]]) throws -> Cost {
    let hit = try executed(programs, hits, isAllowed: true)
    let missed = try executed(programs, misses, isAllowed: false)
    return Cost(
      programs: programs.count, instructions: programs.reduce(0) { $0 + $1.instructions.count },
      worst: max(hit.max() ?? 0, missed.max() ?? 0), hits: mean(hit), misses: mean(missed),
      isLoadable: programs.allSatisfy { $0.instructions.count <= Program.mostInstructions })
  }

  /// Instructions for each context. The kernel stops at the first program that denies; the newest runs first.
  private static func executed(_ programs: [Program], _ contexts: [[UInt32]], isAllowed: Bool) throws -> [Int] {
    try contexts.map { context in
      var count = 0
      var verdict = true
      for program in programs.reversed() where verdict {
        let outcome = try Simulator.run(program, context: context)
        count += outcome.executed
        verdict = outcome.isAllowed
      }
      precondition(verdict == isAllowed, "a program must know what is in its set: \(context)")
      return count
    }
  }

  private static func mean(_ counts: [Int]) -> Double {
    counts.isEmpty ? 0 : Double(counts.reduce(0, +)) / Double(counts.count)
  }

  private static func bound(_ intervals: [Int]) -> Int {
    intervals.reduce(0) { $0 + 1 + ceilingOfLogarithm($1) + 3 }
  }

  private static func ceilingOfLogarithm(_ number: Int) -> Int {
    number <= 1 ? 0 : Int.bitWidth - (number - 1).leadingZeroBitCount
  }
}
