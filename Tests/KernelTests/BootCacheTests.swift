import Kernel
import TestSupport
import Testing

/// Answers kept until the next boot are believed only where root alone could have given them.
struct BootCacheTests {
  private static let boot = "01234567-89ab-cdef-0123-456789abcdef"
  private static let file = "/run/uring-jail/holes"

  private func kernel(_ contents: String? = nil, root: Bool = true) -> FakeKernel {
    let kernel = FakeKernel()
    kernel.files["/proc/sys/kernel/random/boot_id"] = Array("\(Self.boot)\n".utf8)
    kernel.otherFiles["/run"] = .directory
    if root { kernel.userIDs = UserIDs(real: 0, effective: 0) }
    if let contents { kernel.files[Self.file] = Array(contents.utf8) }
    return kernel
  }

  private func line(_ answer: String = "open", boot: String = boot) -> String {
    "uring-jail 1 \(boot) H1 \(answer)\n"
  }

  @Test func answerIsFoundAgain() {
    let kernel = kernel()
    #expect(BootCache(kernel).answer(to: "H1") == nil)
    BootCache(kernel).keep("closed", to: "H1")
    #expect(BootCache(kernel).answer(to: "H1") == "closed")
    #expect(BootCache(kernel).answer(to: "H2") == nil)
    #expect(kernel.files[Self.file].map { String(decoding: $0, as: UTF8.self) } == line("closed"))
    #expect(kernel.openDescriptors.isEmpty)
  }

  @Test func nobodyButRootWrites() {
    for users in [UserIDs(real: 1000, effective: 1000), UserIDs(real: 1000, effective: 0)] {
      let kernel = kernel()
      kernel.userIDs = users
      BootCache(kernel).keep("open", to: "H1")
      #expect(kernel.files[Self.file] == nil && !kernel.calls.contains(.makeDirectory))
    }
  }

  @Test func everybodyReads() {
    #expect(BootCache(kernel(line(), root: false)).answer(to: "H1") == "open")
  }

  @Test func fileThatOthersCouldHaveWrittenIsNotBelieved() {
    for path in [Self.file, "/run/uring-jail", "/run"] {
      let foreign = kernel(line())
      foreign.owners[path] = 1000
      #expect(BootCache(foreign).answer(to: "H1") == nil, "\(path)")
      for mode in [0o666, 0o664, 0o602, 0o777] as [UInt16] {
        let writable = kernel(line())
        writable.permissions[path] = mode
        #expect(BootCache(writable).answer(to: "H1") == nil, "\(path) \(mode)")
      }
    }
  }

  @Test func folderThatOthersCouldWriteToIsLeftAlone() {
    let kernel = kernel(line())
    kernel.owners["/run/uring-jail"] = 1000
    BootCache(kernel).keep("closed", to: "H1")
    #expect(!kernel.calls.contains { $0.name == .create })
  }

  @Test(arguments: [
    "", "\n", "uring-jail 1 \(boot) H1 open", "uring-jail 2 \(boot) H1 open\n", "uring-jail 1 \(boot) H1 open \n",
    "uring-jail 1 \(boot)  H1 open\n", "x uring-jail 1 \(boot) H1 open\n", "uring-jail 1 \(boot) h1 open\n",
    "uring-jail 1 11234567-89ab-cdef-0123-456789abcdef H1 open\n", "uring-jail 1  H1 open\n", "H1 open\n",
  ])
  func anythingButTheOneLineOfThisBootIsNoAnswer(_ contents: String) {
    #expect(BootCache(kernel(contents)).answer(to: "H1") == nil)
  }

  @Test(arguments: FakeCall.Name.allCases)
  func callThatFailsMeansNoAnswerAndNoHarm(_ call: FakeCall.Name) {
    let kernel = kernel()
    kernel.failures[call] = .accessDenied
    BootCache(kernel).keep("closed", to: "H1")
    let answer = BootCache(kernel).answer(to: "H1")
    #expect(answer == nil || answer == "closed")
    #expect(kernel.openDescriptors.isEmpty)
  }
}
