import Jail
import Kernel
import Policy
import TestSupport
import Testing

/// Targets that cannot be started, in the words of the launcher. The jail is in place by then.
struct TargetFailureTests {
  private func failure(
    _ command: String, _ targets: [String: FakeKernel.Target] = [:], searchPath: String? = "/a:/b"
  ) throws -> LaunchFailure {
    let kernel = FakeKernel()
    kernel.targets = targets
    let failure = try launch(on: kernel, command: [command], searchPath: searchPath)
    #expect(kernel.started == nil)
    #expect(kernel.registrations.count == 2)
    return failure
  }

  @Test func missingPathIsNotFound() throws {
    let failure = try failure("./no such")
    #expect(failure.kind == .notFound)
    #expect(failure.message == "'./no such' does not exist, or its interpreter does not")
  }

  @Test func missingCommandIsNotFoundAndTheSearchPathIsNamed() throws {
    for command in ["target", ""] {
      let failure = try failure(command)
      #expect(failure.kind == .notFound)
      #expect(failure.message == "command '\(command)' not found")
      #expect(failure.help == "give its path, or add its directory to PATH")
    }
  }

  @Test func pathThroughAFileIsNotFound() throws {
    #expect(try failure("/a/b", ["/a/b": .fails(.notDirectory)]).kind == .notFound)
  }

  @Test func fileWithoutPermissionCannotBeExecuted() throws {
    for (command, path) in [("/a/x", "/a/x"), ("x", "/b/x")] {
      let failure = try failure(command, [path: .fails(.accessDenied)])
      #expect(failure.kind == .cannotExecute)
      #expect(failure.message == "cannot execute '\(path)': Permission denied (EACCES)")
      #expect(failure.help == "it must be a file with execute permission, in directories that this user may enter")
    }
  }

  @Test func fileThatIsNoProgramCannotBeExecuted() throws {
    let failure = try failure("x", ["/a/x": .fails(.execFormat), "/b/x": .starts])
    #expect(failure.kind == .cannotExecute)
    #expect(failure.message == "cannot execute '/a/x': Exec format error (ENOEXEC)")
    #expect(failure.help == "it is neither a program for this machine nor a script with a #! line")
  }

  /// cap_net_raw (13) and bpf (39), to be had at once or not.
  private static func capabilities(forced: Bool) -> FileCapabilities {
    FileCapabilities(permitted: 1 << 13 | 1 << 39, areForced: forced)
  }

  @Test func fileWhoseCapabilitiesThePolicyTakesIsExplained() throws {
    let cases: [(ProcessRules.DroppedCapabilities?, FileCapabilities?, String, String)] = [
      (.all, Self.capabilities(forced: true), "(net_raw, bpf) that the policy drops", "setcap -r"),
      (.some([13]), Self.capabilities(forced: true), "(net_raw) that the policy drops", "setcap -r"),
      (nil, Self.capabilities(forced: true), "(net_raw, bpf) that may be missing in the bounding set", "setcap -r"),
      (.some([13]), Self.capabilities(forced: false), "Operation not permitted (EPERM)", "exec = \"deny\""),
      (.some([13]), nil, "Operation not permitted (EPERM)", "exec = \"deny\""),
    ]
    for (dropped, capabilities, message, help) in cases {
      let kernel = FakeKernel.withTarget()
      kernel.targets = ["/bin/target": .fails(.notPermitted)]
      if let capabilities { kernel.fileCapabilities["/bin/target"] = capabilities }
      let failure = try launch(on: kernel, Policy(allow: [.read], drop: dropped))
      #expect(failure.kind == .cannotExecute)
      #expect(failure.message.hasPrefix("cannot execute '/bin/target': Operation not permitted (EPERM)"))
      #expect(failure.message.contains(message) && failure.help?.contains(help) == true, "\(failure)")
    }
  }

  @Test(arguments: FaultTests.errors)
  func everyOtherErrorOfAPathIsCannotExecute(_ error: Errno) throws {
    let failure = try failure("/x", ["/x": .fails(error)])
    let isAbsent = [Errno.noSuchFile, .notDirectory].contains(error)
    #expect(failure.kind == (isAbsent ? .notFound : .cannotExecute))
    if !isAbsent { #expect(failure.message == "cannot execute '/x': \(error)") }
  }
}
