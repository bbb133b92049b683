import Kernel
import TestSupport
import Testing

struct FileReaderTests {
  private let path = FilePath("/p.toml")

  private func kernel(_ text: String) -> FakeKernel {
    let kernel = FakeKernel()
    kernel.files["/p.toml"] = Array(text.utf8)
    return kernel
  }

  private func read(_ kernel: FakeKernel, limit: Int = 100) -> Result<[UInt8], FileReader.Failure> {
    Result { () throws(FileReader.Failure) in
      try FileReader(kernel, trust: .notNeeded).read(path, limit: limit).bytes
    }
  }

  @Test(arguments: ["", "x", "policy = 1\n"])
  func wholeFileIsReadThroughOneDescriptor(_ text: String) {
    let kernel = kernel(text)
    #expect(read(kernel) == .success(Array(text.utf8)))
    #expect(kernel.calls.first == .open("/p.toml"))
    #expect(kernel.calls.last == .close)
    #expect(kernel.calls.count { $0.name == .open } == 1)
    #expect(kernel.openDescriptors.isEmpty)
  }

  @Test func shortReadsAndInterruptsAreGoneThrough() {
    let kernel = kernel("policy = 1\n")
    kernel.longestRead = 3
    kernel.interruptions = 2
    #expect(read(kernel) == .success(Array("policy = 1\n".utf8)))
  }

  @Test func fileMayBeLongerOrShorterThanItSaid() {
    for claimed in [0, 1, 5, 99] as [Int64] {
      let kernel = kernel("policy = 1\n")
      kernel.claimedSizes["/p.toml"] = claimed
      #expect(read(kernel) == .success(Array("policy = 1\n".utf8)))
    }
  }

  @Test func limitIsTheLargestSizeThatIsRead() {
    #expect(read(kernel("0123456789"), limit: 10) == .success(Array("0123456789".utf8)))
    let larger = kernel("0123456789A")
    #expect(read(larger, limit: 10) == .failure(.tooLarge(limit: 10)))
    #expect(!larger.calls.contains(.read), "a file that says it is too large is not read")
    #expect(larger.openDescriptors.isEmpty)
  }

  @Test func fileThatGrowsPastTheLimitIsRefused() {
    let kernel = kernel(String(repeating: "x", count: 50))
    kernel.claimedSizes["/p.toml"] = 5
    #expect(read(kernel, limit: 20) == .failure(.tooLarge(limit: 20)))
    #expect(kernel.openDescriptors.isEmpty)
  }

  @Test func pipeIsReadToItsEnd() {
    let kernel = FakeKernel()
    kernel.otherFiles["/p.toml"] = .pipe
    #expect(read(kernel) == .success([]))
    #expect(kernel.openDescriptors.isEmpty)
  }

  @Test(arguments: [(FileStatus.Kind.directory, true), (.other, false)])
  func whatIsNoFileIsRefusedUnread(_ kind: FileStatus.Kind, _ isDirectory: Bool) {
    let kernel = FakeKernel()
    kernel.otherFiles["/p.toml"] = kind
    #expect(read(kernel) == .failure(.notAFile(isDirectory: isDirectory)))
    #expect(!kernel.calls.contains(.read))
    #expect(kernel.openDescriptors.isEmpty)
  }

  @Test(arguments: [(FakeCall.Name.open, "open"), (.fileStatus, "fstat"), (.read, "read")])
  func errorNamesTheCallAndLeavesNoDescriptorOpen(_ name: FakeCall.Name, _ call: String) {
    for error in [Errno.noSuchFile, .accessDenied, .noMemory, .isDirectory] {
      let kernel = kernel("x")
      kernel.failures[name] = error
      #expect(read(kernel) == .failure(.kernel(KernelError(call, error))))
      #expect(kernel.openDescriptors.isEmpty)
    }
  }

  @Test func failingCloseTakesNothingAway() {
    let kernel = kernel("x")
    kernel.failures[.close] = .badDescriptor
    #expect(read(kernel) == .success([UInt8(ascii: "x")]))
  }
}
