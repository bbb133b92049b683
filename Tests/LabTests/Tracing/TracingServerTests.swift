import Foundation
import Testing

extension TracingTests {
  /// A real server, MariaDB with InnoDB on io_uring: learned from under load, then under what was learned, then with one
  /// rule less. Scripts/test-kernels runs it; `make test` does not have the server.
  struct Server {
    init() throws { try Tracing.prepare() }

    /// Starts the server behind the given words, has it work, and shuts it down. `data` is its folder.
    private static let script = """
      set -u
      cd "$1"; shift
      server=(mariadbd --no-defaults --user=root --datadir="$PWD/data" --socket="$PWD/socket" --skip-networking
        --pid-file="$PWD/pid" --innodb-buffer-pool-size=24M --innodb-use-native-aio=1)
      client=(--no-defaults --socket="$PWD/socket" --user=root)
      "$@" "${server[@]}" >output 2>errors &
      until mariadb-admin "${client[@]}" ping >/dev/null 2>&1; do
        kill -0 $! 2>/dev/null || break
        sleep 0.5
      done
      mariadb "${client[@]}" -e '
        create database if not exists t; use t;
        create or replace table x (a int primary key, b varchar(500)) engine=innodb;
        insert into x select seq, repeat("x", 400) from seq_1_to_10000;
        update x set b = concat(b, "y") where a % 3 = 0;
        select count(*) from x;'
      mariadb-admin "${client[@]}" shutdown
      wait $!
      echo "status $?"
      """

    private func serve(_ folder: TemporaryFolder, _ words: [String]) throws -> (outcome: Outcome, errors: String) {
      let outcome = try run(["bash", "-c", Self.script, "server", folder.path, Lab.jail] + words + ["--"])
      return (outcome, try String(contentsOfFile: "\(folder.path)/errors", encoding: .utf8))
    }

    @Test func serverPassesUnderWhatWasLearnedAndMissesWhatIsTakenAway() throws {
      let folder = try TemporaryFolder()
      let install = try run(
        [
          "mariadb-install-db", "--no-defaults", "--user=root", "--datadir=\(folder.path)/data",
          "--auth-root-authentication-method=normal", "--skip-test-db",
        ])
      try #require(install.status == 0, "\(install.errors)")

      let learned = try serve(folder, ["learn", "--output", "l.toml"])
      #expect(
        learned.outcome.output.contains("10000") && learned.outcome.output.contains("status 0"), "\(learned.errors)")
      let policy = try String(contentsOfFile: "\(folder.path)/l.toml", encoding: .utf8)
      #expect(policy.contains("\"readv\",") && policy.contains("\"writev\","), "\(policy)\(learned.errors)")
      #expect(learned.errors.contains("InnoDB: Using io_uring"), "\(learned.errors)")

      let file = try folder.create("run.toml", policy).path(percentEncoded: false)
      let confined = try serve(folder, ["trace", "--json", "--policy", file])
      #expect(confined.outcome.output.contains("10000") && confined.outcome.output.contains("status 0"))
      #expect(try Denial.read(confined.errors) == [], "\(confined.errors)")

      // The server copes with pages that it cannot read in advance.
      var lines = policy.split(separator: "\n", omittingEmptySubsequences: false)
      lines.removeAll { $0.contains("\"readv\",") }
      let line = try #require(lines.firstIndex(of: "[operations]")) + 1
      let less = try folder.create("less.toml", lines.joined(separator: "\n")).path(percentEncoded: false)
      let denied = try serve(folder, ["trace", "--json", "--policy", less])
      #expect(Set(try Denial.read(denied.errors).map(\.brief)) == ["readv:\(line)"], "\(denied.errors)")
      #expect(try Tracing.remains() == [])
    }
  }
}
