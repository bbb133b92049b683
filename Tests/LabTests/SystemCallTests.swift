import Foundation
import Testing

/// What seccomp holds, against a target that knows how it is done.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct SystemCallTests {
  private static let everything = "policy = 1\n[operations]\ndefault = \"allow\"\n"

  /// What one system call of the target comes to.
  private func call(_ policy: String, _ arguments: String...) throws -> String {
    let outcome = try jailed(Self.everything + policy, command: [Lab.caller] + arguments)
    return outcome.output.split(separator: "\n").first.map(String.init) ?? "\(outcome.status) \(outcome.errors)"
  }

  // MARK: Register opcodes

  private static let register = "[register]\nallow = [\"@query\"]\n"

  @Test func opcodesAreHeldWithoutARing() throws {
    // 31 is send_msg_ring, 37 bpf_filter, 11 restrictions; up to 7.2 the kernel's own restrictions let them pass.
    for opcode in ["31", "37", "11", "0x8000001f", "0x10000001f"] {
      #expect(try call(Self.register, "native", "427", "-1", opcode, "0", "1") == "EACCES", "\(opcode)")
    }
    #expect(try call(Self.register, "native", "427", "-1", "35", "1", "0") == "EFAULT", "query is allowed")
    #expect(try call(Self.register, "native", "427", "5", "8", "0", "0") == "EBADF", "probe is allowed")
  }

  @Test func opcodesThatTheKernelDoesNotHaveAreInvalid() throws {
    for opcode in ["60", "127", "128", "255", "256", "0x7fffffff", "0x800000ff"] {
      #expect(try call(Self.register, "native", "427", "-1", opcode, "0", "0") == "EINVAL", "\(opcode)")
      #expect(try call("", "native", "427", "-1", opcode, "0", "0") == "EINVAL", "the kernel itself says so")
    }
  }

  @Test func opcodesAreHeldOnARingThatIsNotEnabled() throws {
    let rule = "[register]\nallow = [\"enable_rings\", \"unregister_files\"]\n"
    let outcome = try jailed(
      Self.everything + rule,
      command: [
        Lab.client, "--setup", "disabled", "register personality", "register unregister_files", "nop",
      ])
    #expect(
      outcome.output.split(separator: "\n").map { $0.contains("\"EACCES\"") } == [true, false, false],
      "\(outcome.output)")
  }

  // MARK: Execution

  private static let noExecution = "[process]\nexec = \"deny\"\n"

  @Test func targetStartsAndCannotExecuteAnything() throws {
    #expect(try call("", "native", "59", "s:/bin/true", "0", "0") != "EPERM")
    #expect(try call(Self.noExecution, "native", "59", "s:/bin/true", "0", "0") == "EPERM")
    #expect(try call(Self.noExecution, "native", "322", "-100", "s:/bin/true", "0", "0", "0") == "EPERM")
  }

  @Test func wordsBehindTheArgumentsAreNoKey() throws {
    for word in ["0", "1", "-1", "0x123456789abcdef"] {
      #expect(try call(Self.noExecution, "native", "59", "s:/bin/true", "0", "0", word, word, word) == "EPERM")
    }
  }

  @Test func otherTablesOfSystemCallsAreNoWayAround() throws {
    for number in ["520", "545", "59", "322"] {
      let answer = try call(Self.noExecution, "x32", number, "s:/bin/true", "0", "0")
      #expect(answer == "EPERM", "\(number)")
      #expect(try call(Self.noExecution, "native", number, "s:/bin/true", "0", "0") == "EPERM")
    }
  }

  @Test func filterCannotBeReadBack() throws {
    // EINVAL where the kernel was built without it (CONFIG_CHECKPOINT_RESTORE), as the lab's is.
    #expect(["EACCES", "EINVAL"].contains(try call(Self.noExecution, "get-filter")))
  }

  @Test func nothingThatTheTargetStartsCanExecuteEither() throws {
    let outcome = try jailed(
      Self.everything + Self.noExecution,
      command: ["sh", "-c", "(/bin/true; echo child $?); /bin/true; echo parent $?"])
    #expect(outcome.output == "child 126\nparent 126\n")
  }

  @Test func scriptsAndSearchedCommandsStartAsWell() throws {
    let folder = try TemporaryFolder()
    let script = try folder.create("script", "#!/bin/sh\necho started \"$1\"\n", permissions: 0o755)
    for command in [script.path(percentEncoded: false), "script"] {
      let outcome = try jailed(
        Self.everything + Self.noExecution, command: [command, "x"],
        environment: ["PATH": "/no/such/folder:\(folder.path):/bin"])
      #expect(outcome.output == "started x\n", "\(outcome.errors)")
    }
  }

  @Test func jailInsideCannotStartItsTarget() throws {
    let outcome = try jailed(Self.everything + Self.noExecution, Self.everything, command: ["echo", "started"])
    #expect(outcome.status == 126 && outcome.output == "")
  }

  // MARK: io_uring as a whole

  @Test func ioUringIsAbsentWhereItIsBlocked() throws {
    // Inside a jail that allows no register opcode, another one cannot filter.
    let outer = Self.everything + "[register]\nallow = []\n"
    let refused = try jailed(outer, Self.everything, command: ["echo", "started"])
    #expect(refused.status == 125 && refused.output == "")
    for number in ["425", "426", "427"] {
      let outcome = try jailed(
        outer, "policy = 1\n[kernel]\nunsupported = \"block-io-uring\"\n",
        command: [Lab.caller, "native", number, "-1", "0", "0", "0"])
      #expect(outcome.output == "ENOSYS\n", "\(outcome.errors)")
    }
  }
}
