import Foundation
import Testing

extension TracingTests {
  /// `uring-jail trace` on a real kernel: every denial, with the rule that made it.
  struct Denials {
    init() throws { try Tracing.prepare() }

    /// Line numbers are those of the text.
    private static let policy = """
      policy = 1
      [operations]
      allow = ["nop", "read", "openat", "openat2", "socket"]
      [open]
      access = "read"
      [socket]
      allow = [{ family = "unix" }]
      [register]
      allow = []
      """

    private static let requests = [
      "nop", "write", "openat2 path=/etc/hostname", "openat2 path=/etc/hostname flags=trunc",
      "openat path=/etc/hostname flags=wronly", "socket family=unix type=stream", "socket family=inet type=stream",
    ]

    private static let denials = ["write:2", "openat2:5", "openat:5", "socket:6"]

    @Test(arguments: [[], ["--thread"], ["--fork"], ["--exec"], ["--setup", "sqpoll"], ["--setup", "submit_all"]])
    func everyDenialIsToldWithItsLine(options: [String]) throws {
      // A process that executes another program after it has made a ring is another matter on 7.0; here, none has yet.
      let (denials, outcome) = try Tracing.trace(
        Self.policy, command: [Lab.client, "--one-by-one"] + options + Self.requests)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(denials.map(\.brief) == Self.denials, "\(outcome.errors)")
      #expect(denials.map(\.argumentsVisible) == [true, true, true, true])
      #expect(denials[3].request?.hasPrefix("socket family=inet type=stream") == true)
      #expect(try Tracing.remains() == [])
    }

    @Test func whatIsAllowedIsToldWhereItIsWanted() throws {
      let (events, outcome) = try Tracing.trace(
        Self.policy, options: ["--allowed"], command: [Lab.client, "--one-by-one"] + Self.requests)
      let requests = events.filter { $0.operation != "register" && $0.command == "uring-client" }
      #expect(
        requests.map { "\($0.event) \($0.operation ?? "")" } == [
          "allowed nop", "denied write", "allowed openat2", "denied openat2", "denied openat", "allowed socket",
          "denied socket",
        ], "\(outcome.errors)")
    }

    @Test func peersOfConnectionsAreSeen() throws {
      let policy = "policy = 1\n[operations]\nallow = [\"connect\"]\n[connect]\nallow = [{ to = \"10.0.0.0/8\" }]\n"
      let requests = [
        "connect fd=0 to=127.0.0.1:80", "connect fd=0 to=[2001:db8::1]:443", "connect fd=0 to=10.1.1.1:1",
      ]
      if Lab.showsPeers {
        let (denials, outcome) = try Tracing.trace(policy, command: [Lab.client, "--one-by-one"] + requests)
        #expect(denials.map(\.brief) == ["connect:4", "connect:4"], "\(outcome.errors)")
        #expect(denials.first?.request?.hasPrefix("connect to=127.0.0.1:80") == true)
      } else {
        // The policy cannot be enforced at all, and nothing is started.
        #expect(try Tracing.trace(policy, command: [Lab.client] + requests).outcome.status == 125)
        let (denials, outcome) = try Tracing.trace(allowing("nop"), command: [Lab.client] + requests.prefix(1))
        #expect(denials.map(\.argumentsVisible) == [false], "\(outcome.errors)")
      }
    }

    @Test func registerOpcodeIsDeniedByItsTable() throws {
      let (denials, outcome) = try Tracing.trace(Self.policy, command: [Lab.client, "register probe", "nop"])
      #expect(denials.map(\.brief) == ["register:8"], "\(outcome.errors)")
    }

    @Test func denialByAnOuterJailIsNotBlamedOnThisPolicy() throws {
      let folder = try TemporaryFolder()
      let outer = try folder.create("outer.toml", allowing("nop")).path(percentEncoded: false)
      let inner = [Lab.jail, "--policy", outer, "--", Lab.client, "--one-by-one", "read", "write"]
      let (denials, outcome) = try Tracing.trace(allowing("nop", "read"), command: inner)
      #expect(denials.map(\.brief) == ["read:other", "write:2"], "\(outcome.errors)")
    }

    /// Where trace itself lives in a jail, filters hold the flags of every request, and see those that the kernel sets.
    @Test func launchInsideAnotherJailIsJudgedAsOne() throws {
      let folder = try TemporaryFolder()
      let outer = try folder.create("outer.toml", allowing("nop", "fsync")).path(percentEncoded: false)
      let inner = try folder.create("inner.toml", allowing("nop", "fsync", also: "flags = { forbid = [\"async\"] }\n"))
        .path(
          percentEncoded: false)
      let trace = [
        Lab.jail, "trace", "--json", "--policy", inner, "--", Lab.client, "--one-by-one", "nop", "fsync fd=0",
      ]
      let outside = try run(trace)
      #expect(try Denial.read(outside.errors).isEmpty, "\(outside.errors)")
      let inside = try run([Lab.jail, "--policy", outer, "--"] + trace)
      #expect(try Denial.read(inside.errors).map(\.brief) == ["fsync:3"], "\(inside.errors)")
    }

