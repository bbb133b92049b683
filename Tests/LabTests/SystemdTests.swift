import Foundation
import Testing

/// Units whose `ExecStart=` goes through uring-jail, under a systemd that is process 1 (Tests/Systemd).
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun))
struct SystemdTests {
  /// What the driver reported, by section; one boot for all tests.
  private static let report = Result { try boot() }

  private static func boot() throws -> [String: [String]] {
    let folder = try TemporaryFolder()
    let policy = try folder.create("p.toml", allowing("nop")).path(percentEncoded: false)
    let wrong = try folder.create("wrong.toml", allowing("nopp")).path(percentEncoded: false)
    let filtered = try folder.create("filtered.toml", allowing("nop") + "[register]\nallow = [\"@query\"]\n")
      .path(percentEncoded: false)
    let outcome = try run(["\(Lab.root)Tests/Systemd/boot", Lab.jail, Lab.client, policy, wrong, filtered])
    try #require(outcome.status == 0, "\(outcome.errors)")
    var sections: [String: [String]] = [:]
    var name = ""
    for line in outcome.output.split(separator: "\n").map(String.init) {
      if line.hasPrefix("== ") { name = String(line.dropFirst(3)) } else { sections[name, default: []].append(line) }
    }
    return sections
  }

  private func section(_ name: String) throws -> [String] { try #require(try Self.report.get()[name]) }

  @Test func serviceOfTypeExecIsStartedInItsJail() throws {
    #expect(try section("exec") == ["start=0"])
    let journal = try section("journal of exec").filter { $0.hasPrefix("{") }
    #expect(journal.count == 2 && journal[0].contains("\"result\":0") && journal[1].contains("EACCES"), "\(journal)")
  }

  /// The recipe for units: systemd's own filter for system calls beside the jail.
  @Test func serviceUnderAFilterForSystemCallsIsStartedInItsJail() throws {
    let recipes = try String(contentsOfFile: "\(Lab.root)docs/recipes.md", encoding: .utf8)
    let unit = try String(contentsOfFile: "\(Lab.root)Tests/Systemd/lab-filtered.service", encoding: .utf8)
    for line in unit.split(separator: "\n") where line.hasPrefix("SystemCall") || line.hasPrefix("NoNew") {
      #expect(recipes.contains("\n\(line)\n"), "\(line)")
    }
    #expect(try section("filtered") == ["start=0"])
    let journal = try section("journal of filtered").filter { $0.hasPrefix("{") }
    #expect(journal.count == 2 && journal[0].contains("\"result\":0") && journal[1].contains("EACCES"), "\(journal)")
  }

  @Test func serviceOfTypeNotifyIsTheMainProcessAndTellsThatItIsReady() throws {
    let lines = try section("notify")
    for line in ["start=0", "ActiveState=active", "StatusText=served", "main=sleep 1000 "] {
      #expect(lines.contains(line), "\(lines)")
    }
    #expect(try section("journal of notify").contains("watchdog=1"))
  }

  @Test func socketThatSystemdPassesReachesTheService() throws {
    // One descriptor, number 3, meant for the process that the service is.
    #expect(try section("socket") == ["start=0", "answer=1 1"])
  }

  @Test func policyWithAMistakeFailsTheServiceAndSaysWhyInTheJournal() throws {
    let lines = try section("wrong")
    #expect(lines.contains("ActiveState=failed") && lines.contains("ExecMainStatus=125"), "\(lines)")
    let journal = try section("journal of wrong")
    #expect(journal.contains { $0.hasSuffix("wrong.toml:3:10: error: unknown operation 'nopp' [unknown-name]") })
    #expect(journal.contains("uring-jail: the policy has an error; nothing was started"), "\(journal)")
    #expect(!journal.contains("started"))
  }
}
