import Kernel
import TestSupport
import Testing
import URingABI
import URingJailCLI

/// `run` from the policy file to the target, on a kernel in memory; in processes of its own where it has something to
/// say on standard error.
struct RunActionTests {
  static let policy = """
    policy = 1
    [operations]
    allow = ["nop", "read", "socket"]
    [socket]
    allow = [{ family = "unix" }]

    """

  static func kernel(_ text: String = policy) -> FakeKernel {
    let kernel = FakeKernel()
    kernel.files["./p.toml"] = Array(text.utf8)
    kernel.targets = ["/bin/target": .starts]
    return kernel
  }

  static func run(
    _ kernel: FakeKernel, policies: [String] = ["./p.toml"], command: [String] = ["/bin/target"],
    options: RunOptions = RunOptions()
  ) -> Status {
    Arguments(command).withVector { vector in
      let request = RunRequest(
        policies: policies.map { PolicyReference(option: Array($0.utf8)) }, options: options, command: vector)
      return RunAction.perform(
        request, on: kernel, RunEnvironment(searchPath: Array("/bin".utf8), passedSockets: 0))
    }
  }

  private func text(_ result: ExitTest.Result) -> String {
    String(decoding: result.standardErrorContent, as: UTF8.self)
  }

  /// The calls of a launch that goes well, up to and with the close of the policy.
  static func isReading(_ index: Int, of calls: [FakeCall]) -> Bool {
    index <= calls.firstIndex(of: .close) ?? -1
  }

