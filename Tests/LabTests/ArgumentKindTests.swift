import Kernel
import Testing
import URingABI

/// What the running kernel shows filters of each operation is what the table of operations says: a column of it that was
/// forgotten would let conditions go unwritten.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct ArgumentKindTests {
  @Test func kernelShowsWhatTheTableHas() throws {
    let release = try #require(KernelRelease(utsname: Lab.kernelRelease))
    let operations = try Registration(LinuxSystemCalls()).abilities().operations
    #expect(operations.count >= 65)
    for operation in operations {
      let arguments = operation.arguments
      let isShown = arguments.since.map { $0 <= release } ?? false
      #expect(
        try HoleTrials().payloadSize(of: operation) == (isShown ? arguments.size : 0), "\(operation.name)")
    }
  }
}
