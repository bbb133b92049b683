import Kernel
import TestSupport
import Testing

struct InheritedDescriptorsTests {
  private static let ring = "anon_inode:[io_uring]"

  /// `entering`: what something says to io_uring_enter(2) in the kernel's place.
  private func content(_ link: String, entering: Errno? = nil) throws -> InheritedDescriptors.Content? {
    let kernel = FakeKernel()
    kernel.inherited[3] = .init(link)
    kernel.entering = entering
    var found: InheritedDescriptors.Content?
    try InheritedDescriptors(kernel).examine(through: -1, and: [3]) { _, content in
      found = content
      return true
    }
    #expect(kernel.openDescriptors.isEmpty)
    #expect(kernel.calls.contains { $0.name == .readLink } == (entering != nil && link.hasPrefix("anon_inode")))
    return found
  }

  @Test func ringIsKnownByTheKernelOrByItsLink() throws {
    #expect(try content(Self.ring) == .ring)
    #expect(try content(Self.ring, entering: .noSystemCall) == .ring)
  }

  @Test(arguments: [
    "socket:[12]", "/tmp/anon_inode:[io_uring]", "anon_inode:[io_uring-cmd]", "anon_inode:[eventfd]", "/dev/null", "",
  ])
  func otherDescriptorsAreNoRings(_ link: String) throws {
    #expect(try content(link) == .other)
    #expect(try content(link, entering: .noSystemCall) == .other)
  }

  @Test func numberThatIsNotOpenIsNothing() throws {
    var contents: [Bool] = []
    try InheritedDescriptors(FakeKernel()).examine(through: 0, and: [7, 8]) { _, content in
      contents.append(content == .nothing)
      return contents.count < 2
    }
    #expect(contents == [false, true], "and nothing is asked behind a false")
  }

  @Test(arguments: [
    (FakeCall.Name.open, "open(/proc/self/fd)"), (.openPath, "open(/proc/self/fd/100)"),
    (.fileStatus, "open(/proc/self/fd/100)"), (.readLink, "readlink(/proc/self/fd/3)"),
    (.isClosedOnExec, "fcntl(3, F_GETFD)"), (.close, "close(/proc/self/fd)"),
  ])
  func errorNamesTheCall(_ name: FakeCall.Name, _ call: String) {
    let kernel = FakeKernel()
    kernel.inherited[3] = .init("anon_inode:[eventfd]")
    kernel.entering = .noSystemCall
    kernel.failures[name] = .accessDenied
    #expect(throws: KernelError(call, .accessDenied)) {
      try InheritedDescriptors(kernel).examine(through: -1, and: [3]) { _, _ in true }
    }
  }

  @Test func anythingElseThanProcfsIsNoAnswer() {
    let kernel = FakeKernel()
    kernel.inherited[3] = .init("anon_inode:[eventfd]")
    kernel.entering = .noSystemCall
    kernel.procIsThere = false
    #expect(throws: KernelError("open(/proc/self/fd)", .noSuchFile)) {
      try InheritedDescriptors(kernel).examine(through: -1, and: [3]) { _, _ in true }
    }
  }

  // MARK: Closing

  private static let open: [Int32] = [3, 4, 5, 9, 10, 21, 1023]

  private func kernel() -> FakeKernel {
    let kernel = FakeKernel()
    for number in Self.open { kernel.inherited[number] = .init("socket:[1]") }
    return kernel
  }

  @Test(arguments: [[], [3], [4], [3, 4, 5], [9], [10, 1023], open] as [[Int32]])
  func everythingButWhatIsKeptIsClosed(_ kept: [Int32]) throws {
    let kernel = kernel()
    try InheritedDescriptors(kernel).closeOnExec(except: kept)
    #expect(kernel.handedOver == kept)
    #expect(!kernel.calls.contains(.directoryEntries))
  }

  @Test(arguments: [Errno.noSystemCall, .invalid, .notPermitted], [1, 2, 3, .max])
  func listIsUsedWhereTheCallIsNotThere(_ error: Errno, _ namesInAListing: Int) throws {
    for kept in [[], [4, 21], Self.open] {
      let kernel = kernel()
      kernel.failures[.closeRange] = error
      kernel.namesInAListing = namesInAListing
      try InheritedDescriptors(kernel).closeOnExec(except: kept)
      #expect(kernel.handedOver == kept)
      #expect(kernel.openDescriptors.isEmpty)
    }
  }

  @Test func everyOtherErrorIsNamed() {
    let kernel = kernel()
    kernel.failures[.closeRange] = .noMemory
    #expect(throws: KernelError("close_range", .noMemory)) {
      try InheritedDescriptors(kernel).closeOnExec(except: [])
    }
    kernel.failures = [.closeRange: .noSystemCall, .closeOnExec: .badDescriptor]
    #expect(throws: KernelError("fcntl(3, F_SETFD)", .badDescriptor)) {
      try InheritedDescriptors(kernel).closeOnExec(except: [])
    }
  }

  @Test func highestDescriptorCanBeKept() throws {
    let kernel = kernel()
    kernel.inherited[.max] = .init("socket:[1]")
    try InheritedDescriptors(kernel).closeOnExec(except: [.max])
    #expect(kernel.handedOver == [.max])
  }
}
