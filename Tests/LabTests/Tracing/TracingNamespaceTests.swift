import Foundation
import Testing

extension TracingTests {
  /// `learn`, `trace` and `probe` in a PID namespace, where a number means another process than in a trace event.
  struct Namespaces {
    init() throws { try Tracing.prepare() }

    /// With the /proc of the namespace, and with the one of the machine.
    private static let ways = [["unshare", "--pid", "--fork", "--mount-proc"], ["unshare", "--pid", "--fork"]]

    private static let reason = "this process is in a PID namespace"

    /// What would be followed inside is started outside at the same time, under the same number.
    @Test(arguments: ways)
    func nothingIsFollowedUnderAForeignNumber(way: [String]) throws {
      let folder = try TemporaryFolder()
      let policy = try folder.create("p.toml", allowing("nop")).path(percentEncoded: false)
      for command in [
        ["learn", "--", Lab.client, "nop"], ["learn", "--pid", "1"],
        ["trace", "--policy", policy, "--", Lab.client, "nop", "write"], ["trace", "--pid", "1"], ["trace", "--all"],
      ] {
        let outcome = try run(way + [Lab.jail] + command)
        #expect(outcome.status == 125, "\(command): \(outcome.output)\(outcome.errors)")
        #expect(outcome.output == "")
        #expect(outcome.errors.contains(Self.reason) && outcome.errors.contains("--pid=host"), "\(outcome.errors)")
        #expect(outcome.errors.hasSuffix("nothing was started\n"))
      }
      #expect(try Tracing.remains() == [])
    }

    @Test func probeSaysSo() throws {
      let outcome = try run(Self.ways[0] + [Lab.jail, "probe"])
      let line = outcome.output.split(separator: "\n").first { $0.hasPrefix("learn and trace: ") }
      #expect(line?.contains(Self.reason) == true, "\(outcome.output)")
    }

    /// Outside of the namespace, but with its /proc, in which this process is not to be found.
    @Test func procOfAnotherNamespaceIsNotTakenForOwn() throws {
      let folder = try TemporaryFolder()
      let script = """
        mkdir proc
        unshare --pid --fork --kill-child sh -c 'mount -t proc proc proc; touch ready; exec sleep 60' & sleeper=$!
        until test -e ready; do sleep 0.1; done
        unshare --mount sh -c 'mount --bind proc /proc; exec "$0" trace --all' "$0"
        echo "status $?"
        kill -KILL $sleeper
        wait
        umount proc
        """
      let outcome = try run(["bash", "-c", script, Lab.jail], directory: folder.path)
      #expect(outcome.output.contains("status 125\n"), "\(outcome.output)\(outcome.errors)")
      #expect(outcome.errors.contains("this /proc is not that of this process's PID namespace"), "\(outcome.errors)")
      #expect(try Tracing.remains() == [])
    }

    /// In the first namespace, a process that is in another one is followed by the number that it has here.
    @Test func processInANamespaceIsFollowedFromOutside() throws {
      let folder = try TemporaryFolder()
      let policy = try folder.create("p.toml", allowing("nop")).path(percentEncoded: false)
      let way = Self.ways[0]
      let outcome = try run(
        [Lab.jail, "trace", "--json", "--policy", policy, "--"] + way + [Lab.client, "--one-by-one", "nop", "write"])
      #expect(try Denial.read(outcome.errors).map(\.brief) == ["write:2"], "\(outcome.errors)")
      let learned = try run(
        [Lab.jail, "learn", "--output", "l.toml", "--"] + way + [Lab.client, "nop"], directory: folder.path)
      #expect(learned.status == 0, "\(learned.errors)")
      let text = try String(contentsOfFile: "\(folder.path)/l.toml", encoding: .utf8)
      #expect(text.contains("\"nop\","), "\(text)")
      #expect(try Tracing.remains() == [])
    }

    // MARK: Nothing to tell

    @Test func runWithoutAnyEventSaysSo() throws {
      let folder = try TemporaryFolder()
      let policy = try folder.create("p.toml", allowing("nop")).path(percentEncoded: false)
      let learned = try run([Lab.jail, "learn", "--output", "l.toml", "--", "true"], directory: folder.path)
      #expect(learned.status == 1, "\(learned.errors)")
      #expect(learned.errors.contains("incomplete: no request and no register call was seen\n"), "\(learned.errors)")
      let text = try String(contentsOfFile: "\(folder.path)/l.toml", encoding: .utf8)
      #expect(text.contains("# INCOMPLETE: no request and no register call was seen\n"), "\(text)")

      let traced = try run([Lab.jail, "trace", "--policy", policy, "--", Lab.client, "nop"])
      #expect(traced.status == 0)
      #expect(traced.errors.hasSuffix("uring-jail: no request was denied\n"), "\(traced.errors)")
      // The launcher itself may make a ring, to try the kernel out; where nothing is launched, there is no event at all.
      // The process is then a child of `trace`, which does not know of it, and stays a zombie.
      let silent = try run(
        ["bash", "-c", "sleep 2 & exec \"$0\" trace --json --summary --policy \"$1\" --pid $!", Lab.jail, policy])
      #expect(silent.status == 0)
      #expect(
        silent.errors == "uring-jail: no event of io_uring was seen: no ring was made, and no request was denied\n")
      let told = try run([Lab.jail, "trace", "--policy", policy, "--", Lab.client, "write"])
      #expect(!told.errors.contains("no request was denied") && !told.errors.contains("no event"), "\(told.errors)")
    }
  }
}
