import Testing

/// Everything else in this target says something only if these hold.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct KernelTests {
  @Test func kernelIsAtLeastTheReleaseThatWasPromised() {
    let required = Lab.release(Lab.requiredABI ?? "7.0")
    #expect(!Lab.release.lexicographicallyPrecedes(required), "\(Lab.kernelRelease)")
  }

  @Test func clientWithoutJailIsDeniedNothing() throws {
    let ended = try endings(
      requests: [
        "nop", "openat path=/proc/self/status", "socket family=inet type=raw protocol=icmp",
        "socket family=unix type=stream",
      ])
    #expect(ended == [.success, .success, .success, .success])
  }
}
