import Diagnostics
import Policy
import PolicyLanguage
import TestSupport
import Testing
import URingABI

/// What a correct policy means, value by value.
struct DecodingTests {
  private func operations(_ text: String) throws -> OperationRules { try policy("[operations]\n" + text).operations }

  private func entries(_ text: String) throws -> [SocketEntry] {
    let policy = try policy("[operations]\nallow = [\"socket\"]\n[socket]\n" + text)
    return try #require(policy.socket?.allow)
  }

  @Test func versionAloneIsAPolicyThatDeniesEverything() throws {
    let policy = try policy("")
    #expect(policy.description == nil)
    #expect(policy.operations.byDefault == .deny)
    #expect(policy.operations.allow.isEmpty && policy.operations.deny.isEmpty)
    #expect(policy.socket == nil)
    #expect(policy.process.noNewPrivileges)
    #expect(Operation.known.allSatisfy { !policy.operations.permits($0) })
  }

  @Test func emptyTablesSayTheSameAsNone() throws {
    let policy = try policy("[operations]\n[process]\n")
    #expect(policy.operations.byDefault == .deny)
    #expect(policy.process.noNewPrivileges)
  }

  @Test func versionMayStandAnywhereAndBeWrittenInAnyBase() throws {
    for version in ["1", "+1", "0x1", "0o1", "0b1"] {
      let text = MarkedSource("description = \"x\"\npolicy = \(version)\n[process]\n")
      #expect(try decode(text).policy != nil, "\(version)")
    }
  }

  @Test func descriptionIsKeptAsWritten() throws {
    #expect(try policy("description = \"\"").description == "")
    #expect(try policy("description = \"\"\"\n a\n é \"\"\"").description == " a\n é ")
  }

  @Test(arguments: [("deny", OperationRules.Default.deny), ("allow", .allow)])
  func defaultIsOneOfTwoWords(_ word: String, _ meaning: OperationRules.Default) throws {
    #expect(try operations("default = \"\(word)\"").byDefault == meaning)
  }

  @Test func operationsKeepTheirOrderAndTheirPlace() throws {
    let text = MarkedSource(
      "policy = 1\n[operations]\nallow = [⟨1⟩'read'⟨2⟩, ⟨3⟩45⟨4⟩, ⟨5⟩\"nop\"⟨6⟩, ]\ndeny = [⟨7⟩0xFF⟨8⟩]\n")
    let rules = try #require(try decode(text).policy).operations
    #expect(rules.allow.map(\.value.code) == [22, 45, 0])
    #expect(rules.allow.map(\.span) == [text.span(1, 2), text.span(3, 4), text.span(5, 6)])
    #expect(rules.deny.map(\.value.code) == [255])
    #expect(rules.deny.map(\.span) == [text.span(7, 8)])
  }

  @Test func everyKnownOperationCanBeNamed() throws {
    let names = Operation.known.map { "\"\($0.name)\"" }.joined(separator: ", ")
    #expect(try operations("allow = [\(names)]").allow.map(\.value) == Operation.known)
    #expect(try operations("deny = [\(names)]").deny.map(\.value) == Operation.known)
  }

  @Test func everyOpcodeCanBeNumbered() throws {
    let numbers = (0...255).map(String.init).joined(separator: ", ")
    #expect(try operations("allow = [\(numbers)]").allow.map(\.value.code) == Array(0...255))
  }

  @Test func emptyListsOfOperationsAreAllowed() throws {
    let rules = try operations("allow = []")
    #expect(rules.allow.isEmpty && rules.deny.isEmpty)
  }

  @Test(arguments: [
    "[operations]\nallow = ['nop']\ndeny = []", "[operations]\nallow = ['nop']\nflags = { forbid = [] }",
    "[operations]\nallow = ['nop']\nflags = { allow = ['async'], require = [] }", "[register]\nallow = []\ndeny = []",
    "[operations]\nallow = ['socket']\n[socket]\nallow = [{ type = 1 }]\ndeny = []",
    "[operations]\nallow = ['openat2']\n[open]\naccess = 'read'\nmode = { forbid = [] }",
  ])
  func listsThatSayNothingAreRemarkedOn(_ text: String) {
    let found = ReadPolicy(text).diagnostics.filter { $0.message.contains("has no effect: the list is empty") }
    #expect(found.map(\.id) == [PolicyDiagnostics.alwaysTrue])
    #expect(found.map(\.severity) == [.warning])
  }

