import Jail
import Kernel
import TestSupport
import Testing

/// What a person is told to do about the failures that do happen.
struct WayOutTests {
  @Test(arguments: [
    (FakeCall.Name.open, Errno.noSuchFile, "mount it"), (.open, .notDirectory, "/proc"),
    (.open, .tooManyOpenFilesOnSystem, "fs.file-max"), (.duplicate, .tooManyOpenFiles, "ulimit -n"),
    (.duplicate, .invalid, "ulimit -n"), (.getNoNewPrivileges, .pretended, "let it make the call"),
    (.setNoNewPrivileges, .notPermitted, "seccomp"), (.query, .noSystemCall, "seccomp"),
    (.restrict, .accessDenied, "outer jail"), (.filter, .accessDenied, "outer jail"), (.restrict, .noMemory, "memory"),
    (.filter, .messageSize, "boot a newer one, or remove the conditions"), (.probe, .noMemory, "memory"),
    (.filter, .invalid, "please report it"),
  ])
  func wayOutFitsTheError(_ call: FakeCall.Name, _ error: Errno, _ words: String) throws {
    let kernel = FakeKernel.withTarget()
    kernel.failures[call] = error
    if call == .open { kernel.closesRanges = false }
    let failure = try launch(on: kernel)
    #expect(failure.help?.contains(words) == true, "\(failure)")
    #expect(!kernel.hasTriedToExecute)
  }
}