    @Test func suggestionMakesTheNextRunPass() throws {
      let folder = try TemporaryFolder()
      let policy = try folder.create("p.toml", Self.policy).path(percentEncoded: false)
      let command = [Lab.client, "--one-by-one"] + Self.requests
      let outcome = try run([Lab.jail, "trace", "--suggest", "--summary", "--policy", policy, "--"] + command)
      #expect(outcome.errors.contains("denied  rule"), "\(outcome.errors)")
      let lines = outcome.errors.split(separator: "\n", omittingEmptySubsequences: false)
      let start = try #require(lines.firstIndex { $0.hasPrefix("# add to") }, "\(outcome.errors)")
      // What must be left to a person: openat2 with O_TRUNC for reading is no kind of access.
      let added = lines[start...].joined(separator: "\n")
      #expect(added.contains("\"write\",") && added.contains("{ family = \"inet\", type = \"stream\""), "\(added)")
      #expect(added.contains("\npolicy = 1\ninclude = ["), "\(added)")
      let second = try folder.create("second.toml", added).path(percentEncoded: false)
      let again = try run([Lab.jail, "trace", "--json", "--policy", second, "--"] + command)
      #expect(try Denial.read(again.errors).map(\.brief) == ["openat2:5"], "\(again.errors)")
    }

    @Test func runningProcessIsFollowed() throws {
      let folder = try TemporaryFolder()
      let policy = try folder.create("p.toml", allowing("nop")).path(percentEncoded: false)
      let script = """
        "$0" --policy "$1" -- bash -c 'touch started; while ! test -e go; do sleep 0.1; done; "$0" nop write' "$2" &
        until test -e started; do sleep 0.1; done
        "$0" trace --json --policy "$1" --pid $! >out 2>errors &
        until grep -q 1 \(Tracing.folder)/instances/*main/events/io_uring/io_uring_req_failed/enable 2>/dev/null
        do sleep 0.1; done
        touch go
        wait
        cat out errors
        """
      let outcome = try run(["bash", "-c", script, Lab.jail, policy, Lab.client], directory: folder.path)
      #expect(try Denial.read(outcome.output).map(\.brief) == ["write:2"], "\(outcome.output)\(outcome.errors)")
      #expect(try Tracing.remains() == [])
    }

    @Test func everyProcessIsSeenUntilTheEndIsAskedFor() throws {
      let folder = try TemporaryFolder()
      let policy = try folder.create("p.toml", allowing("nop")).path(percentEncoded: false)
      let script = """
        "$0" trace --all --json >out 2>errors & tracer=$!
        until grep -q 1 \(Tracing.folder)/instances/*main/events/io_uring/io_uring_req_failed/enable 2>/dev/null
        do sleep 0.1; done
        sleep 0.5
        "$0" --policy "$1" -- "$2" --setup sqpoll nop write
        sleep 0.5
        kill -INT $tracer
        wait $tracer
        echo "status $?"
        cat out errors
        """
      let outcome = try run(["bash", "-mc", script, Lab.jail, policy, Lab.client], directory: folder.path)
      #expect(outcome.output.contains("status 0"), "\(outcome.output)\(outcome.errors)")
      // Other tests make requests as well.
      #expect(try Denial.read(outcome.output).map(\.brief).contains("write:unknown"), "\(outcome.output)")
      #expect(try Tracing.remains() == [])
    }

    @Test func whatAKilledRunLeftIsRemovedByTheNext() throws {
      let folder = try TemporaryFolder()
      let policy = try folder.create("p.toml", allowing("nop")).path(percentEncoded: false)
      let script = """
        "$0" trace --policy "$1" -- sleep 60 & tracer=$!
        until grep -q 1 \(Tracing.folder)/instances/*main/events/io_uring/io_uring_req_failed/enable 2>/dev/null
        do sleep 0.1; done
        kill -KILL $tracer
        wait $tracer
        ls \(Tracing.folder)/instances
        """
      let outcome = try run(["bash", "-c", script, Lab.jail, policy])
      #expect(outcome.output.contains(".main"), "\(outcome.output)\(outcome.errors)")
      #expect(try !Tracing.remains().isEmpty)
      _ = try Tracing.trace(allowing("nop"), command: ["true"])
      #expect(try Tracing.remains() == [])
    }

    @Test func statusIsTheCommands() throws {
      #expect(try Tracing.trace(allowing("nop"), command: ["sh", "-c", "exit 7"]).outcome.status == 7)
      #expect(try Tracing.trace(allowing("nop"), command: ["sh", "-c", "kill -KILL $$"]).outcome.status == 137)
      #expect(try Tracing.trace(allowing("nop"), command: ["/nonexistent"]).outcome.status == 127)
      #expect(try Tracing.trace("policy = 2", command: ["true"]).outcome.status == 125)
    }

    @Test func lackOfPrivilegeIsTold() throws {
      let folder = try TemporaryFolder()
      let policy = try folder.create("p.toml", allowing("nop")).path(percentEncoded: false)
      for command in [["trace", "--policy", policy], ["learn"]] {
        let outcome = try run(LaunchTests.asNobody + [Lab.jail] + command + ["--", "true"])
        #expect(outcome.status == 125)
        #expect(outcome.errors.contains("run it as root"), "\(outcome.errors)")
      }
      let probe = try run(LaunchTests.asNobody + [Lab.jail, "probe"])
      func line(_ outcome: Outcome) -> String {
        outcome.output.split(separator: "\n").first { $0.hasPrefix("learn and trace: ") }.map(String.init)
          ?? outcome.output
      }
      #expect(line(probe).contains(" no: tracefs") && line(probe).contains("run it as root"), "\(line(probe))")
      #expect(line(try run([Lab.jail, "probe"])).hasSuffix(" yes"))
    }
  }
}
