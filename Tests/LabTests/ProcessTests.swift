import Foundation
import Testing

/// `[process]` and the options of `run`.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct ProcessTests {
  private static let policy = allowing("nop")

  /// Runs a shell script in which `$J` starts a jail under the policy.
  private func shell(_ policy: String, _ script: String) throws -> Outcome {
    let folder = try TemporaryFolder()
    let file = try folder.create("p.toml", policy).path(percentEncoded: false)
    return try run(["sh", "-c", script], environment: ["J": "\(Lab.jail) --policy \(file)"], directory: folder.path)
  }

  // MARK: Descriptors

  private static let list = "sh -c 'ls /proc/$$/fd'"

  private func descriptors(_ policy: String, _ script: String) throws -> [String] {
    let outcome = try shell(policy, script)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return outcome.output.split(separator: "\n").map(String.init)
  }

  @Test func everythingAboveTwoIsClosed() throws {
    // The shell has descriptors of its own above 9.
    #expect(
      try descriptors(Self.policy, "exec 3</dev/null 4</dev/null 9</dev/null; $J -- \(Self.list)") == ["0", "1", "2"])
  }

  @Test func whatIsKeptIsKept() throws {
    let open = "exec 3</dev/null 4</dev/null 9</dev/null;"
    #expect(try descriptors(Self.policy, "\(open) $J --keep-fd 4 -- \(Self.list)") == ["0", "1", "2", "4"])
    #expect(
      try descriptors(
        Self.policy + "[process]\nkeep-fds = [9, 50]\n", "\(open) $J --keep-fd=3 -- \(Self.list)")
        == ["0", "1", "2", "3", "9"])
    #expect(try shell(Self.policy, "$J --keep-fd 7 -- echo started").status == 125)
  }

  @Test func rangesKeepWhatIsOpen() throws {
    let open = "exec 3</dev/null 4</dev/null 9</dev/null;"
    for (options, expected) in [
      ("--keep-fd 3-8", ["3", "4"]), ("--keep-fd 5-8", []), ("--keep-fd 4-9 --keep-fd 3-3", ["3", "4", "9"]),
    ] {
      #expect(try descriptors(Self.policy, "\(open) $J \(options) -- \(Self.list)") == ["0", "1", "2"] + expected)
    }
    // The shell may have more of its own.
    let all = try descriptors(Self.policy, "\(open) exec 5>status; $J --keep-fd all --status-fd 5 -- \(Self.list)")
    #expect(Set(["0", "1", "2", "3", "4", "9"]).isSubset(of: all) && !all.contains("5"))
  }

  @Test func ringInARangeStopsTheLaunch() throws {
    let folder = try TemporaryFolder()
    let file = try folder.create("p.toml", Self.policy).path(percentEncoded: false)
    for range in ["all", "3-12"] {
      let refused = try run(
        [Lab.client, "--hand-over-ring", "--", Lab.jail, "--policy", file, "--keep-fd", range, "--", "true"])
      #expect(refused.status == 125 && refused.errors.contains("passes an io_uring ring"), "\(range)")
    }
  }

  @Test func passedSocketsAreKept() throws {
    let open = "exec 3</dev/null 4</dev/null 5</dev/null; export LISTEN_FDS=2;"
    #expect(
      try descriptors(Self.policy, "\(open) export LISTEN_PID=$$; exec $J -- \(Self.list)") == [
        "0", "1", "2", "3", "4",
      ])
    #expect(try descriptors(Self.policy, "\(open) export LISTEN_PID=1; exec $J -- \(Self.list)") == ["0", "1", "2"])
  }

  @Test func ringThatIsNotKeptDoesNotReachTheTarget() throws {
    let folder = try TemporaryFolder()
    let file = try folder.create("p.toml", Self.policy).path(percentEncoded: false)
    let handOver = [Lab.client, "--hand-over-ring", "--", Lab.jail, "--policy", file]
    let closed = try run(handOver + ["--", "sh", "-c", "ls /proc/$$/fd"])
    #expect(closed.output == "0\n1\n2\n")
    var refused = 0
    for number in 3...12 {
      let kept = try run(handOver + ["--keep-fd", "\(number)", "--", "sh", "-c", "ls -l /proc/$$/fd"])
      #expect(!kept.output.contains("io_uring"))
      if kept.errors.contains("passes an io_uring ring (descriptor \(number))") { refused += 1 }
    }
    #expect(refused == 1)
  }

  // MARK: Capabilities

  private func capabilities(_ policy: String, wrapper: [String] = []) throws -> [String: String] {
    let outcome = try jailed(policy, command: ["grep", "Cap", "/proc/self/status"], wrapper: wrapper)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return Dictionary(
      uniqueKeysWithValues: outcome.output.split(separator: "\n").map { line in
        let words = line.split(separator: "\t")
        return (String(words[0].dropLast()), String(words[1]))
      })
  }

  private static let drop = "[process]\ncapabilities = { drop = [\"all\"] }\n"
  private static let none = String(repeating: "0", count: 16)

  @Test func allCapabilitiesLeaveEverySet() throws {
    for line in ["", "no-new-privileges = false\n"] {
      let sets = try capabilities(Self.policy + Self.drop + line)
      for name in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] { #expect(sets[name] == Self.none, "\(name)") }
    }
  }

  @Test func oneCapabilityLeavesEverySetAndTheOthersStay() throws {
    let before = try capabilities(Self.policy + "[process]\nno-new-privileges = false\n")
    let after = try capabilities(
      Self.policy + "[process]\nno-new-privileges = false\ncapabilities = { drop = [\"net_raw\"] }\n")
    for name in ["CapPrm", "CapEff", "CapBnd"] {
      let sets = [before, after].map { $0[name].flatMap { UInt64($0, radix: 16) } ?? 0 }
      #expect(sets[0] ^ sets[1] == 1 << 13, "\(name)")
    }
  }

  @Test func unprivilegedUserHasNothingToGiveUp() throws {
    let sets = try capabilities(Self.policy + Self.drop, wrapper: LaunchTests.asNobody)
    for name in ["CapInh", "CapPrm", "CapEff", "CapAmb"] { #expect(sets[name] == Self.none, "\(name)") }
  }

  // MARK: What is told

  private func events(_ text: String) throws -> [[String: Any]] {
    try text.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  @Test func statusTellsOfTheJailAndTheStart() throws {
    let outcome = try shell(
      Self.policy + "[process]\nexec = \"deny\"\n",
      "$J --status-fd 5 -- sh -c 'ls /proc/$$/fd' 5>status; cat status >&2")
    let events = try events(outcome.errors.split(separator: "\n").filter { $0.hasPrefix("{") }.joined(separator: "\n"))
    #expect(events.map { $0["event"] as? String } == ["jail", "exec"])
    #expect(events.first?["io_uring"] as? String == "restricted")
    #expect(events.first?["exec"] as? String == "deny")
  }

  @Test func statusTellsWhyNothingWasStarted() throws {
    let scripts = [
      ("$J --status-fd 5 -- /no/such 5>status", "127", ["jail", "exec", "failure"]),
      ("$J --status-fd 5 --policy ./no.toml -- true 5>status", "125", ["failure"]),
      ("$J --status-fd 5 --keep-fd 7 -- true 5>status", "125", ["failure"]),
      ("echo x >bad.toml; $J --status-fd=5 --policy ./bad.toml -- true 5>status", "125", ["failure"]),
    ]
    for (script, status, names) in scripts {
      let outcome = try shell(Self.policy, "(\(script)); echo $?; cat status")
      let lines = outcome.output.split(separator: "\n").map(String.init)
      #expect(lines.first == status)
      let events = try events(lines.dropFirst().joined(separator: "\n"))
      #expect(events.map { $0["event"] as? String } == names, "\(outcome.output)")
      #expect((events.last?["status"] as? Int).map(String.init) == status)
    }
  }

  @Test func statusThatNobodyTakesStopsTheLaunch() throws {
    #expect(try shell(Self.policy, "$J --status-fd 5 -- echo started").status == 125)
    let readOnly = try shell(Self.policy, "$J --status-fd 5 -- echo started 5</dev/null")
    #expect(readOnly.status == 125 && readOnly.output == "")
    let full = try shell(Self.policy, "$J --status-fd 5 -- echo started 5>/dev/full")
    #expect(full.status == 125 && full.output == "")
    #expect(full.errors.contains("write(5): No space left on device (ENOSPC)"))
  }

  @Test func statusWhoseReaderIsGoneStopsTheLaunch() throws {
    // `true` closes the reading end by ending; sleep keeps the launch behind that. The trap makes no difference.
    for trap in ["", "trap '' PIPE; "] {
      let outcome = try shell(
        Self.policy,
        "\(trap){ sleep 0.3; $J --status-fd 5 -- echo started 5>&1 >&2 2>errors; echo $? >status; } | true; "
          + "cat errors; cat status")
      #expect(outcome.output.contains("write(5): Broken pipe (EPIPE)"), "\(outcome.output) \(outcome.errors)")
      #expect(outcome.output.hasSuffix("; nothing was started\n125\n"), "\(outcome.output) \(outcome.errors)")
      #expect(!outcome.errors.contains("started\n"))
    }
  }

  @Test func writingTheStatusChangesNoSignal() throws {
    let show = "grep -E ^Sig[BI] /proc/self/status"
    for trap in ["", "trap '' PIPE; "] {
      let plain = try shell(Self.policy, trap + show)
      #expect(plain.output.contains("SigIgn:"))
      #expect(try shell(Self.policy, "\(trap)$J --status-fd 5 -- \(show) 5>status").output == plain.output)
    }
  }

  @Test func dryRunPrintsAndStartsNothing() throws {
    let text = try shell(Self.policy, "$J --dry-run -- touch started; ls")
    #expect(text.status == 0)
    #expect(text.output.contains("io_uring: 2 restrictions and 0 filters\n") && !text.output.contains("started\n"))
    let json = try shell(Self.policy, "$J --dry-run --json -- touch started")
    let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    #expect(object?["restrictions"] as? Int == 2)
  }

  @Test func everyStepIsToldOnRequest() throws {
    let outcome = try shell(Self.policy + "[process]\nexec = \"deny\"\n", "$J -v -- echo started")
    #expect(outcome.output == "started\n")
    let lines = outcome.errors.split(separator: "\n")
    #expect(lines.count >= 5 && lines.allSatisfy { $0.hasPrefix("uring-jail: ") })
    // Without the option there are warnings only, of which a kernel with an open hole deserves one.
    let quiet = try shell(Self.policy, "$J -- echo started").errors.split(separator: "\n")
    #expect(quiet.count == (Lab.hasExecHole ? 1 : 0), "\(quiet)")
  }

  // MARK: Examples

  @Test func everyExampleStartsItsTarget() throws {
    let folder = try TemporaryFolder()
    let examples = "\(Lab.root)examples"
    for name in try FileManager.default.contentsOfDirectory(atPath: examples) where name.hasSuffix(".toml") {
      let text = try String(contentsOfFile: "\(examples)/\(name)", encoding: .utf8)
      // What refuses a kernel with an open hole is for other tests.
      let policy = try folder.create(name, Lab.hasExecHole ? text.replacing("holes = \"refuse\"\n", with: "") : text)
      let outcome = try run([Lab.jail, "--policy", policy.path(percentEncoded: false), "--", "echo", "ok"])
      if text.contains("\n[connect]"), !Lab.showsPeers {
        #expect(outcome.output == "" && outcome.status == 125, "\(name)")
        #expect(outcome.errors.contains("[unfilterable]"), "\(name): \(outcome.errors)")
      } else {
        #expect(outcome.output == "ok\n" && outcome.status == 0, "\(name): \(outcome.errors)")
      }
    }
  }
}
