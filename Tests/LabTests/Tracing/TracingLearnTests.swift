import Foundation
import Testing

extension TracingTests {
  /// `uring-jail learn` on a real kernel: what is learned lets the same run pass, and no more.
  struct Learning {
    init() throws { try Tracing.prepare() }

    /// Learns, in a folder where the output is `l.toml`.
    private func learn(
      _ folder: TemporaryFolder, _ command: [String], options: [String] = []
    ) throws -> (policy: String, outcome: Outcome) {
      let outcome = try run(
        [Lab.jail, "learn", "--output", "l.toml"] + options + ["--"] + command, directory: folder.path)
      let policy = try? String(contentsOfFile: "\(folder.path)/l.toml", encoding: .utf8)
      #expect(try Tracing.remains() == [])
      return (try #require(policy, "\(outcome.errors)"), outcome)
    }

    /// The denials of the same command under a policy.
    private func denials(under policy: String, _ command: [String], _ folder: TemporaryFolder) throws -> [String] {
      let file = try folder.create("run.toml", policy).path(percentEncoded: false)
      let outcome = try run([Lab.jail, "trace", "--json", "--policy", file, "--"] + command, directory: folder.path)
      #expect(!outcome.errors.contains("nothing was started"), "\(outcome.errors)")
      return try Denial.read(outcome.errors).map(\.brief)
    }

    /// Every feature, in processes, threads and programs of several kinds.
    private static let everything = [
      "bash", "-c",
      """
      "$0" --one-by-one 'register probe' nop read 'write sqe-flags=async' \
        'openat2 path=/etc/hostname resolve=beneath' 'openat path=new flags=wronly,creat mode=0x1a4' fsync statx \
        'socket family=inet type=stream' 'socket family=unix type=stream,cloexec' \
        'connect fd=0 to=127.0.0.1:80' 'connect fd=0 to=[2001:db8::1]:443' 'connect fd=0 to=10.0.0.1:40000' \
        'connect fd=0 family=unix path=/x'
      "$0" --setup sqpoll nop 'socket family=inet6 type=dgram protocol=udp' timeout timeout_remove link_timeout
      "$0" --thread --fork 'nop sqe-flags=io_link' splice
      """, Lab.client,
    ]

    /// As cron jobs and some init systems start programs: whose children end unseen, and who would wait for them in vain.
    @Test func commandIsWaitedForWhereEndsOfChildrenAreIgnored() throws {
      let folder = try TemporaryFolder()
      let script = "trap '' CHLD; exec \"$0\" learn --output l.toml -- sh -c 'trap; exit 7'"
      let outcome = try run(["bash", "-c", script, Lab.jail], directory: folder.path)
      #expect(outcome.status == 0 && outcome.errors.contains("the command ended with status 7"), "\(outcome.errors)")
      let ignored = try run(
        [
          "bash", "-c", "trap '' CHLD; exec \"$0\" learn --output l.toml -- grep SigIgn /proc/self/status", Lab.jail,
        ], directory: folder.path)
      // Signal 17, which the command gets as the caller had it.
      let mask = ignored.output.split(separator: "\t").last.flatMap { UInt64($0.dropLast(), radix: 16) } ?? 0
      #expect(mask & 1 << 16 != 0, "\(ignored.output)\(ignored.errors)")
    }

    @Test func everythingThatTheClientDoesIsLearned() throws {
      let folder = try TemporaryFolder()
      let (policy, outcome) = try learn(folder, Self.everything)
      #expect(outcome.status == 0, "\(outcome.errors)")
      var rules = [
        "\"@timer\",", "\"nop\",", "\"read\",", "\"splice\",", "\"fsync\",", "\"io_link\",", "\"async\",",
        "\"beneath\",",
        "\"creat\",", "\"owner-write\",", "{ family = \"inet6\", type = \"dgram\", protocol = \"udp\" },", "\"probe\",",
      ]
      if Lab.showsPeers {
        rules += [
          "{ to = \"127.0.0.1\", port = [80] },", "{ to = \"10.0.0.1\", port = [\"32768-60999\"] },",
          "{ to = \"2001:db8::1\", port = [443] },", "{ family = \"unix\" },",
        ]
      } else {
        #expect(outcome.errors.contains("does not show the arguments of connect"))
      }
      for rule in rules { #expect(policy.contains(rule), "\(rule)\n\(policy)") }
      #expect(try run([Lab.jail, "check", "--accept-untrusted-policy", "l.toml"], directory: folder.path).status == 0)
      #expect(try denials(under: policy, Self.everything, folder) == [])
    }

    /// A rule, what it allows, and where its absence is told.
    private static let rules: [(rule: String, denied: [String], place: String)] =
      [
        ("\"splice\",", ["splice"], "[operations]"),
        ("\"@timer\",", ["timeout", "timeout_remove", "link_timeout"], "[operations]"),
        ("\"write\",", ["openat"], "access"), ("family = \"inet6\"", ["socket"], "[socket]"),
        ("\"probe\",", ["register"], "[register]"),
      ] + (Lab.showsPeers ? [("to = \"10.0.0.1\"", ["connect"], "[connect]")] : [])

    /// Without each of some rules, just what it allowed is denied, by the list that it is missing from.
    @Test(arguments: rules)
    func withoutARuleJustThatIsDenied(rule: String, denied: [String], place: String) throws {
      let folder = try TemporaryFolder()
      let (policy, _) = try learn(folder, Self.everything)
      var lines = policy.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      // The word "write" is an operation as well; the last one is meant.
      let index = try #require(lines.lastIndex { $0.contains(rule) }, "\(policy)")
      lines.remove(at: index)
      let line = try #require(
        lines.firstIndex { place == "access" ? $0.hasPrefix("access = [") : $0 == place }, "\(policy)")
      // A list of access is pointed at by its first value.
      let expected = place == "access" ? line + 2 : line + 1
      let found = try denials(under: lines.joined(separator: "\n"), Self.everything, folder)
      #expect(found == denied.map { "\($0):\(expected)" }, "\(lines.joined(separator: "\n"))")
    }

    @Test func runsAreMergedAndBasesCompleted() throws {
      let folder = try TemporaryFolder()
      func command(_ requests: String...) -> [String] { [Lab.client, "--one-by-one"] + requests }
      _ = try learn(folder, command("nop", "read"))
      let (both, _) = try learn(folder, command("nop", "socket family=unix type=stream"), options: ["--merge"])
      #expect(
        both.contains("\"nop\",     # 2 times") && both.contains("\"read\",") && both.contains("family = \"unix\""))
      #expect(both.split(separator: "\n").count { $0.hasPrefix("# Learned ") } == 2)
      _ = try folder.create("base.toml", allowing("nop", "read", also: "[register]\nallow = []"))
      let (added, outcome) = try learn(folder, command("nop", "write", "fsync"), options: ["--base", "base.toml"])
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(added.contains("include = [") && added.contains("\"write\",") && !added.contains("\"nop\","), "\(added)")
      #expect(try denials(under: added, command("nop", "read", "write", "fsync"), folder) == [])
    }

