import Diagnostics
import Policy
import PolicyAdvice
import PolicyLanguage
import TestSupport
import Testing

/// A correct policy, and everything that an expert must remark on it, in order of place.
struct Remark: Sendable, CustomTestStringConvertible {
  struct Expected: Sendable {
    let id: Diagnostic.ID
    let start: Int
    let end: Int

    init(_ start: Int, _ end: Int, _ id: Diagnostic.ID) {
      self.start = start
      self.end = end
      self.id = id
    }
  }

  let name: String
  let marked: String
  let expected: [Expected]

  /// `marked`: the policy below its version line.
  init(_ name: String, _ marked: String, _ expected: Expected...) {
    self.name = name
    self.marked = "policy = 1\n" + marked
    self.expected = expected
  }

  var testDescription: String { name }

  /// Ends a policy about something else than register opcodes.
  private static let registerOnly = "\n[register]\nallow = []\n"
  /// What keeps policies that are about something else from other remarks.
  private static let register = registerOnly + "[process]\ncapabilities = { drop = [\"net_raw\"] }\n"

  static let all = [
    Remark("nothing to remark", "[operations]\nallow = [\"read\"]" + register),
    Remark(
      "no word about register opcodes", "[⟨1⟩operations⟨2⟩]\nallow = [\"read\"]\n",
      Expected(1, 2, PolicyDiagnostics.registerUnrestricted)),
    Remark(
      "allowing by default", "[⟨1⟩operations⟨2⟩]\ndefault = \"allow\"" + register,
      Expected(1, 2, PolicyDiagnostics.defaultAllow)),
    Remark(
      "denial of what nobody allows", "[operations]\nallow = [\"read\"]\ndeny = [⟨1⟩\"write\"⟨2⟩]" + register,
      Expected(1, 2, PolicyDiagnostics.neverTrue)),
    Remark(
      "risky operation beside conditions",
      "[operations]\nallow = [⟨1⟩\"msg_ring\"⟨2⟩, \"read\"]\n[operation.read]\nuser_data = 1" + register,
      Expected(1, 2, PolicyDiagnostics.riskyOperation)),
    Remark("risky operation without conditions", "[operations]\nallow = [\"msg_ring\"]" + register),
    Remark(
      "raw sockets beside conditions",
      "[operations]\nallow = [\"socket\"]\n[socket]\nallow = [⟨1⟩{ family = \"inet\" }⟨2⟩]" + register,
      Expected(1, 2, PolicyDiagnostics.rawSocket)),
    Remark(
      "socket entry inside another",
      """
      [operations]
      allow = ["socket"]
      [socket]
      allow = [{ family = ["unix", "vsock"] }, ⟨1⟩{ family = "unix", type = "stream" }⟨2⟩]
      """ + register,
      Expected(1, 2, PolicyDiagnostics.shadowed)),
    Remark(
      "socket entry that is all denied",
      """
      [operations]
      allow = ["socket"]
      [socket]
      allow = [{ family = "unix" }, ⟨1⟩{ family = "vsock", type = "stream" }⟨2⟩]
      deny = [{ family = "vsock" }]
      """ + register,
      Expected(1, 2, PolicyDiagnostics.neverTrue)),
    Remark(
      "required resolve flag that openat does not have",
      "[operations]\nallow = [\"openat\", \"openat2\"]\n[open]\nresolve = { require = [⟨1⟩\"beneath\"⟨2⟩] }" + register,
      Expected(1, 2, PolicyDiagnostics.resolveUnchecked)),
    Remark(
      "flag that access excludes",
      "[operations]\nallow = [\"openat2\"]\n[open]\naccess = \"read\"\nflags = { forbid = [⟨1⟩\"creat\"⟨2⟩] }"
        + register,
      Expected(1, 2, PolicyDiagnostics.alwaysTrue)),
    Remark(
      "flag that the kernel sets by itself",
      "[operations]\nallow = [\"fsync\", \"read\"]\n[operation.fsync]\n⟨1⟩flags⟨2⟩ = { forbid = [\"async\"] }\n"
        + "[operation.read]\n⟨3⟩flags⟨4⟩ = { forbid = [\"async\"] }" + register,
      Expected(1, 2, PolicyDiagnostics.forcedAsync), Expected(3, 4, PolicyDiagnostics.forcedAsync)),
    Remark(
      "flags that requests behind linked ones get",
      "[operations]\nallow = [\"read\"]\n[operation.read]\n⟨1⟩flags⟨2⟩ = { forbid = [\"io_drain\"] }" + register,
      Expected(1, 2, PolicyDiagnostics.forcedAsync)),
    Remark(
      "both flags that the kernel sets, in a list",
      "[operations]\nallow = [\"read\"]\n[operation.read]\nflags = { allow = [\"io_drain\", \"async\"] }" + register),
    Remark(
      "user data named twice",
      "[operations]\nallow = [\"read\"]\n[operation.read]\nuser_data = [⟨3⟩1⟨4⟩, ⟨1⟩1⟨2⟩]" + register,
      Expected(1, 2, PolicyDiagnostics.duplicateName)),
    Remark(
      "registered files of an operation with two",
      "[operations]\nallow = [\"splice\"]\n[operation.splice]\nflags = { require = [⟨1⟩\"fixed_file\"⟨2⟩] }" + register,
      Expected(1, 2, PolicyDiagnostics.fixedFileInput)),
    Remark(
      "addresses beside source routes",
      "[operations]\nallow = [\"connect\"]\n[⟨1⟩connect⟨2⟩]\nallow = [{ to = \"192.0.2.1\" }]" + registerOnly,
      Expected(1, 2, PolicyDiagnostics.newerKernel), Expected(1, 2, PolicyDiagnostics.sourceRoute)),
    Remark(
      "addresses of IPv4 without the capability",
      "[operations]\nallow = [\"connect\"]\n[⟨1⟩connect⟨2⟩]\nallow = [{ to = [\"192.0.2.1\", \"10.0.0.0/8\"] }]"
        + register, Expected(1, 2, PolicyDiagnostics.newerKernel)),
    Remark(
      "addresses of IPv6 beside routing headers, which need no capability",
      "[operations]\nallow = [\"connect\"]\n[⟨1⟩connect⟨2⟩]\nallow = [{ to = \"2001:db8::/32\" }]" + register,
      Expected(1, 2, PolicyDiagnostics.newerKernel), Expected(1, 2, PolicyDiagnostics.sourceRoute)),
    Remark(
      "denied addresses, where all others are allowed",
      "[operations]\nallow = [\"connect\"]\n[⟨1⟩connect⟨2⟩]\ndeny = [{ to = \"2001:db8::/32\" }]" + register,
      Expected(1, 2, PolicyDiagnostics.newerKernel), Expected(1, 2, PolicyDiagnostics.sourceRoute)),
    Remark(
      "ports beside source routes",
      "[operations]\nallow = [\"connect\"]\n[⟨1⟩connect⟨2⟩]\nallow = [{ port = 443 }]" + registerOnly,
      Expected(1, 2, PolicyDiagnostics.newerKernel)),
    Remark(
      "programs of the kernel beside exec",
      "[operations]\nallow = [\"nop\"]\n[process]\nexec = ⟨1⟩\"deny\"⟨2⟩" + registerOnly,
      Expected(1, 2, PolicyDiagnostics.helperProgram)),
    Remark(
      "sockets that become others",
      "[operations]\nallow = [\"socket\"]\n[socket]\n"
        + "allow = [{ family = \"netlink\" }, ⟨1⟩{ family = \"unix\", type = \"raw\" }⟨2⟩]" + register,
      Expected(1, 2, PolicyDiagnostics.neverTrue)),
    Remark(
      "address that is always denied",
      "[operations]\nallow = [\"connect\"]\n[⟨3⟩connect⟨4⟩]\n"
        + "allow = [{ to = \"192.0.2.1\" }, ⟨1⟩{ to = \"0.0.0.0\" }⟨2⟩]" + register,
      Expected(3, 4, PolicyDiagnostics.newerKernel), Expected(1, 2, PolicyDiagnostics.neverTrue)),
    Remark(
      "flag that the kernel sets by itself, left out of a list without restrictions",
      "[operations]\nallow = [\"openat\", \"write\"]\n⟨1⟩flags⟨2⟩ = { allow = [\"io_link\"] }\n[kernel]\nrestrictions = \"never\""
        + register,
      Expected(1, 2, PolicyDiagnostics.forcedAsync)),
    Remark(
      "flag that the kernel sets by itself, held by restrictions",
      "[operations]\nallow = [\"fsync\"]\nflags = { forbid = [\"async\"] }" + register),
    Remark(
      "flag that the kernel sets for files that are created, where none is",
      "[operations]\nallow = [\"openat2\"]\n[operation.openat2]\n⟨1⟩flags⟨2⟩ = { forbid = [\"async\"] }\n"
        + "[open]\naccess = \"read\"" + register,
      Expected(1, 2, PolicyDiagnostics.forcedAsync)),
    Remark(
      "conditions on peers beside operations with peers of their own",
      "[operations]\nallow = [\"connect\", \"sendmsg\"]\n[⟨1⟩connect⟨2⟩]\nallow = [{ to = \"10.0.0.0/8\" }]" + register,
      Expected(1, 2, PolicyDiagnostics.peerUnchecked), Expected(1, 2, PolicyDiagnostics.newerKernel)),
    Remark(
      "everything including what is near",
      "[operations]\nallow = [\"connect\"]\n[⟨1⟩connect⟨2⟩]\nallow = [{ to = ⟨3⟩\"any\"⟨4⟩, family = \"inet\" }]"
        + register,
      Expected(1, 2, PolicyDiagnostics.newerKernel), Expected(3, 4, PolicyDiagnostics.localReachable)),
    Remark(
      "prefix inside another",
      """
      [operations]
      allow = ["connect"]
      [⟨1⟩connect⟨2⟩]
      allow = [{ to = ["10.0.0.0/8", ⟨3⟩"10.1.0.0/16"⟨4⟩] }]
      """ + register,
      Expected(1, 2, PolicyDiagnostics.newerKernel), Expected(3, 4, PolicyDiagnostics.shadowed)),
    Remark(
      "files opened for anything where they are only read",
      "[operations]\nallow = [\"read\", ⟨1⟩\"openat2\"⟨2⟩]" + register,
      Expected(1, 2, PolicyDiagnostics.openUnrestricted)),
    Remark(
      "operation that does what [register] denies",
      "[operations]\nallow = [⟨1⟩\"files_update\"⟨2⟩]\n[register]\nallow = [\"files\"]\n",
      Expected(1, 2, PolicyDiagnostics.registerBypassed)),
    Remark(
      "launch on every kernel",
      "[kernel]\nunsupported = ⟨1⟩\"run-unconfined\"⟨2⟩\nholes = \"accept\"" + register,
      Expected(1, 2, PolicyDiagnostics.failsOpen)),
    Remark(
      "protocol of any family",
      "[operations]\nallow = [\"socket\"]\n[socket]\nallow = [⟨1⟩{ protocol = \"tcp\" }⟨2⟩]" + register,
      Expected(1, 2, PolicyDiagnostics.protocolAlone)),
    Remark(
      "test that fails",
      "[operations]\nallow = [\"read\"]" + register + "[[test]]\nrequest = \"read\"\nexpect = ⟨1⟩\"deny\"⟨2⟩\n",
      Expected(1, 2, PolicyDiagnostics.testFailed)),
  ]
}

