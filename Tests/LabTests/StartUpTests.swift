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
    let policy = try folder.create("p.toml", "policy = 1\n[operations]\nallow = [\"nop\"]\n")
    let log = "\(folder.path)/strace"
    let outcome = try run(
      ["strace", "-o", log, Lab.jail, "--policy", policy.path(percentEncoded: false), "--", "/bin/true"])
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
    // The policy's folders one by one, and those of the descriptors. Of /proc/self/exe glibc makes $ORIGIN.
    #expect(paths.contains("p.toml"), "\(trace)")
    #expect(paths.contains("/proc/self/fd"), "\(trace)")
    for path in paths where path.dropFirst().contains("/") {
      #expect(
        path.hasSuffix("/p.toml") || path.hasPrefix("/proc/self/fd") || path == "/proc/self/exe", "\(path)")
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
    // The policy is walked and read by some thirty calls; libcap, glibc and the standard library ask by some twenty.
    #expect(trace.count < 80, "\(trace)")
  }
}
