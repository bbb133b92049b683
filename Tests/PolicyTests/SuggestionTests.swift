import Diagnostics
import Policy
import PolicyLanguage
import TestSupport
import Testing

/// "Did you mean" and its limits.
struct SuggestionTests {
  @Test(arguments: [
    ("descriptoin = 'x'", "description"), ("operatons = {}", "operations"), ("sokcet = {}", "socket"),
    ("proces = {}", "process"), ("operations.defualt = 'deny'", "default"), ("operations.denny = []", "deny"),
    ("process.no-new-priviliges = true", "no-new-privileges"),
    ("process.no_new_privileges = true", "no-new-privileges"),
  ])
  func mistypedKeyIsRecognised(_ text: String, _ meant: String) throws {
    #expect(try help(text) == "did you mean '\(meant)'?")
  }

  @Test(arguments: [
    ("raed", "read"), ("IORING_OP_READ", "read"), ("@basics", "@basic"), ("sendmgs", "sendmsg"),
    ("open_at2", "openat2"), ("Socket", "socket"),
    ("urings_cmd", "uring_cmd"),
  ])
  func mistypedOperationIsRecognised(_ typo: String, _ meant: String) throws {
    for list in ["allow", "deny"] {
      #expect(try help("operations.\(list) = ['\(typo)']") == "did you mean '\(meant)'?")
    }
  }

  @Test(arguments: [
    ("family", "inet7", "inet"), ("family", "netlnik", "netlink"), ("type", "steam", "stream"), ("type", "RAW", "raw"),
    ("protocol", "tpc", "tcp"), ("protocol", "defualt", "default"),
  ])
  func mistypedConstantIsRecognised(_ key: String, _ typo: String, _ meant: String) throws {
    let text = "operations.allow = ['socket']\nsocket.allow = [{ \(key) = '\(typo)' }]"
    #expect(try help(text) == "did you mean '\(meant)'?")
  }

  @Test func farWordGetsTheListOrTheRule() throws {
    #expect(
      try help("filesystem = {}")
        == "known keys: policy, description, include, operations, open, socket, connect, operation, "
        + "register, process, kernel, groups, accept, test")
    #expect(
      try help("operations.allow = ['execve_at_once']")
        == "write names in lower case; write a number for a name that uring-jail does not know")
  }

  @Test func overlongNameIsReportedWithoutASearch() throws {
    let name = String(repeating: "read", count: 10_000)
    let text = MarkedSource("policy = 1\noperations.allow = [⟨1⟩'\(name)'⟨2⟩]")
    let found = try #require(try decode(text).diagnostics.first)
    #expect(found.span == text.span(1, 2))
    #expect(found.help == "write names in lower case; write a number for a name that uring-jail does not know")
  }

  @Test func whatPeopleWriteForNamesOfTheLanguageIsUnderstood() {
    for (text, name) in [
      ("operations.allow = [45]\nsocket.allow = [{ family = 'IPv4' }]", "inet"),
      ("operations.allow = [45]\nsocket.allow = [{ type = 'tcp' }]", "stream"),
      ("operations.allow = [28]\nopen.access = 'readonly'", "read"),
      ("operations.allow = [16]\nconnect.allow = [{ to = 'localhost' }]", "loopback"),
    ] {
      let read = ReadPolicy(text)
      #expect(read.diagnostics.first?.help == "did you mean '\(name)'?", "\(text)")
    }
    #expect(
      ReadPolicy("process.no_new_privs = true").help(for: PolicyDiagnostics.unknownKey)
        == "did you mean 'no-new-privileges'?")
  }

  @Test func keyInTheWrongTableIsSentHome() {
    #expect(
      ReadPolicy("operations.allow = [45]\nsocket.family = 'inet'\nsocket.deny = []").help(
        for: PolicyDiagnostics.unknownKey)
        == "'family' belongs in a [socket] entry or a [connect] entry")
    #expect(
      ReadPolicy("[operation]\nallow = ['read']").help(for: PolicyDiagnostics.unknownName)
        == "'allow' belongs in [operations], with an s")
  }

  @Test func missingVersionHidesNoOtherMistake() {
    let read = ReadPolicy(whole: "[operations]\nallow = ['raed']\n")
    #expect(read.findings == [PolicyDiagnostics.missingVersion, PolicyDiagnostics.unknownName])
    #expect(read.policy == nil)
    #expect(ReadPolicy(whole: "[operations]\nallow = ['read']\n").policy == nil)
  }
}
