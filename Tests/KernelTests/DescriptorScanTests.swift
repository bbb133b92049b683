import Kernel
import TestSupport
import Testing

struct DescriptorScanTests {
  private static let ring = "anon_inode:[io_uring]"

  private func rings(_ inherited: [Int32: FakeKernel.Descriptor], namesInAListing: Int = .max) throws -> [Int32] {
    let kernel = FakeKernel()
    kernel.inherited = inherited
    kernel.namesInAListing = namesInAListing
    let rings = try DescriptorScan(kernel).inheritedRings()
    #expect(kernel.openDescriptors.isEmpty)
    return rings
  }

  @Test func ringThatWouldBeInheritedIsFound() throws {
    #expect(try rings([3: .init(Self.ring, closesOnExec: false)]) == [3])
    #expect(try rings([1023: .init(Self.ring, closesOnExec: false)]) == [1023])
  }

  @Test func ringThatClosesOnExecIsNoDanger() throws {
    #expect(try rings([3: .init(Self.ring, closesOnExec: true)]) == [])
  }

  @Test(arguments: [
    "socket:[12]", "/tmp/anon_inode:[io_uring]", "anon_inode:[io_uring-cmd]", "anon_inode:[eventfd]", "/dev/null", "",
  ])
  func otherDescriptorsAreNoRings(_ link: String) throws {
    #expect(try rings([3: .init(link, closesOnExec: false)]) == [])
  }

  @Test(arguments: [1, 2, 3, 7, 100, .max])
  func everyListingOfTheFolderIsRead(_ namesInAListing: Int) throws {
    var inherited: [Int32: FakeKernel.Descriptor] = [:]
    for number in 3..<40 as Range<Int32> { inherited[number] = .init("socket:[1]", closesOnExec: false) }
    for number in [3, 21, 39] as [Int32] { inherited[number] = .init(Self.ring, closesOnExec: false) }
    #expect(try rings(inherited, namesInAListing: namesInAListing) == [3, 21, 39])
  }

  @Test(arguments: [
    (FakeCall.Name.open, "open(/proc/self/fd)"), (.directoryEntries, "getdents64(/proc/self/fd)"),
    (.readLink, "readlink(/proc/self/fd/0)"), (.closesOnExec, "fcntl(3, F_GETFD)"), (.close, "close(/proc/self/fd)"),
  ])
  func errorNamesTheCall(_ name: FakeCall.Name, _ call: String) {
    let kernel = FakeKernel()
    kernel.inherited[3] = .init(Self.ring, closesOnExec: false)
    kernel.failures[name] = .accessDenied
    #expect(throws: KernelError(call, .accessDenied)) { try DescriptorScan(kernel).inheritedRings() }
  }
}
