import Diagnostics
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
}
