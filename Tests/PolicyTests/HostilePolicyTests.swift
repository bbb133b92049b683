import Diagnostics
import Policy
import PolicyLanguage
import TestSupport
import Testing

/// Policies that nobody would write by hand: they cost time in proportion to their size, and no flood of words.
struct HostilePolicyTests {
  private static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

  /// `…` stands for a long word, `#` for one of letters that names may have.
  @Test(arguments: [
    "'…' = 1", "'…'.'…' = 1", "kernel.'…' = 1", "kernel.holes = '…'", "operations.allow = ['…']",
    "operations.allow = ['@…', '@…']", "operations.flags.forbid = ['…']", "open.access = ['…']",
    "open.flags.forbid = ['…']", "socket.allow = [{ family = '…' }]", "connect.allow = [{ to = '…' }]",
    "connect.allow = [{ port = '…' }]", "connect.allow = [{ to = '…/1' }]", "operation.'…' = {}",
    "operation.read.user_data = '…'", "register.allow = ['…', '@…']", "process.capabilities.drop = '…'",
    "groups.'…' = ['read']", "groups.'@…' = ['read']", "groups.a = ['@…']", "groups.# = ['read']",
    "groups.# = ['@#']", "test = [{ request = '…' }]", "test = [{ request = 'connect to=…' }]",
    "test = [{ request = 'read …' }]", "test = [{ request = 'read …=1' }]", "test = [{ request = 'register …' }]",
    "test = [{ request = 'openat flags=…' }]", "test = [{ request = 'socket family=…' }]",
    "test = [{ request = 'nop user_data=…' }]", "test = [{ request = 'nop', expect = '…' }]",
  ])
  func longWordIsQuotedInShort(_ pattern: String) {
    let text = pattern.replacing("…", with: Self.repeated("é", 10_000)).replacing("#", with: Self.repeated("a", 10_000))
    let found = ReadPolicy(text).diagnostics
    #expect(!found.isEmpty)
    for finding in found {
      let texts = [finding.message, finding.help ?? ""] + finding.notes.map(\.message)
      #expect(texts.allSatisfy { $0.utf8.count < 1_000 })
    }
  }

  private static func list(_ count: Int, _ element: (Int) -> String) -> String {
    "[" + (0..<count).map(element).joined(separator: ",") + "]"
  }

  /// A policy that takes minutes where time grows with the square of its length.
  private static let long: [(name: String, text: String)] = [
    ("groups", "[groups]\n" + (0..<20_000).map { "g\($0) = ['read']\n" }.joined()),
    (
      "groups and names without one",
      "operations.allow = " + list(5_000) { "'unknown\($0)'" } + "\n[groups]\n"
        + (0..<10_000).map { "g\($0) = ['read']\n" }.joined()
    ),
    (
      "flags by number",
      "operations.allow = ['openat2']\nopen.flags.require = " + list(10_000) { "\(($0 + 1) << 24)" }
        + "\nopen.flags.forbid = " + list(10_000) { "\(($0 + 10_001) << 24)" }
    ),
    ("one flag many times", "operations.flags.require = " + list(10_000) { _ in "'async'" }),
    (
      "entries that allow every address beside entries that deny",
      "operations.allow = ['connect']\nconnect.allow = " + list(4_000) { _ in "{to='any'}" } + "\nconnect.deny = "
        + list(4_000) { "{to='10.0.0.0/8',port=\($0 + 1)}" }
    ),
    (
      "names that are allowed in vain",
      "operations.allow = " + list(20_000) { _ in "0" } + "\noperations.deny = ['nop']"
    ),
    ("one group many times", "operations.allow = " + list(20_000) { _ in "'@basic'" }),
  ]

  @Test(.timeLimit(.minutes(1)), arguments: long.indices)
  func costIsInProportionToLength(_ number: Int) {
    #expect(!ReadPolicy(Self.long[number].text).diagnostics.isEmpty, "\(Self.long[number].name)")
  }

  @Test func errorsAreShownHoweverManyWarningsThereAre() {
    let text = "operations.allow = " + Self.list(2_000) { _ in "'read'" } + "\nkernel.holes = 'x'"
    let found = ReadPolicy(text).diagnostics
    #expect(found.count == 1_002)
    #expect(found.count { $0.severity == .warning } == 1_001)
    #expect(found.last?.id == PolicyDiagnostics.unknownName)
    #expect(found.filter { $0.id == PolicyDiagnostics.tooManyFindings }.map(\.severity) == [.warning])
  }

  @Test func remarksAreLimitedLikeMistakes() {
    let text =
      "operations.allow = ['read']\nregister.allow = []\noperation.read.user_data = " + Self.list(2_000) { _ in "1" }
    let found = ReadPolicy(text)
    #expect(found.policy != nil)
    #expect(found.diagnostics.count == 1_001)
    #expect(found.diagnostics.last?.id == PolicyDiagnostics.tooManyFindings)
  }
}
