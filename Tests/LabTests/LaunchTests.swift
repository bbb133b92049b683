import Foundation
import Testing

/// Who may start a jail, what becomes of the target, and how the launcher ends.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct LaunchTests {
  static let policy = allowing("nop")
  static let withoutNoNewPrivileges = policy + "[process]\nno-new-privileges = false\n"
  static let asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]

  // MARK: Privilege

  @Test func unprivilegedUserCanStartAJail() throws {
    let outcome = try jailed(Self.policy, command: [Lab.client, "nop", "openat path=/"], wrapper: Self.asNobody)
    #expect(try outcome.completions().map(\.error) == [nil, "EACCES"])
  }

  @Test func unprivilegedUserWithoutNoNewPrivilegesIsRefused() throws {
    let outcome = try jailed(Self.withoutNoNewPrivileges, command: ["echo", "started"], wrapper: Self.asNobody)
    #expect(outcome.status == 125)
    #expect(outcome.output == "")
    #expect(outcome.errors.contains("no privilege to restrict io_uring"))
    #expect(outcome.errors.contains("CAP_SYS_ADMIN"))
  }

  @Test func noNewPrivilegesSetByTheCallerIsPrivilegeEnough() throws {
    let wrapper = Self.asNobody.dropLast() + ["--no-new-privs", "--"]
    let outcome = try jailed(
      Self.withoutNoNewPrivileges, command: [Lab.client, "nop", "openat path=/"], wrapper: Array(wrapper))
    #expect(try outcome.completions().map(\.error) == [nil, "EACCES"])
  }

  @Test func administratorNeedsNoNoNewPrivileges() throws {
    let outcome = try jailed(Self.withoutNoNewPrivileges, command: ["grep", "NoNewPrivs", "/proc/self/status"])
    #expect(outcome.output == "NoNewPrivs:\t0\n")
    let ended = try endings(Self.withoutNoNewPrivileges, requests: ["nop", "openat path=/"])
    #expect(ended == [.success, .denied])
  }

  @Test func noNewPrivilegesIsSetByDefault() throws {
    let outcome = try jailed(Self.policy, command: ["grep", "NoNewPrivs", "/proc/self/status"])
    #expect(outcome.output == "NoNewPrivs:\t1\n")
  }

  // MARK: Exit status

  @Test(arguments: [0, 1, 7, 64, 125, 255])
  func exitStatusIsTheTargetsOwn(status: Int32) throws {
    #expect(try jailed(Self.policy, command: ["sh", "-c", "exit \(status)"]).status == status)
  }

  @Test func signalThatEndsTheTargetIsSeenByTheCaller() throws {
    // env(1), which starts the launcher here, is replaced as well, so this process sees the signal itself.
    #expect(try jailed(Self.policy, command: ["sh", "-c", "kill -9 $$"]).status == 128 + 9)
  }

  @Test func missingCommandGives127() throws {
    for command in ["no-such-command", "/no/such/file", "./no-such-file"] {
      let outcome = try jailed(Self.policy, command: [command])
      #expect(outcome.status == 127, "\(command)")
      #expect(outcome.errors.hasPrefix("uring-jail: ") && outcome.errors.contains(command))
    }
  }

  @Test func fileThatCannotBeExecutedGives126() throws {
    let folder = try TemporaryFolder()
    let noPermission = try folder.create("no-permission", "#!/bin/sh\n").path(percentEncoded: false)
    let noProgram = try folder.create("no-program", "text\n", permissions: 0o755).path(percentEncoded: false)
    for command in [noPermission, noProgram, folder.path] {
      let outcome = try jailed(Self.policy, command: [command], wrapper: Self.asNobody)
      #expect(outcome.status == 126, "\(command): \(outcome.errors)")
      #expect(outcome.errors.contains("cannot execute '\(command)'"))
    }
  }

  @Test func searchPathIsFollowedAsExecvpDoes() throws {
    let folder = try TemporaryFolder()
    _ = try folder.create("tool", "#!/bin/sh\necho first\n")
    let second = try TemporaryFolder()
    _ = try second.create("tool", "#!/bin/sh\necho second\n", permissions: 0o755)
    let outcome = try jailed(
      Self.policy, command: ["tool"], environment: ["PATH": "\(folder.path):\(second.path):/usr/bin:/bin"],
      wrapper: Self.asNobody)
    #expect(outcome.output == "second\n")
  }

  @Test func policyThatCannotBeUsedGives125AndStartsNothing() throws {
    let broken = [
      ("", "policy-version-missing"), ("policy = 2\n", "policy-version-unsupported"),
      ("policy = 1\n[operations]\nallow = [\"redd\"]\n", "did you mean 'read'?"),
      ("policy = 1\nopperations = 1\n", "did you mean 'operations'?"), ("policy = \n", "expected a value"),
    ]
    for (policy, message) in broken {
      let outcome = try jailed(policy, command: ["echo", "started"])
      #expect(outcome.status == 125)
      #expect(outcome.output == "")
      #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }
    let missing = try run([Lab.jail, "--policy", "/no/such/policy.toml", "--", "echo", "started"])
    #expect(missing.status == 125)
    #expect(missing.output == "")
  }

  @Test func wrongCommandLineGives64AndStartsNothing() throws {
    let file = try TemporaryFolder()
    let policy = try file.create("p.toml", Self.policy).path(percentEncoded: false)
    for arguments in [
      [], ["--polcy", policy, "--", "echo", "x"], ["--policy", policy], ["--policy", policy, "echo", "x"],
    ] {
      let outcome = try run([Lab.jail] + arguments)
      #expect(outcome.status == 64, "\(arguments)")
      #expect(outcome.output == "")
    }
  }

  // MARK: Holes

  /// A kernel that calls itself older than filters is not believed and tried.
  @Test func kernelThatDoesNotTellItsReleaseIsTried() throws {
    let disguise = ["setarch", "--uname-2.6"]
    for wrapper in [disguise, Self.asNobody + disguise] {
      let outcome = try run(
        wrapper + [Lab.jail, "-v", "--policy", "-", "--", "true"], input: Self.policy + "[kernel]\nholes = \"refuse\"\n"
      )
      #expect(outcome.status == (Lab.hasExecHole ? 125 : 0), "\(outcome.errors)")
      let answer = Lab.hasExecHole ? "drops the jail" : "keeps the jail across execve"
      #expect(outcome.errors.contains("(2.6.") && outcome.errors.contains(answer), "\(outcome.errors)")
    }
  }

  @Test func targetThatMayNotExecuteIsNotAffectedByATrial() throws {
    let outcome = try run(
      ["setarch", "--uname-2.6", Lab.jail, "--policy", "-", "--", "sh", "-c", "echo $$; wait; echo $?"],
      input: Lab.acceptingExecHole(Self.policy))
    #expect(outcome.output.hasSuffix("\n0\n"), "it has no children, and no signal of one")
  }

  // MARK: Transparency

  @Test func targetIsTheSameProcess() throws {
    let folder = try TemporaryFolder()
    let policy = try folder.create("p.toml", Self.policy).path(percentEncoded: false)
    let outcome = try run([
      "sh", "-c", "echo $$; exec \"$0\" --policy \"$1\" -- sh -c 'echo $$'", Lab.jail, policy,
    ])
    let pids = outcome.output.split(separator: "\n")
    try #require(pids.count == 2)
    #expect(pids[0] == pids[1])
  }

  @Test func argumentsArriveUnchanged() throws {
    let arguments = ["", "a b", "--", "--policy", "'\"$x", "new\nline", "ü"]
    let outcome = try jailed(Self.policy, command: ["printf", "[%s]"] + arguments)
    #expect(outcome.output == arguments.map { "[\($0)]" }.joined())
  }

  @Test func argumentsThatAreNotUTF8ArriveUnchanged() throws {
    let folder = try TemporaryFolder()
    let policy = try folder.create("p.toml", Self.policy).path(percentEncoded: false)
    for form in ["", "run "] {
      let script = "\"$0\" \(form)--policy \"$1\" -- printf %s \"$(printf 'x\\377\\200y')\" | od -An -tx1"
      let outcome = try run(["sh", "-c", script, Lab.jail, policy])
      #expect(
        outcome.output.split(separator: " ").joined().trimmingCharacters(in: .whitespacesAndNewlines) == "78ff8079")
    }
  }

  @Test func environmentAndDirectoryStayAsTheyAre() throws {
    let folder = try TemporaryFolder()
    let policy = try folder.create("p.toml", Self.policy).path(percentEncoded: false)
    let direct = try run(["env"], environment: ["ODD": "a=b c"], directory: folder.path)
    let jailed = try run(
      [Lab.jail, "run", "--policy", policy, "--", "env"], environment: ["ODD": "a=b c"], directory: folder.path)
    // The order is the test library's, which differs from run to run.
    #expect(jailed.output.split(separator: "\n").sorted() == direct.output.split(separator: "\n").sorted())
    let place = try run([Lab.jail, "--policy", "./p.toml", "--", "pwd", "-P"], directory: folder.path)
    #expect(place.output.hasSuffix("/\(URL(filePath: folder.path).lastPathComponent)\n"))
  }

  @Test func runIsTheDefaultCommand() throws {
    let folder = try TemporaryFolder()
    let policy = try folder.create("p.toml", Self.policy).path(percentEncoded: false)
    for form in [
      ["--policy", policy], ["run", "--policy", policy], ["--policy=\(policy)"], ["run", "--policy=\(policy)"],
    ] {
      let outcome = try run([Lab.jail] + form + ["--", Lab.client, "nop", "openat path=/"])
      #expect(try outcome.completions().map(\.error) == [nil, "EACCES"], "\(form)")
    }
  }
}
