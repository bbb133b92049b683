import Diagnostics
import Foundation
import Policy
import TestSupport
import Testing
import URingABI

@testable import URingJailCLI

/// The manual has what the program has. Scripts/check-manual looks at its form.
struct ManualTests {
  @Test func everyDiagnosticIsListed() throws {
    let text = try ManualPage("uring-jail.policy.5").text
    for explanation in Explanations.all {
      #expect(text.contains(".It Sy \(explanation.id.name)\n"), "\(explanation.id)")
    }
  }

  @Test func everyKeyOfTheLanguageIsNamed() throws {
    let text = try ManualPage("uring-jail.policy.5").text
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

  /// But for operations and opcodes, which `uring-jail operations` lists, and capabilities, which have a page.
  @Test func everyValueOfTheLanguageIsNamed() throws {
    let text = try ManualPage("uring-jail.policy.5").text
    let listedElsewhere = Set(
      Operation.known.map(\.name) + OperationGroup.all.map(\.name) + RegisterOperation.known.map(\.name)
        + RegisterGroup.all.map(\.name) + Capability.names)
    var seen: Set<String> = []
    func expect(_ name: String, of key: String) {
      seen.insert(name)
      // Permission bits are described by their halves.
      let isBit = ["owner-", "group-", "other-"].contains(where: name.hasPrefix)
      let parts = isBit ? [String(name.prefix(6)), String(name.dropFirst(6))] : [name]
      for part in parts {
        let forms = [".Qq \(part)\n", ".Qq \(part) ", " Qq \(part)\n", " Qq \(part) ", "\\(dq\(part)\\(dq"]
        #expect(forms.contains(where: text.contains), "\(part), a value of \(key)")
      }
    }
    func check(_ shape: Language.Shape, of key: String) {
      switch shape {
      case .word(let words):
        for word in words { expect(word, of: key) }
      case .name(let names, _, _):
        for name in names where !listedElsewhere.contains(name) || name == "all" { expect(name, of: key) }
      case .list(of: let element, atLeast: _), .oneOrMore(let element), .anyNumber(let element),
        .map(of: let element, keys: _, pattern: _):
        check(element, of: key)
      case .table(let table):
        for key in table.keys { check(key.shape, of: "\(key.name) of \(table.place)") }
      case .version, .text, .reason, .boolean, .integer: break
      }
    }
    check(.table(Language.root), of: "a policy")
    #expect(seen.isSuperset(of: ["mptcp", "vsock", "seqpacket", "tmpfile", "beneath", "run-unconfined", "multicast"]))
  }

  @Test func everyArgumentOfARequestIsNamed() throws {
    let section = try #require(try ManualPage("uring-jail.policy.5").section(".Sh REQUESTS"))
    for operation in Operation.known {
      for key in RequestText.keys(of: operation) {
        #expect(section.contains(".Cm \(key)"), "\(key) of \(operation.name)")
      }
    }
  }

  @Test func everyCommandAndOptionIsNamed() throws {
    let text = try ManualPage("uring-jail.1").text
    for command in CommandSpelling.commands where command.name != "help" {
      #expect(text.contains(".It Cm \(command.name)\n"), "\(command.name)")
      for option in command.flags + command.options {
        let name = option.dropFirst(2)
        #expect(text.contains("Fl Fl \(name)") || text.contains("Fl -\(name)"), "\(option) of \(command.name)")
      }
    }
  }

  @Test func pagesNameEachOtherRightly() throws {
    let names = try ManualPage.names()
    #expect(names == ["uring-jail-kernels.7", "uring-jail.1", "uring-jail.policy.5"])
    for name in names {
      let own = try ManualPage(name).references.filter { $0.hasPrefix("uring-jail") }
      #expect(Set(own).union([name]) == Set(names), "\(name) names \(own)")
    }
  }

  // MARK: Examples

  @Test func everyPolicyInThePagesCompilesAndItsTestsHold() throws {
    var count = 0
    for name in try ManualPage.names() {
      for display in try ManualPage(name).displays where display.hasPrefix("policy = 1\n") {
        count += 1
        let read = ReadPolicy(whole: display)
        #expect(!read.diagnostics.contains { $0.severity == .error }, "\(display)\(read.diagnostics)")
        let compilation = try CompiledText.compilation(display, for: .newestKnown)
        #expect(!compilation.summary.isEmpty)
      }
    }
    #expect(count >= 4)
  }

  @Test func everyRequestInTheExamplesIsUnderstood() throws {
    let section = try #require(try ManualPage("uring-jail.policy.5").section(".Sh REQUESTS"))
    let lines = section.split(separator: "\n").map(String.init)
    let start = try #require(lines.firstIndex { $0.hasPrefix(".Bd -literal") })
    let requests = lines[(start + 1)...].prefix { $0 != ".Ed" }
    #expect(requests.count >= 6)
    for request in requests {
      #expect(throws: Never.self, "\(request)") { try RequestText.parse(request) }
    }
  }
}
