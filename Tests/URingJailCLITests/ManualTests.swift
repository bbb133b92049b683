import Diagnostics
import Foundation
import Policy
import Testing

@testable import URingJailCLI

/// The manual has what the program has.
struct ManualTests {
  private func page(_ name: String) throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try String(contentsOf: root.appending(path: "man/\(name)"), encoding: .utf8)
  }

  @Test func everyDiagnosticIsListed() throws {
    let text = try page("uring-jail.policy.5")
    for explanation in Explanations.all {
      #expect(text.contains(".It Sy \(explanation.id.name)\n"), "\(explanation.id)")
    }
  }

  @Test func everyKeyOfTheLanguageIsNamed() throws {
    let text = try page("uring-jail.policy.5")
    func check(_ table: Language.Table) {
      for key in table.keys {
        #expect(text.contains(key.name), "\(key.name) of \(table.place)")
        switch key.shape {
        case .table(let inner), .list(of: .table(let inner), atLeast: _),
          .map(of: .table(let inner), keys: _, pattern: _):
          check(inner)
        default: break
        }
      }
    }
    check(Language.root)
  }

  @Test func everyCommandAndOptionIsNamed() throws {
    let text = try page("uring-jail.1")
    for command in CommandSpelling.commands where command.name != "help" {
      for option in command.flags + command.options {
        let name = option.dropFirst(2)
        #expect(text.contains("Fl Fl \(name)") || text.contains("Fl -\(name)"), "\(option) of \(command.name)")
      }
    }
  }
}
