import Diagnostics
import Policy
import PolicyAdvice
import PolicyLanguage
import TestSupport
import Testing
import URingABI

struct ReferenceEvaluatorTests {
  private static let read = Operation(code: 22)
  private static let write = Operation(code: 23)

  private func isAllowed(_ request: Request, _ text: String) throws -> Bool {
    ReferenceEvaluator.decide(request, under: try policy(text)).isAllowed
  }

  /// Every combination of what a policy can say about one operation, and what that means.
  @Test(
    arguments: [
      ("default = 'deny'", false), ("default = 'allow'", true), ("", false), ("allow = ['read']", true),
      ("deny = ['read']", false), ("allow = ['write']", false), ("default = 'allow'\ndeny = ['write']", true),
      ("default = 'allow'\ndeny = ['read']", false), ("default = 'allow'\nallow = ['read']", true),
      ("default = 'allow'\nallow = ['write']", true), ("allow = ['read']\ndeny = ['read']", false),
      ("deny = ['read']\nallow = ['read']", false), ("allow = ['read', 'nop']\ndeny = [22]", false),
      ("default = 'allow'\nallow = ['read']\ndeny = ['read']", false),
    ])
  func operationIsAllowedByListOrDefaultUnlessDenied(_ rules: String, _ expected: Bool) throws {
    let request = Request.submission(Submission(Self.read))
    #expect(try isAllowed(request, "[operations]\n" + rules) == expected)
    #expect(try policy("[operations]\n" + rules).operations.permits(Self.read) == expected)
  }

  @Test func everyOperationIsDecidedByItsOwnNumber() throws {
    for operation in KernelAbilities(operationCount: 256).operations {
      let text = "[operations]\nallow = [\(operation.code)]"
      for other in [operation.code, operation.code &+ 1, operation.code &- 1] {
        #expect(try isAllowed(.submission(Submission(Operation(code: other))), text) == (other == operation.code))
      }
    }
  }

  /// `family = inet or inet6, type = stream, protocol = default or tcp; or family = unix`.
  private static let sockets = """
    [operations]
    allow = ["socket", "read"]
    deny = ["write"]
    [socket]
    allow = [
      { family = ["inet", "inet6"], type = "stream", protocol = ["default", "tcp"] },
      { family = "unix" },
    ]
    """

  private func allowsSocket(
    _ family: UInt32, _ type: UInt32, _ number: UInt32, _ text: String = sockets
  ) throws -> Bool {
    try isAllowed(.submission(Submission(.socket, .socket(family: family, type: type, protocol: number))), text)
  }

  @Test func requestMustMeetAllConditionsOfOneEntry() throws {
    #expect(try allowsSocket(2, 1, 0))
    #expect(try allowsSocket(10, 1, 6))
    #expect(try !allowsSocket(3, 1, 6))
    #expect(try !allowsSocket(2, 2, 0))
    #expect(try !allowsSocket(2, 1, 17))
    #expect(try !allowsSocket(16, 3, 0))
  }

  @Test func conditionThatIsNotWrittenMatchesEverything() throws {
    for type: UInt32 in 0...15 {
      for number: UInt32 in [0, 6, 255, .max] { #expect(try allowsSocket(1, type, number)) }
    }
  }

  @Test func conditionsOfTwoEntriesDoNotMix() throws {
    let text = "operations.allow = [45]\nsocket.allow = [{ family = 2, type = 1 }, { family = 10, type = 2 }]"
    #expect(try allowsSocket(2, 1, 0, text))
    #expect(try allowsSocket(10, 2, 0, text))
    #expect(try !allowsSocket(2, 2, 0, text))
    #expect(try !allowsSocket(10, 1, 0, text))
  }

  @Test(arguments: [0, 0x800, 0x80000, 0x80800] as [UInt32])
  func flagBitsBesideTheTypeDoNotMatter(_ bits: UInt32) throws {
    let raw = "operations.allow = [45]\nsocket.allow = [{ type = 'raw' }]"
    for type: UInt32 in 0...15 {
      #expect(try allowsSocket(2, type | bits, 0) == (type == 1))
      #expect(try allowsSocket(2, type | bits, 0, raw) == (type == 3))
    }
  }

  @Test func familyAndProtocolAreComparedWhole() throws {
    #expect(try !allowsSocket(2 | 0x800, 1, 0))
    #expect(try !allowsSocket(2 | 0x8000_0000, 1, 0))
    #expect(try !allowsSocket(2, 1, 6 | 0x80000))
    #expect(try !allowsSocket(2, 1, 6 | 0x100))
  }

  @Test func conditionsOnSocketsDecideNothingElse() throws {
    #expect(try isAllowed(.submission(Submission(Self.read)), Self.sockets))
    #expect(try !isAllowed(.submission(Submission(Self.write)), Self.sockets))
  }

  @Test func socketIsFreeWithoutConditions() throws {
    let text = "[operations]\ndefault = 'allow'"
    #expect(try allowsSocket(0, 0, 0, text))
    #expect(try allowsSocket(.max, .max, .max, text))
  }

  @Test func decisionNamesTheRuleThatMadeIt() throws {
    let text = MarkedSource(
      """
      policy = 1
      [⟨7⟩operations⟨8⟩]
      allow = ["nop", ⟨1⟩"read"⟨2⟩, "socket"]
      deny = [⟨3⟩"write"⟨4⟩]
      [⟨9⟩socket⟨10⟩]
      allow = [{ type = 1 }, ⟨5⟩{ type = 2 }⟨6⟩, { type = [2, 3] }]
      """)
    let policy = try #require(try decode(text).policy)
    func decide(_ request: Request) -> Decision { ReferenceEvaluator.decide(request, under: policy) }

    let allowed = decide(.submission(Submission(Self.read)))
    #expect(allowed.reason == "[operations] allows 'read'" && allowed.rule == text.span(1, 2))
    let denied = decide(.submission(Submission(Self.write)))
    #expect(denied.reason == "[operations] denies 'write'" && denied.rule == text.span(3, 4))
    let unlisted = decide(.submission(Submission(Operation(code: 99))))
    #expect(unlisted.reason == "[operations] does not allow '99'" && unlisted.rule == text.span(7, 8))
    let matched = decide(.submission(Submission(.socket, .socket(family: 1, type: 2, protocol: 0))))
    #expect(matched.reason == "[socket] allows it" && matched.rule == text.span(5, 6))
    let unmatched = decide(.submission(Submission(.socket, .socket(family: 1, type: 4, protocol: 0))))
    #expect(unmatched.reason == "no entry of [socket] allow matches" && unmatched.rule == text.span(9, 10))
  }

  @Test func defaultThatAllowsIsTheTableThatSaysSo() throws {
    let text = MarkedSource("policy = 1\n[⟨1⟩operations⟨2⟩]\ndefault = 'allow'\n")
    let policy = try #require(try decode(text).policy)
    let decision = ReferenceEvaluator.decide(.submission(Submission(Self.read)), under: policy)
    #expect(decision.isAllowed && decision.rule == text.span(1, 2))
  }
}