struct RemarkTests {
  @Test(arguments: Remark.all)
  func expertRemarksAreMadeAtTheirPlaceAndNoOthers(_ remark: Remark) throws {
    let text = MarkedSource(remark.marked)
    let result = try decode(text)
    #expect(result.diagnostics == [])
    let found = PolicyChecker.check(try #require(result.policy), source: text.source.id)
      .sorted { ($0.span.start, $0.id.name) < ($1.span.start, $1.id.name) }
    let expected = remark.expected.map { (id: $0.id, span: text.span($0.start, $0.end)) }
      .sorted { ($0.span.start, $0.id.name) < ($1.span.start, $1.id.name) }
    #expect(found.map(\.id) == expected.map(\.id))
    #expect(found.map(\.span) == expected.map(\.span))
    for diagnostic in found {
      let isTest = diagnostic.id == PolicyDiagnostics.testFailed
      #expect(diagnostic.severity == (isTest ? .error : .warning))
      #expect(isTest || diagnostic.help?.isEmpty == false)
    }
  }

  @Test func everyKindOfFindingIsShownByOneOfTheTables() {
    let shown =
      Mistake.all.flatMap(\.findings).map(\.id) + Remark.all.flatMap(\.expected).map(\.id) + IncludeCase.all.map(\.id)
      + [PolicyDiagnostics.notAPolicy, PolicyDiagnostics.unreadable]  // AdviceTests, CommandTests
      // AcceptanceTests, and what takes a text of many megabytes.
      + [PolicyDiagnostics.unusedAcceptance, PolicyDiagnostics.unproven]
    #expect(Set(shown) == Set(PolicyDiagnostics.all))
    #expect(Set(PolicyDiagnostics.all.map(\.name)).count == PolicyDiagnostics.all.count)
  }
}
