import Foundation
import Policy
import Testing
import URingABI

/// Which file was opened and how, as the kernel tells by F_GETFL, fstat(2) and what became of the files.
@Suite(.enabled(if: Lab.isExpectedToWork, Lab.howToRun), .serialized)
struct OpenEffectTests {
  /// What came of one request.
  struct Opened {
    let effect: Effect
    let path: Substring
    let submission: Submission
    let wasCreated: Bool
    let wasEmptied: Bool
    /// Flags of F_GETFL, mode of fstat(2), number of names, and whether it is inside of the folder; `nil` if nothing
    /// was opened.
    let file: (flags: Int, mode: Int, links: Int, isInside: Bool)?

    init(_ effect: Effect) throws {
      self.effect = effect
      let numbers = effect.asked[1...3].compactMap { UInt64($0) }
      let got = effect.got.compactMap { Int($0) }
      try #require(numbers.count == 3 && effect.asked.count == 5 && got.count == (effect.isMade ? 6 : 2), "\(effect)")
      let operation: URingABI.Operation = effect.asked[0] == "openat" ? .openat : .openat2
      submission = Submission(
        operation,
        Submission.opening(operation, flags: numbers[0], mode: numbers[1], resolve: numbers[2]))
      path = effect.asked[4]
      wasCreated = got[0] == 1
      wasEmptied = got[1] == 1
      file = effect.isMade ? (got[2], got[3], got[4], got[5] == 1) : nil
    }

    var isPath: Bool { file.map { $0.flags & Int(OpenConstants.path) != 0 } ?? false }
    /// O_ACCMODE of the descriptor; `nil` if nothing was opened, or without content.
    var access: Int? { file.flatMap { isPath ? nil : $0.flags & Int(OpenConstants.accessMask) } }
    func isKind(_ kind: mode_t) -> Bool { file.map { mode_t($0.mode) & S_IFMT == kind } ?? false }
  }

  /// Conditions, and what must not have happened under them: written from what they promise, not from how they are
  /// decided.
  struct Promise: Sendable, CustomTestStringConvertible {
    let conditions: String
    let isBroken: @Sendable (Opened) -> Bool

    var testDescription: String { conditions }
  }

  static let promises = [
    Promise(conditions: "access = \"read\"") { opened in
      opened.wasCreated || opened.wasEmptied || opened.isPath || opened.access.map { $0 != 0 } ?? false
        || opened.file?.links == 0
    },
    Promise(conditions: "access = \"write\"") { opened in
      opened.isPath || opened.access.map { $0 != 1 } ?? false
    },
    Promise(conditions: "access = [\"read\", \"path\"]") { opened in
      opened.wasCreated || opened.wasEmptied || opened.access.map { $0 != 0 } ?? false
    },
    Promise(conditions: "access = \"path\"") { $0.wasCreated || $0.wasEmptied || $0.access != nil },
    Promise(conditions: "flags = { forbid = [\"creat\", \"tmpfile\"] }") { $0.wasCreated || $0.file?.links == 0 },
    Promise(conditions: "flags = { forbid = [\"creat\"] }") { $0.wasCreated },
    Promise(conditions: "flags = { forbid = [\"tmpfile\"] }") { $0.file?.links == 0 },
    Promise(conditions: "flags = { forbid = [\"trunc\"] }") { $0.wasEmptied },
    Promise(conditions: "flags = { forbid = [\"path\"] }") { $0.isPath },
    Promise(conditions: "flags = { require = [\"append\"] }") { opened in
      opened.access.map { $0 != 0 && (opened.file?.flags ?? 0) & Int(O_APPEND) == 0 } ?? false
    },
    Promise(conditions: "flags = { require = [\"directory\"] }") { $0.file != nil && !$0.isKind(S_IFDIR) },
    Promise(conditions: "flags = { require = [\"nofollow\"] }") { opened in
      ["link", "leave"].contains(opened.path) && opened.isKind(S_IFREG)
    },
    Promise(conditions: "flags = { allow = [\"cloexec\"] }") { opened in
      opened.wasCreated || opened.wasEmptied || opened.isPath || opened.file?.links == 0
        || (opened.file?.flags ?? 0) & Int(O_APPEND) != 0
    },
    Promise(conditions: "mode = { forbid = [\"setuid\", \"setgid\"] }") { opened in
      (opened.wasCreated || opened.file?.links == 0) && (opened.file?.mode ?? 0) & 0o6000 != 0
    },
    Promise(conditions: "resolve = { require = [\"beneath\"] }") { $0.file.map { !$0.isInside } ?? false },
    Promise(conditions: "resolve = { require = [\"in_root\"] }") { $0.file.map { !$0.isInside } ?? false },
    Promise(conditions: "resolve = { require = [\"no_symlinks\"] }") { opened in
      ["link", "leave"].contains(opened.path) && opened.isKind(S_IFREG)
    },
  ]

  /// The requests of a kind of scene: a folder of its own for each run.
  private static func opened(under policy: String? = nil) throws -> [Opened] {
    let folder = try TemporaryFolder()
    return try Effect.all(["opens", folder.path], under: policy).map { try Opened($0) }
  }

  @Test(arguments: promises)
  func noFileContradictsThePolicy(promise: Promise) throws {
    let policy = try EffectPolicy(allowing("openat", "openat2", also: "[open]\n\(promise.conditions)"))
    let opened = try Self.opened(under: policy.text)
    var contradictions: [String] = []
    for one in opened {
      if promise.isBroken(one) { contradictions.append("broken: \(one.effect)") }
      if policy.allows(one.submission) == one.effect.isDenied {
        contradictions.append((one.effect.isDenied ? "denied: " : "not denied: ") + one.effect.description)
      }
      if one.effect.isDenied, one.wasCreated || one.wasEmptied {
        contradictions.append("denied and done: \(one.effect)")
      }
    }
    report(contradictions, of: opened.count, under: promise.conditions)
    #expect(opened.contains { $0.effect.isMade } && opened.contains { $0.effect.isDenied })
  }

  /// Without a jail, each of these things does happen: the test above could fail.
  @Test func everyPromiseIsBrokenWithoutAJail() throws {
    let opened = try Self.opened()
    for promise in Self.promises {
      #expect(opened.contains(where: promise.isBroken), "\(promise.conditions)")
    }
    #expect(!opened.contains { $0.effect.isDenied })
  }
}
