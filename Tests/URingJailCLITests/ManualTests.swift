import Diagnostics
import Foundation
import Policy
import PolicyLanguage
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

  @Test(arguments: HelpTests.commands)
  func everyOptionOfACommandIsInItsSynopsisAndDescribed(_ command: Subcommand) throws {
    let page = try ManualPage("uring-jail.1")
    let synopsis = try #require(page.section(".Sh SYNOPSIS")).components(separatedBy: ".Nm\n")
      .filter { command == .run ? $0.contains("Cm run\n") : $0.hasPrefix(".Cm \(command.name)") }.joined()
    let lines = try #require(page.section(".Sh COMMANDS")).split(separator: "\n").map(String.init)
    let start = try #require(lines.firstIndex(of: ".It Cm \(command.name)"))
    let others = Subcommand.allCases.map { ".It Cm \($0.name)" }
    let items = lines[(start + 1)...].prefix { !others.contains($0) && !$0.hasPrefix(".Ss ") }
      .filter { $0.hasPrefix(".It Fl") }
    let general: Set = [CommandOption.help, .version]
    for option in CommandOption.all(of: command) where !general.contains(option) {
      let names = option.names.map { $0.hasPrefix("--") ? "Fl Fl \($0.dropFirst(2))" : "Fl \($0.dropFirst())" }
      for name in names {
        let isNamed = synopsis.contains("\(name)\n") || synopsis.contains("\(name) ")
        #expect(isNamed, "\(name) in the synopsis of \(command)")
        // The name is followed by what stands for its value, if there is one.
        let isDescribed = items.contains { item in
          item.contains("\(name) ,") || (option.placeholder == nil ? item.hasSuffix(name) : item.contains("\(name) "))
        }
        #expect(isDescribed, "\(name), described at \(command)")
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

  // MARK: JSON

  private static let jsonPolicies = [
    "wrong.toml": "policy = 1\n[operations]\nallow = [\"nop\", \"nop\", \"raed\"]\n",
    "accepting.toml":
      "policy = 1\n[operations]\nallow = [\"nop\"]\n[accept]\nregister-unrestricted = \"a reason\"\n",
    "full.toml": """
    policy = 1
    [operations]
    allow = ["read", "connect"]
    flags = { require = ["fixed_file"], forbid = ["async"] }
    [connect]
    allow = [{ to = "10.0.0.0/8", port = 443 }]
    [register]
    allow = ["buffers"]
    [[test]]
    request = "read"
    expect = "allow"

    """,
    "fsync.toml": "policy = 1\n[operations]\nallow = [\"fsync\"]\nflags = { allow = [\"io_link\"] }\n",
    // Starts on every kernel.
    "free.toml": """
    policy = 1
    [operations]
    allow = ["nop"]
    [kernel]
    unsupported = "run-unconfined"
    holes = "accept"

    """,
  ]

  /// Commands, and what prints their JSON on any kernel: all of it, but for `trace` and the counterexamples of `prove`.
  private static let jsonPrinted = [
    ("check", "uring-jail check --json --exposure wrong.toml accepting.toml"),
    ("check", "uring-jail check --json missing.toml"),
    ("test", "uring-jail test --json full.toml"),
    ("explain", "uring-jail explain --json full.toml"),
    ("explain", "uring-jail explain --json full.toml connect to=192.0.2.1:443"),
    ("explain", "uring-jail explain --json fsync.toml fsync"),
    ("compile", "uring-jail compile --json --kernel 7.3 full.toml"),
    ("prove", "uring-jail prove --json --kernel 7.3 full.toml"),
    ("diff", "uring-jail diff --json full.toml fsync.toml"),
    ("operations", "uring-jail operations --json"),
    ("operations", "uring-jail operations --register --json"),
    ("policies", "cp full.toml ../prefix/share/uring-jail/policies && uring-jail policies --json"),
    ("probe", "uring-jail probe --json"),
    ("probe", "uring-jail probe --json --policy ./free.toml"),
    ("run", "uring-jail --policy ./free.toml --dry-run --json -- /bin/true"),
    ("run", "uring-jail --policy ./free.toml --status-fd 3 -- /bin/true 3>&1"),
    ("run", "uring-jail --policy ./wrong.toml --status-fd 3 -- /bin/true 3>&1"),
  ]

  /// Members whose own members are named after what they are about: operations and holes.
  private static let jsonMaps: Set<String> = ["data", "holes"]

  /// The names of all members, those of nested objects as well.
  private static func members(of value: Any) -> Set<String> {
    var names: Set<String> = []
    if let list = value as? [Any] {
      for element in list { names.formUnion(members(of: element)) }
    } else if let object = value as? [String: Any] {
      for (name, value) in object {
        names.insert(name)
        if !jsonMaps.contains(name) { names.formUnion(members(of: value)) }
      }
    }
    return names
  }

  @Test func everyMemberOfJSONIsDescribedAndNoOther() async throws {
    let page = try ManualPage("uring-jail.1")
    let section = try #require(page.section(".Sh JSON OUTPUT"))
    // What documents have in common is described first.
    let introduction = section.components(separatedBy: "\n.Ss ")[0]
    let folder = try Shell.Folder(Self.jsonPolicies)
    var seen: [String: Set<String>] = [:]
    for (command, line) in Self.jsonPrinted {
      let own = try #require(page.section(".Ss \(command)"), "\(command)")
      let described = "\(introduction)\n\(own)\n"
      let outcome = try await Shell.run(line, in: folder)
      let texts =
        line.contains("--status-fd") ? outcome.output.split(separator: "\n").map(String.init) : [outcome.output]
      #expect(!texts.isEmpty, "\(line): \(outcome.errors)")
      for text in texts {
        let parsed = (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any]
        let object = try #require(parsed, "\(line): \(outcome.errors)")
        #expect(object["version"] as? Int == 1, "\(line)")
        let names = Self.members(of: object)
        for name in names.sorted() {
          #expect(described.contains("Qq \(name)\n") || described.contains("Qq \(name) "), "\(name) of \(line)")
        }
        seen[command, default: []].formUnion(names)
      }
    }
    #expect(seen["check"]?.isSuperset(of: ["end_column", "notes", "accepted", "dangers", "history"]) == true)
    // Names that only counterexamples have.
    seen["prove"]?.formUnion(["request", "reason", "rule"])
    for (command, names) in seen {
      let own = try #require(page.section(".Ss \(command)"))
      for line in own.split(separator: "\n") where line.hasPrefix(".It Qq ") {
        #expect(names.contains(String(line.dropFirst(7))), "\(line) of \(command)")
      }
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
