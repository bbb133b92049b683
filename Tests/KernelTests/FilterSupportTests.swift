import Kernel
import TestSupport
import Testing

/// Which answers mean that there are no filters, and which may be a seccomp filter's.
struct FilterSupportTests {
  private static let call = "io_uring_register(IORING_REGISTER_BPF_FILTER)"

  /// `counted`: register opcodes by the kernel's own count, which only newer ones have.
  private func support(
    _ answer: Errno, release: String, counted: UInt32?, isFiltered: Bool, hasProc: Bool = true,
    file: String? = nil
  ) throws -> FilterSupport {
    let kernel = FakeKernel()
    kernel.noNewPrivilegesIsSet = true
    kernel.hasFilters = false
    kernel.failures[.probe] = answer
    kernel.isFiltered = isFiltered
    kernel.procIsThere = hasProc
    kernel.answersQueries = counted != nil
    kernel.registerOperationCount = counted ?? 0
    if let file { kernel.files["/proc/sys/kernel/osrelease"] = Array("\(file)\n".utf8) }
    return try FilterSupport(kernel, release: release)
  }

  @Test(arguments: [Errno.invalid, .badDescriptor])
  func kernelWithoutFiltersIsBelievedWhereNothingElseCanAnswer(_ answer: Errno) throws {
    for (release, counted) in [("6.1.0", nil), ("6.18.0", 36), ("7.2.7", 38), ("unknown", nil)] as [(String, UInt32?)] {
      #expect(try support(answer, release: release, counted: counted, isFiltered: false) == .absent, "\(release)")
    }
  }

  @Test func behindAFilterTheKernelsOwnCountOrItsReleaseShowsIt() throws {
    for hasProc in [true, false] {
      func support(_ release: String, _ counted: UInt32?, _ file: String? = nil) throws -> FilterSupport {
        try self.support(
          .invalid, release: release, counted: counted, isFiltered: true, hasProc: hasProc, file: file)
      }
      let hidden = FilterSupport.hidden(KernelError(Self.call, .invalid))
      #expect(try support("6.18.44", 36) == .absent)
      #expect(try support("6.19.0", 37) == .absent)
      #expect(try support("7.2.7", 38) == hidden, "a kernel that has the opcode")
      #expect(try support("6.17.9", nil) == .absent)
      #expect(try support("5.10.0", nil) == .absent)
      #expect(try support("6.18.0", nil) == hidden, "one that would have counted")
      #expect(try support("7.0.1", nil) == hidden)
      #expect(try support("unknown", nil) == hidden)
      // personality(2) has uname(2) say so, and not the file.
      #expect(try support("2.6.76", nil) == hidden)
      #expect(try support("2.6.76", nil, "7.2.7") == hidden)
      #expect(try support("2.6.57", nil, "6.17.0") == .absent)
    }
  }

  @Test func kernelWithoutIOURingIsBelievedInTheSameWay() throws {
    let hidden = FilterSupport.hidden(KernelError(Self.call, .noSystemCall))
    #expect(try support(.noSystemCall, release: "7.2.7", counted: nil, isFiltered: false) == .noIOURing)
    #expect(try support(.noSystemCall, release: "7.2.7", counted: nil, isFiltered: true) == hidden)
    #expect(try support(.noSystemCall, release: "7.2.7", counted: nil, isFiltered: false, hasProc: false) == hidden)
    #expect(try support(.noSystemCall, release: "4.19.0", counted: nil, isFiltered: true) == .noIOURing)
  }

  @Test func statusOfAnotherProcessSaysNothing() throws {
    let kernel = FakeKernel()
    kernel.procIsOfThisProcess = false
    #expect(throws: KernelError("open(/proc/self/status)", .noSuchFile)) { try ProcessStatus(kernel) }
    kernel.procIsOfThisProcess = true
    kernel.boundingSet = 0xFF
    let status = try ProcessStatus(kernel)
    #expect(status.boundingSet == 0xFF && !status.isFiltered)
    kernel.isFiltered = true
    #expect(try ProcessStatus(kernel).isFiltered)
  }

  @Test func otherAnswersAreForbiddenOrErrors() throws {
    for error in [Errno.notPermitted, .accessDenied] {
      #expect(
        try support(error, release: "7.2.7", counted: 38, isFiltered: true) == .forbidden(KernelError(Self.call, error))
      )
    }
    #expect(throws: KernelError(Self.call, .noMemory)) {
      try support(.noMemory, release: "7.2.7", counted: 38, isFiltered: false)
    }
  }
}