  @Test func singleValueAndListOfOneAreTheSame() throws {
    let single = try entries("allow = [{ family = 'inet', type = 'stream', protocol = 'tcp' }]")
    let list = try entries("allow = [{ family = ['inet'], type = ['stream'], protocol = ['tcp'] }]")
    for entry in single + list {
      #expect(entry.families == [2])
      #expect(entry.types == [1])
      #expect(entry.protocols == [6])
    }
    #expect(single.count == 1 && list.count == 1)
  }

  @Test func conditionThatIsNotWrittenIsFree() throws {
    let entries = try entries("allow = [{ family = 1 }, { type = 2 }, { protocol = 3 }]")
    #expect(entries.map(\.families) == [[1], nil, nil])
    #expect(entries.map(\.types) == [nil, [2], nil])
    #expect(entries.map(\.protocols) == [nil, nil, [3]])
  }

  @Test func namesAndNumbersMixInTheirOrder() throws {
    let entry = try #require(
      try entries("allow = [{ family = [10, 'unix', 0xFFFF_FFFF], type = [15, 'raw', 0], protocol = ['sctp', 7] }]")
        .first)
    #expect(entry.families == [10, 1, .max])
    #expect(entry.types == [15, 3, 0])
    #expect(entry.protocols == [132, 7])
  }

  @Test func everySocketConstantCanBeNamed() throws {
    // 'local' is another name for 'unix', and a list names everything once.
    func list(_ table: [SocketConstants.Constant]) -> String {
      table.filter { $0.name != "local" }.map { "'\($0.name)'" }.joined(separator: ", ")
    }
    let entry = try #require(
      try entries(
        """
        allow = [{ family = [\(list(SocketConstants.families))], type = [\(list(SocketConstants.types))], \
        protocol = [\(list(SocketConstants.protocols))] }]
        """
      ).first)
    #expect(entry.families == SocketConstants.families.filter { $0.name != "local" }.map(\.value))
    #expect(try entries("allow = [{ family = 'local' }]").map(\.families) == [[1]])
    #expect(entry.types == SocketConstants.types.map(\.value))
    #expect(entry.protocols == SocketConstants.protocols.map(\.value))
  }

  @Test func namesMeanWhatTheHeadersSay() throws {
    // AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_VSOCK; SOCK_*; IPPROTO_*
    let entry = try #require(
      try entries(
        """
        allow = [{ family = ['unix', 'inet', 'inet6', 'netlink', 'packet', 'vsock'], \
        type = ['stream', 'dgram', 'raw', 'rdm', 'seqpacket', 'dccp', 'packet'], \
        protocol = ['default', 'icmp', 'tcp', 'udp', 'icmpv6', 'raw', 'mptcp'] }]
        """
      ).first)
    #expect(entry.families == [1, 2, 10, 16, 17, 40])
    #expect(entry.types == [1, 2, 3, 4, 5, 6, 10])
    #expect(entry.protocols == [0, 1, 6, 17, 58, 255, 262])
  }

  @Test func entriesKnowTheirPlace() throws {
    let text = MarkedSource(
      "policy = 1\noperations.allow = ['socket']\nsocket.allow = [⟨1⟩{ type = 1 }⟨2⟩, ⟨3⟩{ type = 2 }⟨4⟩]\n")
    let entries = try #require(try decode(text).policy?.socket?.allow)
    #expect(entries.map(\.span) == [text.span(1, 2), text.span(3, 4)])
  }

  @Test func entriesMayBeWrittenAsTables() throws {
    let entries = try entries("[[socket.allow]]\nfamily = 'unix'\n[[socket.allow]]\ntype = 'dgram'\n")
    #expect(entries.map(\.families) == [[1], nil])
    #expect(entries.map(\.types) == [nil, [2]])
  }

  @Test func socketConditionsNeedTheOperationHoweverItIsAllowed() throws {
    let socket = "[socket]\nallow = [{ family = 1 }]\n"
    #expect(try policy("[operations]\ndefault = 'allow'\n" + socket).socket != nil)
    #expect(try policy("[operations]\nallow = [45]\n" + socket).socket != nil)
  }

  @Test(arguments: [true, false])
  func noNewPrivilegesIsAsWritten(_ value: Bool) throws {
    #expect(try policy("[process]\nno-new-privileges = \(value)").process.noNewPrivileges == value)
  }

  @Test func denyWinsInPermits() throws {
    let rules = try operations("default = 'allow'\nallow = ['read', 'write']\ndeny = ['write', 'msg_ring']")
    #expect(rules.permits(Operation(code: 22)))
    #expect(!rules.permits(Operation(code: 23)))
    #expect(!rules.permits(Operation(code: 40)))
    #expect(rules.permits(Operation(code: 200)))
  }
}
