import Foundation
import Testing
import URingABI

/// The groups as a whole, and docs/groups.md, which gives the reasons for them.
@Suite struct GroupTests {
  @Test func everyOperationIsInAGroup() {
    for operation in Operation.known {
      #expect(!OperationGroup.containing(operation).isEmpty, "\(operation.name)")
    }
    for operation in RegisterOperation.known {
      #expect(!RegisterGroup.containing(operation).isEmpty, "\(operation.name)")
    }
  }

  @Test func groupsAreWellFormed() {
    expectWellFormed(OperationGroup.all.map { ($0.name, $0.summary) })
    expectWellFormed(RegisterGroup.all.map { ($0.name, $0.summary) })
    for group in OperationGroup.all { expectAscending(group.members, group.name) }
    for group in RegisterGroup.all { expectAscending(group.members, group.name) }
  }

  private func expectWellFormed(_ groups: [(name: String, summary: String)]) {
    #expect(Set(groups.map(\.name)).count == groups.count)
    for (name, summary) in groups {
      #expect(name.wholeMatch(of: /@[a-z]+(-[a-z]+)*/) != nil, "\(name)")
      // A line of a list: no sentence.
      #expect(!summary.isEmpty && !summary.hasSuffix(".") && !summary.contains("\n"), "\(name)")
    }
  }

  private func expectAscending<Member: Comparable>(_ members: [Member], _ name: String) {
    #expect(!members.isEmpty, "\(name)")
    #expect(zip(members, members.dropFirst()).allSatisfy { $0 < $1 }, "\(name)")
  }

  @Test func groupsAreFoundByNameAndByMember() {
    for group in OperationGroup.all {
      #expect(OperationGroup.named(group.name)?.members == group.members)
      #expect(group.members.allSatisfy { OperationGroup.containing($0).contains { $0.name == group.name } })
    }
    for group in RegisterGroup.all {
      #expect(RegisterGroup.named(group.name)?.members == group.members)
      #expect(group.members.allSatisfy { RegisterGroup.containing($0).contains { $0.name == group.name } })
    }
    #expect(OperationGroup.named("basic") == nil)
    #expect(RegisterGroup.named("@basic") == nil)
    #expect(OperationGroup.containing(Operation(code: 200)).isEmpty)
  }

  // MARK: What policies rely on

  private func names(_ group: String) throws -> Set<String> {
    Set(try #require(OperationGroup.named(group)).members.map(\.name))
  }

  @Test func basicReadsNothing() throws {
    #expect(try names("@basic").isDisjoint(with: names("@basic-io").subtracting(["close"])))
    #expect(try names("@basic").isDisjoint(with: names("@network-io")))
  }

  @Test func serverReachesWhatItNeedsAndOpensNoFiles() throws {
    #expect(try names("@network-server").isSuperset(of: ["connect", "send_zc", "accept"]))
    for group in ["@basic", "@network-server"] {
      #expect(try names(group).isDisjoint(with: ["openat", "openat2", "read", "statx", "msg_ring"]), "\(group)")
    }
    #expect(try names("@network-server") == names("@network-io"))
    #expect(try names("@network-client").isStrictSubset(of: names("@network-server")))
  }

  @Test func readersDoNotWrite() throws {
    #expect(try names("@file-read").isDisjoint(with: names("@file-write").subtracting(["close"])))
  }

  // MARK: docs/groups.md

  @Test func documentNamesTheMembersOfEveryOperationGroup() throws {
    let document = try GroupDocument(part: "Operation groups")
    #expect(document.groups.map(\.name) == OperationGroup.all.map(\.name))
    for (written, group) in zip(document.groups, OperationGroup.all) {
      #expect(written.summary == group.summary, "\(group.name)")
      #expect(written.members.sorted() == group.members.map(\.name).sorted(), "\(group.name)")
      #expect(written.namesSystemd, "\(group.name)")
    }
  }

  @Test func documentNamesTheMembersOfEveryRegisterGroup() throws {
    let document = try GroupDocument(part: "Register groups")
    #expect(document.groups.map(\.name) == RegisterGroup.all.map(\.name))
    for (written, group) in zip(document.groups, RegisterGroup.all) {
      #expect(written.summary == group.summary, "\(group.name)")
      #expect(written.members.sorted() == group.members.map(\.name).sorted(), "\(group.name)")
    }
  }
}

/// One part of docs/groups.md: a heading for each group, its summary in italics, and a table of its members.
private struct GroupDocument {
  struct Group {
    let name: String
    var summary: String?
    var members: [String] = []
    /// True if it tells what systemd has for it.
    var namesSystemd = false
  }

  private(set) var groups: [Group] = []

  init(part: String) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "docs/groups.md"), encoding: .utf8)
    var isInside = false
    for line in text.split(separator: "\n") {
      if line.hasPrefix("## ") { isInside = line == "## \(part)" }
      guard isInside else { continue }
      if let heading = line.wholeMatch(of: /### `(.+)`/) {
        groups.append(Group(name: String(heading.output.1)))
      } else if !groups.isEmpty {
        read(line, into: &groups[groups.count - 1])
      }
    }
  }

  private func read(_ line: Substring, into group: inout Group) {
    if group.summary == nil, let summary = line.wholeMatch(of: /\*(.+)\*/) {
      group.summary = String(summary.output.1)
    } else if line.hasPrefix("systemd: ") {
      group.namesSystemd = true
    } else if let row = line.wholeMatch(of: /\| (`.+`) \| .+ \|/.repetitionBehavior(.reluctant)) {
      group.members += row.output.1.matches(of: /`([a-z0-9_]+)`/).map { String($0.output.1) }
    }
  }
}
