import Foundation
import Testing

/// What the release binary asks the kernel for before it starts a program: nothing that the Swift runtime would like to
/// know and a launch does not need. Sources/CStartUp keeps those parts of the runtime out, as far as the toolchain's
/// libraries are what they were when it was written.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct StartUpTests {
  /// Every line of strace(1) from the first call of the program to the execution of the target.
  private static func trace() throws -> [Substring] {
    let folder = try TemporaryFolder()
    let policy = try folder.create("p.toml", Lab.acceptingExecHole(allowing("nop")))
    let log = "\(folder.path)/strace"
    let launch = [Lab.jail, "--policy", policy.path(percentEncoded: false), "--", "/bin/true"]
    // Once before, so that a hole of the kernel has been looked for.
    _ = try run(launch)
    let outcome = try run(["strace", "-o", log] + launch)
    try #require(outcome.status == 0, "\(outcome.errors)")
    let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
    let executions = lines.indices.filter { lines[$0].hasPrefix("execve(") }
    try #require(executions.count == 2)
    return Array(lines[(executions[0] + 1)..<executions[1]])
  }

  @Test func onlyFilesOfTheLaunchAreLookedAt() throws {
    let trace = try Self.trace()
    let paths = trace.compactMap { line -> Substring? in
      guard ["open", "readlink", "access", "newfstatat", "statx"].contains(where: line.hasPrefix) else { return nil }
      return line.split(separator: "\"", omittingEmptySubsequences: false).dropFirst().first
    }
    // The policy; of /proc/self/exe glibc makes $ORIGIN; and the user id that stands for an unmapped owner.
    #expect(paths.contains("p.toml"), "\(trace)")
    var expected: [Substring] = ["/proc/self/exe", "/proc/sys/kernel/overflowuid"]
    // Where a hole is looked for: what was found, and since which boot it holds.
    if Lab.hasExecHole { expected += ["/run/uring-jail/holes", "/proc/sys/kernel/random/boot_id"] }
    for path in paths where path.dropFirst().contains("/") {
      #expect(path.hasSuffix("/p.toml") || expected.contains(path), "\(path)")
    }
  }

  /// Writable data, zeroed data in two places and the stack before everything else, and the heap at the beginning of `main`.
  @Test func memoryIsMappedAhead() throws {
    let trace = try Self.trace()
    let ahead = trace.filter { $0.hasPrefix("madvise(") && $0.contains("MADV_POPULATE_WRITE") }
    #expect(ahead.count == 5, "\(trace)")
    #expect(ahead.allSatisfy { $0.hasSuffix("= 0") }, "\(ahead)")
  }

  @Test func nothingElseIsAskedFor() throws {
    let trace = try Self.trace()
    let names = Set(trace.map { $0.prefix { $0 != "(" } })
    #expect(names.isDisjoint(with: ["sched_getaffinity", "clone", "clone3", "eventfd2", "ioctl"]), "\(names)")
    // libcap's constructor would count the capabilities of the kernel.
    #expect(!trace.contains { $0.contains("PR_CAPBSET_READ") }, "\(trace)")
    // The policy is walked and read by some thirty calls; glibc and the standard library ask by some twenty. What is
    // known of a hole is walked to and read as well.
    #expect(trace.count < (Lab.hasExecHole ? 120 : 80), "\(trace)")
  }
}