    /// What a process does before it is followed is not learned, and neither is what others do.
    @Test func runningProcessIsLearnedFrom() throws {
      let folder = try TemporaryFolder()
      let script = """
        bash -c '"$0" nop; touch started; while ! test -e go; do sleep 0.1; done; "$0" read write' "$1" &
        until test -e started; do sleep 0.1; done
        "$0" learn --output l.toml --pid $! >out 2>errors & learner=$!
        until grep -q 1 \(Tracing.folder)/instances/*main/events/io_uring/io_uring_req_failed/enable 2>/dev/null
        do sleep 0.1; done
        "$1" fsync
        touch go
        wait $learner
        echo "status $?"
        cat errors
        """
      let outcome = try run(["bash", "-c", script, Lab.jail, Lab.client], directory: folder.path)
      #expect(outcome.output.contains("status 0\n"), "\(outcome.output)")
      #expect(outcome.output.contains("arguments are visible only for operations that process"), "\(outcome.output)")
      let policy = try String(contentsOfFile: "\(folder.path)/l.toml", encoding: .utf8)
      #expect(policy.contains("\"read\",") && policy.contains("\"write\","), "\(policy)")
      #expect(!policy.contains("\"nop\",") && !policy.contains("\"fsync\","), "\(policy)")
      #expect(try Tracing.remains() == [])
    }

    @Test func lossIsReported() throws {
      let folder = try TemporaryFolder()
      // While the learner sleeps, nobody empties its buffers.
      let script = """
        kill -STOP $PPID
        "$0" 2000000 0 512
        kill -CONT $PPID
        """
      let (policy, outcome) = try learn(folder, ["bash", "-c", script, Lab.load])
      #expect(outcome.status == 1, "\(outcome.errors)")
      #expect(outcome.errors.contains(" events lost"), "\(outcome.errors)")
      #expect(policy.contains("# INCOMPLETE: ") && policy.contains("\"nop\","))
    }

    @Test func nothingIsLostAtFiftyThousandRequestsInASecond() throws {
      let folder = try TemporaryFolder()
      let (policy, outcome) = try learn(folder, [Lab.load, "500000", "50000"])
      #expect(outcome.status == 0, "\(outcome.errors)")
      // Rounded up to whole batches.
      #expect(policy.contains("\"nop\",  # 500000 times"), "\(outcome.output)\(policy)")
    }

    @Test func fioPassesUnderWhatWasLearnedFromIt() throws {
      let folder = try TemporaryFolder()
      let command = [
        "fio", "--name=job", "--ioengine=io_uring", "--rw=randrw", "--filename=\(folder.path)/data", "--size=256k",
        "--bs=4k", "--iodepth=8", "--thread", "--fsync=16", "--fixedbufs=1",
      ]
      let (policy, outcome) = try learn(folder, command)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(policy.contains("\"read_fixed\",") && policy.contains("\"buffers\","), "\(policy)")
      #expect(try denials(under: policy, command, folder) == [])
      let lines = policy.split(separator: "\n", omittingEmptySubsequences: false).filter {
        !$0.contains("\"write_fixed\",")
      }
      let found = try denials(under: lines.joined(separator: "\n"), command, folder)
      let line = try #require(lines.firstIndex(of: "[operations]"))
      #expect(Set(found) == ["write_fixed:\(line + 1)"], "\(found)")
    }
  }
}