  @Test func policyIsReadBeforeAnythingElse() async {
    await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let kernel = Self.kernel()
      _ = Self.run(kernel)
      #expect(
        kernel.calls.map(\.name) == [
          .users, .groups, .getCapabilities, .open, .fileStatus, .read, .close,
          .setNoNewPrivileges, .getNoNewPrivileges, .enterRing, .enterRing, .enterRing, .enterRing,
          .duplicate, .closeRange, .isClosedOnExec,
          .uname, .probe, .query, .restrict, .restrict, .filter, .execute,
        ])
      #expect(kernel.calls.contains(.open("./p.toml")))
      #expect(kernel.started == "/bin/target")
    }
  }

  @Test func callThatFailsAnywhereGives125AndOneLineAndNoTarget() async throws {
    let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let whole = Self.kernel()
      _ = Self.run(whole)
      for (index, call) in whole.calls.dropLast().enumerated() {
        for error in [Errno.accessDenied, .noMemory, .argumentsTooLong] {
          let kernel = Self.kernel()
          kernel.failureAt = (index, error)
          let status = Self.run(kernel)
          // A policy that was read is read, whatever close(2) says; rings are found in another way, too; and the second
          // restriction may also be denied by the first.
          let isQuestion = call.name == .restrict && whole.calls[index - 1] == call
          if call == .close && Self.isReading(index, of: whole.calls) || call.name == .enterRing
            || isQuestion && error == .accessDenied
          {
            #expect(kernel.started == "/bin/target")
          } else {
            #expect(status == .setUpFailed, "\(call): \(error)")
            #expect(kernel.started == nil && !kernel.calls.contains { $0.name == .execute })
          }
        }
      }
    }
    let lines = text(result).split(separator: "\n").filter { $0.hasPrefix("uring-jail: ") }
    // 22 calls can fail; of five nothing comes, and each of those launches and the first tell of the target. What is asked
    // for an error, and has another, says that it was not made.
    #expect(lines.count == 22 * 3 + 1)
    #expect(lines.allSatisfy { $0.hasSuffix("; nothing was started") })
    for name in ["EACCES", "ENOMEM", "E2BIG"] { #expect(lines.count { $0.contains("(\(name))") } == 16) }
    #expect(lines.count { $0.contains("answers the call without making it") } == 2)
  }

  @Test func policiesAreAllReadBeforeAnyIsObeyed() async {
    await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let kernel = Self.kernel()
      kernel.files["./q.toml"] = Array("policy = 1\n[operations]\nallow = [\"read\"]\n".utf8)
      _ = Self.run(kernel, policies: ["./p.toml", "./q.toml"])
      #expect(kernel.started == "/bin/target")
      #expect(kernel.calls.contains(.restrict([.allow(.init(code: 22)), .allowFlags(.everyBit)])))

      let missing = Self.kernel()
      #expect(Self.run(missing, policies: ["./p.toml", "./q.toml"]) == .setUpFailed)
      #expect(!missing.noNewPrivilegesIsSet && !missing.calls.contains(.probe))
    }
  }

  @Test func policyThatCannotBeReadIsNamed() async throws {
    let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
      #expect(Self.run(Self.kernel(), policies: ["./no.toml"]) == .setUpFailed)
      let kernel = Self.kernel()
      kernel.otherFiles = ["/": .directory, "/dev/x": .other]
      #expect(Self.run(kernel, policies: ["/"]) == .setUpFailed)
      #expect(Self.run(kernel, policies: ["/dev/x"]) == .setUpFailed)
      kernel.claimedSizes["./p.toml"] = 8 << 20 + 1
      #expect(Self.run(kernel) == .setUpFailed)
      #expect(!kernel.calls.contains(.read) && !kernel.calls.contains(.setNoNewPrivileges))
    }
    for line in [
      "'./no.toml': there is no such file (check the path; without a leading '/' it is relative to the current "
        + "directory)",
      "'/': it is a directory, not a file", "'/dev/x': it is a device or socket, not a file",
      "'./p.toml': it is larger than 8 MiB (is it the right file?)",
    ] {
      #expect(text(result).contains("uring-jail: cannot read the policy \(line); nothing was started\n"))
    }
  }

  @Test func mistakesInThePolicyAreShownAndCounted() async throws {
    let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
      for policy in ["policy = \n", "policy = 2\nx = 1\n", ""] {
        let kernel = Self.kernel(policy)
        #expect(Self.run(kernel) == .setUpFailed)
        #expect(kernel.calls.last == .close, "nothing happens after the policy was read")
      }
    }
    for words in [
      "./p.toml:1:10: error: expected a value, found the end of the line [toml-syntax]",
      "./p.toml:1:10: error: this uring-jail does not know language version 2 [policy-version-unsupported]",
      "uring-jail: the policy has an error; nothing was started\n",
      "./p.toml:1:1: error: the policy does not say which version",
    ] {
      #expect(text(result).contains(words), "\(text(result))")
    }
  }

  @Test func dryRunDoesEverythingButStartTheTarget() async throws {
    let result = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      var options = RunOptions()
      options.isDryRun = true
      let kernel = Self.kernel()
      #expect(Self.run(kernel, options: options) == .success)
      #expect(kernel.calls.contains { $0.name == .filter } && !kernel.calls.contains { $0.name == .execute })
      let refused = Self.kernel("policy = 1\n[kernel]\nunsupported = 'refuse'\n")
      refused.hasFilters = false
      #expect(Self.run(refused, options: options) == .setUpFailed)
    }
    #expect(
      String(decoding: result.standardOutputContent, as: UTF8.self).contains(
        "io_uring: 4 restrictions and 1 filters\n  socket: "))
  }

  @Test func statusDescriptorThatIsNotOpenStopsEverythingBeforeThePolicyIsRead() async throws {
    let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
      var options = RunOptions()
      options.statusDescriptor = 77
      let kernel = Self.kernel()
      #expect(Self.run(kernel, options: options) == .setUpFailed)
      #expect(kernel.calls == [.closeOnExec(77)])
    }
    #expect(text(result).contains("fcntl(77, F_SETFD): Bad file descriptor (EBADF)"))
  }

  @Test func everyStepIsToldOnRequest() async throws {
    let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
      var options = RunOptions()
      options.isVerbose = true
      _ = Self.run(Self.kernel(Self.policy + "[process]\nexec = 'deny'\n"), options: options)
    }
    for line in [
      "read the policy './p.toml'", "no_new_privs is set", "the target gets the descriptors 0, 1, 2",
      "registered 4 restrictions and 1 filters", "installed a filter for system calls: execution of programs",
      "executing '/bin/target'",
    ] {
      #expect(text(result).contains("uring-jail: \(line)\n"))
    }
  }

  @Test func warningsDoNotStopALaunch() async {
    await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let kernel = Self.kernel("policy = 1\n[operations]\nallow = [\"read\", \"read\"]\n")
      _ = Self.run(kernel)
      #expect(kernel.started == "/bin/target")
    }
  }

  @Test func targetThatCannotBeStartedHasAStatusOfItsOwn() async throws {
    let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let cases: [(String, Errno, Status)] = [
        ("/bin/no", .noSuchFile, .notFound), ("no", .noSuchFile, .notFound), ("/bin/no", .notDirectory, .notFound),
        ("/bin/no", .accessDenied, .cannotExecute), ("no", .accessDenied, .cannotExecute),
        ("/bin/no", .execFormat, .cannotExecute), ("no", .textBusy, .cannotExecute),
      ]
      for (command, error, status) in cases {
        let kernel = Self.kernel()
        kernel.targets["/bin/no"] = .fails(error)
        #expect(Self.run(kernel, command: [command]) == status)
      }
    }
    #expect(text(result).contains("uring-jail: command 'no' not found (give its path, or add its directory to PATH)"))
    #expect(text(result).contains("uring-jail: cannot execute '/bin/no': Exec format error (ENOEXEC)"))
  }

  @Test func namesFromTheCommandLineCannotForgeLines() async throws {
    let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
      #expect(Self.run(Self.kernel(), policies: ["./a\nuring-jail: b\u{1B}[2J\u{202E}"]) == .setUpFailed)
    }
    #expect(text(result).contains("'./a\u{FFFD}uring-jail: b\u{FFFD}[2J\u{FFFD}'"))
  }
}
