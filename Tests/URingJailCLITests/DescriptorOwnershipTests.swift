import Foundation
import Testing

/// Descriptors of the caller and of the launcher, on the running kernel.
struct DescriptorOwnershipTests {
  private static let policy = "policy = 1\n[kernel]\nunsupported = \"block-io-uring\"\n"
  private static let client = ManualPage.root.appending(path: ".build/debug/syscall-client").path(percentEncoded: false)

  private func run(_ script: String, policy: String = policy) async throws -> Outcome {
    let folder = try Shell.Folder(["p.toml": policy])
    return try await Shell.run(script.replacing("CLIENT", with: "'\(Self.client)'"), in: folder)
  }

  @Test(arguments: 3...12)
  func numberThatIsNotOpenIsNotKept(_ number: Int) async throws {
    for way in ["--policy ./p.toml", "--policy - < p.toml"] {
      let command = way.replacing(" <", with: " --keep-fd \(number) -- /bin/echo started <")
      let form = command == way ? "\(way) --keep-fd \(number) -- /bin/echo started" : command
      let outcome = try await run("exec 3>&- 4>&- 5>&- 10>&-; uring-jail \(form)")
      #expect(outcome.status == 125, "\(form): \(outcome.output)")
      #expect(outcome.errors.contains("descriptor \(number), which should be kept, is not open"), "\(outcome.errors)")
    }
    let listening = try await run(
      "exec 3>&- 4>&-; LISTEN_FDS=1 sh -c 'LISTEN_PID=$$ exec uring-jail --policy ./p.toml -- /bin/echo started'")
    #expect(listening.status == 125 && listening.errors.contains("LISTEN_FDS promises a socket at descriptor 3"))
    let status = try await run("exec \(number)>&-; uring-jail --policy ./p.toml --status-fd \(number) -- /bin/echo x")
    #expect(status.status == 125 && status.output.isEmpty)
    let quiet = try await run(
      "exec \(number)>&-; uring-jail --policy ./p.toml -- CLIENT jail",
      policy: "policy = 1\n[process]\nkeep-fds = [\(number)]\n[kernel]\nunsupported = \"block-io-uring\"\n")
    #expect(quiet.output.hasPrefix("descriptors:\n"), "\(quiet.errors)\(quiet.output)")
  }

  @Test func whatIsKeptArrivesAndNothingElse() async throws {
    let outcome = try await run(
      "exec 3</dev/null 5</dev/null 7</dev/null; uring-jail --policy ./p.toml --keep-fd 5 -- CLIENT jail")
    #expect(outcome.output.hasPrefix("descriptors: 5\n"), "\(outcome.errors)")
    let closed = try await run(
      "exec 3</dev/null 5</dev/null; uring-jail --policy ./p.toml -- CLIENT jail <&- 2>&-")
    #expect(closed.output.hasPrefix("descriptors:\n"), "\(closed.errors)")
  }

  @Test func endsOfChildrenMayBeIgnored() async throws {
    let outcome = try await run(
      "trap '' CHLD; uring-jail probe >/dev/null; uring-jail --policy ./p.toml -- /bin/echo x")
    #expect(outcome.output == "x\n" && outcome.errors.isEmpty)
  }
}
