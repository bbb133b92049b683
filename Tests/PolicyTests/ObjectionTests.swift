import Diagnostics
import Foundation
import Policy
import PolicyAdvice
import PolicyLanguage
import TestSupport
import Testing
import URingABI

/// What is said to lift a denial lifts it: the changes are made, and the evaluator is asked again.
struct ObjectionTests {
  private func policy(_ text: String) throws -> Policy { try #require(ReadPolicy(text).policy) }

  private func objections(_ request: String, _ text: String) throws -> [Objection] {
    Objections.all(to: try RequestText.parse(request), in: try policy(text))
  }

  private func changes(_ request: String, _ text: String) throws -> [String] {
    try objections(request, text).flatMap(\.changes).map(\.text)
  }

  // MARK: Words

  @Test func allowedRequestHasNone() throws {
    #expect(try objections("nop", "[operations]\nallow = [\"nop\"]").isEmpty)
  }

  @Test func operationIsAddedOrTakenFromTheDenied() throws {
    #expect(try changes("read", "[operations]\nallow = [\"nop\"]") == ["add \"read\" to 'allow' of [operations]"])
    #expect(
      try changes("nop", "[operations]\ndeny = [\"nop\"]") == [
        "remove \"nop\" from 'deny' of [operations]", "add \"nop\" to 'allow' of [operations]",
      ])
    #expect(
      try changes("200", "[operations]\nallow = [\"nop\"]") == ["add 200 to 'allow' of [operations]"])
  }

  @Test func eachReasonIsTold() throws {
    let text = """
      [operations]
      allow = ["nop"]
      flags = { forbid = ["io_link"] }
      [open]
      access = ["read"]
      flags = { allow = ["cloexec"] }
      mode = { forbid = ["setuid"] }
      resolve = { require = ["beneath"] }
      """.replacingOccurrences(of: "\"nop\"", with: "\"nop\", \"openat\"")
    let request = "openat2 flags=wronly,creat,cloexec mode=0o4644 sqe-flags=io_link"
    let found = try objections(request, text)
    #expect(
      found.flatMap(\.changes).map(\.text) == [
        "add \"openat2\" to 'allow' of [operations]", "remove \"io_link\" from 'flags.forbid' of [operations]",
        "add \"write\" to 'access' of [open]", "add \"creat\" to 'flags.allow' of [open]",
        "remove \"setuid\" from 'mode.forbid' of [open]", "remove \"beneath\" from 'resolve.require' of [open]",
      ])
    #expect(found.allSatisfy { $0.rule != nil })
  }

  @Test func entriesAreWrittenInTheLanguage() throws {
    let socket = "[operations]\nallow = [\"socket\"]\n[socket]\nallow = [{ family = \"unix\" }]"
    #expect(
      try changes("socket family=inet type=stream,cloexec protocol=tcp", socket) == [
        "add { family = \"inet\", type = \"stream\", protocol = \"tcp\" } to 'allow' of [socket]"
      ])
    let connect =
      "[operations]\nallow = [\"connect\"]\n[connect]\nallow = [{ to = \"10.0.0.0/8\" }]\ndeny = [{ to = \"10.1.0.0/16\" }]"
    #expect(
      try changes("connect to=10.1.2.3:443", connect) == ["remove { to = \"10.1.0.0/16\" } from 'deny' of [connect]"])
    #expect(
      try changes("connect to=[2001:db8::1]:443", connect) == [
        "add { to = \"2001:db8::1\", port = 443 } to 'allow' of [connect]"
      ])
    #expect(try changes("connect family=unix", connect) == ["add { family = \"unix\" } to 'allow' of [connect]"])
    #expect(try changes("connect to=10.0.0.1:0", connect) == ["remove [connect]"])
  }

  @Test func registerOpcodesAreAddedOrTakenFromTheDenied() throws {
    let text = "[register]\nallow = [\"@buffers\"]\ndeny = [\"clone_buffers\"]"
    #expect(try changes("register files", text) == ["add \"files\" to 'allow' of [register]"])
    #expect(
      try changes("register clone_buffers", text) == ["remove \"clone_buffers\" from 'deny' of [register]"])
  }

  @Test func bitsWithoutANameNeedAListOfAllThatIsAllowed() throws {
    let text = "[operations]\nallow = [\"openat2\"]\n[open]\nflags = { forbid = [\"trunc\"] }"
    let line = try #require(try changes("openat2 flags=0x40000000", text).first)
    #expect(line.hasPrefix("add \"creat\", ") && line.hasSuffix(", 0x40000000 to 'flags.allow' of [open]"))
    #expect(!line.contains("\"trunc\""))
  }

  @Test func whatTheProgramCanDoInsteadIsTold() throws {
    let text =
      "[operations]\nallow = [\"openat\", \"write\"]\n[open]\nresolve = { require = [\"beneath\"] }\n"
      + "[operation.write]\nflags = { require = [\"fixed_file\"] }"
    #expect(try objections("openat flags=rdonly", text)[0].remark?.contains("openat2") == true)
    #expect(try objections("write", text)[0].remark == "or let the program set 'fixed_file'")
  }

  // MARK: The changes lift the denial

  /// On the policy as it is understood.
  @Test(arguments: Seeds.seeds(0..<200))
  func changesMakeTheEvaluatorAllow(seed: UInt64) throws {
    var random = RandomPolicy(seed: seed)
    let operations: [URingABI.Operation] = [.openat, .openat2, .socket, .connect, URingABI.Operation(code: 1)]
    let operation = operations[Int(seed) % operations.count]
    let policy = random.policy(for: operation)
    let requests = BoundaryRequests(operation, under: [policy], seed: seed, limit: 300)
    for sample in requests.samples {
      let request = Request.submission(sample.submission)
      let objections = Objections.all(to: request, in: policy)
      #expect(objections.isEmpty == ReferenceEvaluator.decide(request, under: policy).isAllowed)
      let changed = objections.flatMap(\.changes).reduce(policy) { $0.applying($1) }
      #expect(ReferenceEvaluator.decide(request, under: changed).isAllowed, "\(request.text), seed \(seed)")
      // The first reason is the one that the evaluator has.
      if let first = objections.first {
        #expect(first.reason == ReferenceEvaluator.decide(request, under: policy).reason)
      }
    }
  }

  /// Each of them is needed: without one of the objections met, the request is still denied.
  @Test(arguments: Seeds.seeds(0..<60))
  func noObjectionIsTooMany(seed: UInt64) throws {
    var random = RandomPolicy(seed: seed)
    let operations: [URingABI.Operation] = [.openat2, .socket, .connect]
    let operation = operations[Int(seed) % operations.count]
    let policy = random.policy(for: operation)
    for sample in BoundaryRequests(operation, under: [policy], seed: seed, limit: 60).samples {
      let request = Request.submission(sample.submission)
      let objections = Objections.all(to: request, in: policy)
      for left in objections.indices {
        // What is met later can rest on what is met before it.
        let met = objections[..<left].flatMap(\.changes)
        let changed = met.reduce(policy) { $0.applying($1) }
        #expect(!ReferenceEvaluator.decide(request, under: changed).isAllowed, "\(request.text), seed \(seed)")
      }
    }
  }

  /// In the text, too: what is to be removed is cut out, and what is to be added is written into a file that includes
  /// the policy, where the lists of both unite.
  @Test(arguments: try Repository.examples())
  func changesToExamplesAreThoseOfTheText(file: URL) throws {
    let text = try String(contentsOf: file, encoding: .utf8)
    let policy = try #require(ReadPolicy(whole: text).policy)
    for test in policy.tests where test.expectation == .deny {
      let changes = Objections.all(to: test.request, in: policy).flatMap(\.changes)
      #expect(!changes.isEmpty)
      let addition = try Self.addition(changes)
      let base = Self.removing(changes, from: text)
      let root = PolicyText(
        name: "added.toml", bytes: Array("policy = 1\ninclude = [\"base.toml\"]\n\(addition)".utf8), folder: [],
        identity: nil)
      let loaded = PolicyLoader.load(root, files: OneFile(text: base))
      let changed = try #require(loaded.policy, "\(addition)\(loaded.diagnostics)")
      #expect(ReferenceEvaluator.decide(test.request, under: changed).isAllowed, "\(test.text)\n\(addition)")
    }
  }

  private static func addition(_ changes: [PolicyChange]) throws -> String {
    var tables: [(name: String, lines: [String])] = []
    for change in changes where change.isAddition {
      let line = try #require(change.line)
      if let index = tables.firstIndex(where: { $0.name == change.table }) {
        tables[index].lines.append(line)
      } else {
        tables.append((change.table, [line]))
      }
    }
    return tables.map { "[\($0.name)]\n\($0.lines.joined(separator: "\n"))\n" }.joined()
  }

  /// Cuts elements out of their lists; in the place of a group stand its other members.
  private static func removing(_ changes: [PolicyChange], from text: String) -> String {
    var bytes = Array(text.utf8)
    let removals = changes.filter { !$0.isAddition }.flatMap { change in change.places.map { (change, $0) } }
    for (change, place) in removals.sorted(by: { $0.1.start > $1.1.start }) {
      let element = String(decoding: bytes[place.range], as: UTF8.self)
      if change.values.isEmpty {
        // The key as a whole, which stands on a line of its own.
        let start = (bytes[..<place.start].lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
        let end = bytes[place.start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
        bytes.removeSubrange(start..<end)
        continue
      }
      var end = place.end
      var replacement = ""
      if element.hasPrefix("\"@") {
        let name = element.dropFirst().dropLast()
        let names =
          (OperationGroup.named(String(name))?.members.map(\.name) ?? [])
          + (RegisterGroup.named(String(name))?.members.map(\.name) ?? [])
        let rest = names.map { "\"\($0)\"" }.filter { !change.values.contains($0) }
        replacement = rest.joined(separator: ", ")
      }
      if replacement.isEmpty, bytes[end] == UInt8(ascii: ",") { end += 1 }
      bytes.replaceSubrange(place.start..<end, with: Array(replacement.utf8))
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private struct OneFile: PolicyFiles {
    let text: String

    func read(_ path: [UInt8]) throws(PolicyFileFailure) -> PolicyText {
      PolicyText(name: "base.toml", bytes: Array(text.utf8), folder: [], identity: nil)
    }
  }
}
