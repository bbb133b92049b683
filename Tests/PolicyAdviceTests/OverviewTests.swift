import Diagnostics
import Foundation
import Policy
import TestSupport
import Testing
import URingABI

@testable import PolicyAdvice

/// Whatever a policy allows is told, and nothing else.
struct OverviewTests {
  private func overview(_ text: String) throws -> PolicyOverview {
    PolicyOverview(try #require(ReadPolicy(text).policy))
  }

  private static let examples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "examples")

  static func policies() throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: examples, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "toml" }.sorted { $0.path < $1.path }
  }

  @Test func everyOperationIsInOneAbility() {
    let names = Ability.all.flatMap(\.operations)
    #expect(Set(names).count == names.count)
    #expect(Set(names) == Set(URingABI.Operation.known))
  }

  /// Operations that the report says are allowed are those that the policy permits.
  private func expectComplete(_ policy: Policy, _ overview: PolicyOverview, _ name: String) {
    let operations: [PolicyOverview.Part] = [.files, .data, .sockets, .connections, .waiting, .ring, .unknown]
    let sections = overview.sections.filter { operations.contains($0.part) }
    let told = Set(sections.flatMap(\.statements).flatMap(\.operations))
    let permitted = Set((0...UInt8.max).map { URingABI.Operation(code: $0) }.filter(policy.operations.permits))
    let isOpen = policy.operations.byDefault == .allow
    #expect(told == (isOpen ? permitted.filter { $0.since != nil } : permitted), "\(name)")
    let denied = Set(sections.flatMap(\.denied))
    if !permitted.isEmpty {
      #expect(denied == Set(URingABI.Operation.known.filter { !permitted.contains($0) }.map(\.name)), "\(name)")
    }
  }

  @Test(arguments: try policies()) func everyExampleIsExplained(file: URL) throws {
    let read = ReadPolicy(whole: try String(contentsOf: file, encoding: .utf8))
    let policy = try #require(read.policy)
    let overview = PolicyOverview(policy)
    expectComplete(policy, overview, file.lastPathComponent)
    #expect(overview.limits.count >= 2)
    #expect(!overview.directives.isEmpty)
  }

  @Test(arguments: Seeds.seeds(0..<200)) func everyRandomPolicyIsExplained(seed: UInt64) {
    var random = RandomPolicy(seed: seed)
    let operations: [URingABI.Operation] = [.openat, .openat2, .socket, .connect, URingABI.Operation(code: 22)]
    let policy =
      seed % 2 == 0
      ? random.policy(for: operations[Int(seed / 2) % operations.count])
      : random.arguments(of: [.openat2, .socket, .connect])
    let overview = PolicyOverview(policy)
    expectComplete(policy, overview, "seed \(seed)")
    for section in overview.sections {
      for statement in section.statements { #expect(!statement.text.isEmpty) }
    }
    for exposure in Exposure.all(policy) { #expect(!exposure.danger.reason.isEmpty) }
  }

  // MARK: Words

  private func details(_ part: PolicyOverview.Part, _ text: String) throws -> [String] {
    try overview(text).sections.filter { $0.part == part }.flatMap(\.statements).flatMap(\.details).map(\.text)
  }

  @Test func openingIsToldByWhatItDoes() throws {
    let start = "[operations]\nallow = [\"openat2\"]\n"
    #expect(try details(.files, start) == ["any file, in any way: there is no [open]"])
    #expect(
      try details(.files, start + "[open]\naccess = [\"read\"]") == [
        "for reading; opening creates and truncates nothing"
      ])
    #expect(
      try details(.files, start + "[open]\naccess = [\"write\"]\nflags = { forbid = [\"tmpfile\"] }")[0]
        == "for writing; which can create files and truncate files")
    #expect(
      try details(.files, start + "[open]\nmode = { allow = [\"owner-read\", \"group-read\"] }")
        .contains("new files get permissions of 0440 and no others"))
  }

  @Test func namedNetworksAreToldByTheirNames() throws {
    let text =
      "[operations]\nallow = [\"connect\"]\n[connect]\nallow = [{ to = [\"private\", \"192.0.2.1\"], port = 80 }]"
    #expect(
      try details(.connections, text) == [
        "to private addresses or 192.0.2.1, port 80", "but not to port 0, where nothing can be reached",
        "but not to 0.0.0.0, which reaches the address that the socket is bound to",
      ])
  }

  // MARK: Limits and directives

  private func limits(_ text: String) throws -> Set<String> { Set(try overview(text).limits.map(\.id)) }

  @Test func onlyLimitsThatApplyAreTold() throws {
    let none = "[register]\nallow = []"
    #expect(try limits(none) == ["system-calls", "rings-of-others"])
    let start = none + "\n[operations]\nallow = "
    #expect(try limits(start + "[\"nop\"]") == ["system-calls", "rings-of-others", "setup-flags"])
    for (operation, limit) in [
      ("openat2", "paths"), ("read", "open-descriptors"), ("sendmsg", "peers-of-messages"), ("bind", "local-addresses"),
      ("accept", "clients"), ("connect", "peers-of-other-families"), ("uring_cmd", "driver-commands"),
      ("msg_ring", "other-rings"), ("epoll_ctl", "epoll-targets"),
    ] {
      #expect(try limits(start + "[\"\(operation)\"]").contains(limit), "\(operation)")
    }
    #expect(try limits("[operations]\ndefault = \"allow\"").contains("newer-operations"))
    #expect(try limits("[operations]\nallow = [\"nop\"]").contains("register-arguments"))
  }

  private func directives(_ text: String) throws -> [String] { try overview(text).directives.map(\.line) }

  @Test func directivesFollowFromThePolicy() throws {
    let start = "[operations]\nallow = [\"socket\", \"connect\"]\n"
    #expect(
      try directives(
        start + "[socket]\nallow = [{ family = [\"inet\", \"unix\"] }]\n[connect]\nallow = [{ to = \"10.0.0.0/8\" }]")
        == [
          "NoNewPrivileges=yes", "CapabilityBoundingSet=~CAP_NET_RAW", "RestrictAddressFamilies=AF_INET AF_UNIX",
          "IPAddressDeny=any",
          "IPAddressAllow=10.0.0.0/8", "SystemCallFilter=@system-service seccomp",
        ])
    // An entry without addresses, or without a family, leaves nothing to say.
    #expect(
      try directives(start + "[socket]\nallow = [{ type = \"stream\" }]\n[connect]\nallow = [{ port = 80 }]")
        == ["NoNewPrivileges=yes", "SystemCallFilter=@system-service seccomp"])
    #expect(
      try directives("[process]\nno-new-privileges = false\ncapabilities = { drop = [\"net_raw\"] }")
        .allSatisfy { !$0.hasPrefix("NoNew") && !$0.hasPrefix("Capability") })
    #expect(
      try directives("[process]\ncapabilities = { drop = [\"net_raw\"] }").contains(
        "CapabilityBoundingSet=~CAP_NET_RAW"))
    #expect(
      try directives("[operations]\nallow = [\"openat2\"]\n[open]\naccess = [\"read\"]").contains(
        "ProtectHome=read-only"))
  }
}
