import Kernel
import TestSupport
import Testing

/// How the target is found: as execvp(3) does, but for scripts without `#!`.
struct ExecutionTests {
  /// What becomes of a command; `nil` if it was started.
  private func failure(
    _ kernel: FakeKernel, _ command: [String], searchPath: String?
  ) -> Execution.Failure? {
    Arguments(command).withVector { vector in
      do throws(Execution.Failure) {
        try Execution(kernel).become(vector, searchPath: searchPath.map { Array($0.utf8) }, marker: nil)
      } catch {
        return kernel.started == nil ? error : nil
      }
    }
  }

  private func tried(_ kernel: FakeKernel) -> [String] {
    kernel.calls.compactMap { if case .execute(let path, _) = $0 { path } else { nil } }
  }

  private func kernel(_ targets: [String: FakeKernel.Target]) -> FakeKernel {
    let kernel = FakeKernel()
    kernel.targets = targets
    return kernel
  }

  @Test func targetGetsItsArgumentsUntouched() {
    let kernel = kernel(["/bin/a b": .starts])
    #expect(failure(kernel, ["/bin/a b", "", "-x", "--", "é"], searchPath: nil) == nil)
    #expect(kernel.calls == [.execute("/bin/a b", ["/bin/a b", "", "-x", "--", "é"])])
  }

  @Test(arguments: ["/bin/x", "./x", "a/x", "x/", "/"])
  func nameWithASlashIsNotSearchedFor(_ name: String) {
    let kernel = kernel([:])
    #expect(failure(kernel, [name], searchPath: "/usr/bin") == .notFound(.noSuchFile))
    #expect(tried(kernel) == [name])
  }

  @Test(arguments: [Errno.noSuchFile, .notDirectory])
  func absentPathIsNotFound(_ error: Errno) {
    #expect(failure(kernel(["/x": .fails(error)]), ["/x"], searchPath: nil) == .notFound(error))
  }

  @Test(arguments: [Errno.accessDenied, .execFormat, .notPermitted, .textBusy, .tooManyLinks, .argumentsTooLong])
  func presentPathCannotBeExecuted(_ error: Errno) {
    #expect(
      failure(kernel(["/x": .fails(error)]), ["/x"], searchPath: nil) == .notExecutable(FilePath("/x"), error))
  }

  @Test func foldersAreTriedInTheirOrder() {
    let kernel = kernel(["/c/x": .starts, "/d/x": .starts])
    #expect(failure(kernel, ["x"], searchPath: "/a:/b:/c:/d") == nil)
    #expect(tried(kernel) == ["/a/x", "/b/x", "/c/x"])
  }

  @Test(arguments: [
    ("", ["x"]), (":/a", ["x", "/a/x"]), ("/a:", ["/a/x", "x"]), ("/a::/b", ["/a/x", "x", "/b/x"]),
    ("rel", ["rel/x"]), (":", ["x", "x"]),
  ])
  func emptyFolderIsTheCurrentOne(_ searchPath: String, _ paths: [String]) {
    let kernel = kernel([:])
    #expect(failure(kernel, ["x"], searchPath: searchPath) == .notFound(.noSuchFile))
    #expect(tried(kernel) == paths)
  }

  @Test func withoutASearchPathTheUsualFoldersAreTried() {
    let kernel = kernel([:])
    #expect(failure(kernel, ["x"], searchPath: nil) == .notFound(.noSuchFile))
    #expect(tried(kernel) == ["/bin/x", "/usr/bin/x"])
  }

  @Test func fileThatMayNotBeExecutedDoesNotEndTheSearch() {
    let kernel = kernel(["/a/x": .fails(.accessDenied), "/b/x": .starts])
    #expect(failure(kernel, ["x"], searchPath: "/a:/b") == nil)
    #expect(kernel.started == "/b/x")
  }

  @Test func firstFileThatMayNotBeExecutedIsNamedInTheEnd() {
    let kernel = kernel(["/b/x": .fails(.accessDenied), "/c/x": .fails(.accessDenied)])
    #expect(
      failure(kernel, ["x"], searchPath: "/a:/b:/c:/d") == .notExecutable(FilePath("/b/x"), .accessDenied))
    #expect(tried(kernel) == ["/a/x", "/b/x", "/c/x", "/d/x"])
  }

  /// The errors over which glibc's execvp goes on to the next folder: network file systems that are away.
  @Test(arguments: [Errno.noSuchFile, .notDirectory, .staleHandle, .noSuchDevice, .timedOut])
  func folderThatIsNotThereDoesNotEndTheSearch(_ error: Errno) {
    let kernel = kernel(["/a/x": .fails(error), "/b/x": .starts])
    #expect(failure(kernel, ["x"], searchPath: "/a:/b") == nil)
    #expect(failure(self.kernel(["/a/x": .fails(error)]), ["x"], searchPath: "/a") == .notFound(.noSuchFile))
  }

  @Test(arguments: [Errno.execFormat, .textBusy, .argumentsTooLong, .noMemory, .nameTooLong, .tooManyLinks])
  func anyOtherErrorEndsTheSearch(_ error: Errno) {
    let kernel = kernel(["/a/x": .fails(error), "/b/x": .starts])
    #expect(failure(kernel, ["x"], searchPath: "/a:/b") == .notExecutable(FilePath("/a/x"), error))
    #expect(tried(kernel) == ["/a/x"])
  }

  @Test func emptyNameIsNeverTried() {
    let kernel = kernel(["/a/": .starts, "": .starts])
    #expect(failure(kernel, [""], searchPath: "/a:") == .notFound(.noSuchFile))
    #expect(kernel.calls.isEmpty)
  }

  @Test func bytesThatAreNoTextReachTheKernelAsTheyAre() {
    let kernel = FakeKernel()
    let name: [UInt8] = [0x2F, 0xFF, 0xFE]
    let found = Arguments([name]).withVector { vector in
      do throws(Execution.Failure) {
        try Execution(kernel.failing(.accessDenied)).become(vector, searchPath: nil, marker: nil)
      } catch {
        return error
      }
    }
    #expect(found == .notExecutable(FilePath(name), .accessDenied))
  }
}

extension FakeKernel {
  /// The same kernel, on which every execve(2) fails so.
  fileprivate func failing(_ error: Errno) -> FakeKernel {
    failures[.execute] = error
    return self
  }
}
