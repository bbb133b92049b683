import Foundation
import Testing

/// `probe --policy` says what `run` does, and both are held against each other on the running kernel, whatever it can do:
/// as it is, and behind seccomp filters that answer in its place.
struct LaunchReportTests {
  private static let liar = ManualPage.root.appending(path: ".build/debug/seccomp-liar").path(percentEncoded: false)

  private static let policies = [
    "refuse": "policy = 1\n",
    "block": "policy = 1\n[kernel]\nunsupported = \"block-io-uring\"\n",
    "free": "policy = 1\n[kernel]\nunsupported = \"run-unconfined\"\n",
    "exec": "policy = 1\n[process]\nexec = \"deny\"\n[kernel]\nunsupported = \"block-io-uring\"\n",
    "capabilities":
      "policy = 1\n[process]\ncapabilities = { drop = \"all\" }\n[kernel]\nunsupported = \"block-io-uring\"\n",
    "wrong": "policy = 1\n[operations]\nallow = [\"redd\"]\n",
  ]

  /// Rules of the filter in front of the program.
  private static let worlds: [[String]] = [
    [], ["io_uring_register:22"], ["io_uring_register:38"], ["io_uring_register:1"], ["io_uring_register:0"],
    ["seccomp:1"], ["seccomp:0"], ["prctl,0=38:1"], ["prctl,0=38:0"], ["capset:0"], ["capset:1"], ["close_range:0"],
    ["close_range:38"], ["io_uring_enter:38"], ["io_uring_enter:0"], ["io_uring_enter:95"], ["uname:0"],
    ["io_uring_setup:38", "io_uring_enter:38", "io_uring_register:38"], ["seccomp:0", "io_uring_setup:38"],
  ]

  @Test(arguments: worlds)
  func probeSaysWhatALaunchDoes(_ rules: [String]) async throws {
    let folder = try Shell.Folder(
      Dictionary(uniqueKeysWithValues: Self.policies.map { ("\($0.key).toml", $0.value) }))
    let front = rules.isEmpty ? "" : "'\(Self.liar)' \(rules.joined(separator: " ")) -- "
    for name in Self.policies.keys.sorted() {
      let program = "\(front)\"$(command -v uring-jail)\""
      let launch = try await Shell.run("\(program) --policy ./\(name).toml -- /bin/echo started", in: folder)
      let probe = try await Shell.run("\(program) probe --policy ./\(name).toml", in: folder)
      #expect([0, 125].contains(launch.status), "\(rules) \(name): \(launch.errors)")
      #expect(probe.status == launch.status, "\(rules) \(name): \(launch.errors) \(probe.output)")
      let lines = probe.output.split(separator: "\n").map(String.init)
      #expect(lines.last == (launch.status == 0 ? "the command would be started" : "nothing would be started"))
      if launch.status == 0 {
        #expect(launch.output == "started\n" && !probe.output.contains("  NO   "))
      } else if name != "wrong" {
        // The reason is the same, to the word.
        let no = try #require(lines.first { $0.hasPrefix("  NO   ") }, "\(rules) \(name): \(probe.output)")
        let reason = no.split(separator: ": ", maxSplits: 1).last ?? ""
        #expect(launch.errors.contains(reason), "\(rules) \(name): \(no)")
      }
    }
  }

  @Test func stepsAreInTheObjectAsWell() async throws {
    let folder = try Shell.Folder(["p.toml": Self.policies["capabilities"] ?? ""])
    let outcome = try await Shell.run(
      "uring-jail compile --output p.jail p.toml && uring-jail probe --json --policy ./p.toml --policy ./p.jail",
      in: folder)
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    let launch = try #require(object?["launch"] as? [String: Any], "\(outcome.errors)")
    #expect(launch["policies"] as? [String] == ["./p.toml", "./p.jail"])
    #expect(launch["starts"] as? Bool == true && launch["status"] as? Int == 0 && object?["usable"] as? Bool == true)
    let steps = try #require(launch["steps"] as? [[String: Any]])
    let names = steps.compactMap { $0["step"] as? String }
    #expect(names.prefix(5) == ["policy", "policy", "privilege", "descriptors", "kernel"])
    #expect(names.last == "capabilities" && steps.allSatisfy { $0["done"] as? Bool == true })
    let without = try await Shell.run("uring-jail probe --json", in: folder)
    let plain = try JSONSerialization.jsonObject(with: Data(without.output.utf8)) as? [String: Any]
    #expect(plain?["launch"] is NSNull)
  }

  @Test func trustIsAStepOfIt() async throws {
    let folder = try Shell.Folder(["p.toml": Self.policies["block"] ?? ""])
    for (script, status) in [("", 125 as Int32), ("--accept-untrusted-policy", 0)] {
      let outcome = try await Shell.run(
        "chmod 666 p.toml && uring-jail probe \(script) --policy ./p.toml", in: folder)
      // Only somebody with privileges has something to lose.
      #expect(outcome.status == (getuid() == 0 ? status : 0), "\(outcome.output)")
      if getuid() == 0, status != 0 { #expect(outcome.output.contains("  NO   policy: ")) }
    }
  }

  @Test func ringAmongTheDescriptorsIsToldAndTheProbeLeavesNoTrace() async throws {
    let folder = try Shell.Folder(["p.toml": Self.policies["exec"] ?? ""])
    let script = "uring-jail probe --policy ./p.toml >/dev/null; echo $?; grep -c 'NoNewPrivs:.0' /proc/self/status"
    #expect(try await Shell.run(script, in: folder).output == "0\n1\n")
  }
}
