import Diagnostics
import Policy
import PolicyLanguage
import TestSupport
import Testing

/// Keys and names are their bytes. Swift's `==` is canonical equivalence, under which different bytes can be equal.
struct KeyIdentityTests {
  /// Every key of the language, with a correct policy that uses it.
  private static let keys = [
    ("policy", "policy = 1"), ("description", "policy = 1\ndescription = 'x'"),
    ("operations", "policy = 1\noperations = {}"), ("allow", "policy = 1\n[operations]\nallow = []"),
    ("socket", "policy = 1\noperations.allow = [45]\nsocket = { allow = [{ type = 1 }] }"),
    ("process", "policy = 1\nprocess = {}"), ("default", "policy = 1\n[operations]\ndefault = 'deny'"),
    ("deny", "policy = 1\n[operations]\ndeny = [0]"),
    ("family", "policy = 1\noperations.allow = [45]\nsocket.allow = [{ type = 1, family = 1 }]"),
    ("type", "policy = 1\noperations.allow = [45]\nsocket.allow = [{ family = 1, type = 1 }]"),
    ("protocol", "policy = 1\noperations.allow = [45]\nsocket.allow = [{ type = 1, protocol = 1 }]"),
    ("no-new-privileges", "policy = 1\n[process]\nno-new-privileges = true"),
  ]

  @Test(arguments: keys)
  func keyWithAnythingAddedIsAnotherKey(_ key: String, _ correct: String) throws {
    #expect(try decode(MarkedSource(correct)).diagnostics == [])
    for addition in ["\u{301}", "\u{200D}", "\u{FE0F}", "\u{FEFF}", "\u{0}", " ", "\u{AD}", "\u{338}"] {
      for other in [key + addition, addition + key, String(key.prefix(1)) + addition + String(key.dropFirst())] {
        let quoted = "\"" + other.unicodeScalars.map { Self.escaped($0) }.joined() + "\" ="
        let text = correct.replacing("\(key) =", with: quoted)
        #expect(text != correct)
        let found = try decode(MarkedSource(text)).diagnostics
        #expect(found.contains { $0.id == PolicyDiagnostics.unknownKey }, "\(text)")
      }
    }
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    scalar.isASCII && scalar.value >= 0x20 ? String(Character(scalar)) : "\\U" + hexadecimal(scalar.value)
  }

  private static func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  @Test func noOtherScalarIsEquivalentToALetterOfAKeyOrName() {
    // The only scalars outside ASCII that are canonically equivalent to one inside are those of ";", "K" and "`",
    // which no key or name contains. A Unicode that adds another must not make two keys equal unnoticed.
    let printable = Set((0x20..<0x7F as Range<UInt8>).map { String(decoding: [$0], as: UTF8.self) })
    let equivalents = (0x80...0x10FFFF as ClosedRange<UInt32>).compactMap(Unicode.Scalar.init).filter {
      printable.contains(String(Character($0)))
    }
    #expect(equivalents == ["\u{37E}", "\u{1FEF}", "\u{212A}"])
  }

  @Test func twoSpellingsOfOneUnknownKeyAreReportedBoth() throws {
    let text = MarkedSource("policy = 1\n⟨1⟩\"\u{E9}\"⟨2⟩ = 1\n⟨3⟩\"e\u{301}\"⟨4⟩ = 1\n")
    #expect(try decode(text).diagnostics.map(\.span) == [text.span(1, 2), text.span(3, 4)])
  }

  @Test func groupIsNamedByItsBytes() throws {
    // KELVIN SIGN, which is canonically equivalent to K.
    let text = MarkedSource("policy = 1\noperations.allow = ['@K', ⟨1⟩'@\u{212A}'⟨2⟩]\ngroups.K = ['read']\n")
    let found = try decode(text).diagnostics
    #expect(found.map(\.id) == [PolicyDiagnostics.unknownName])
    #expect(found.map(\.span) == [text.span(1, 2)])
  }

  @Test func nameWithACombiningMarkIsUnknown() throws {
    for name in ["read\u{301}", "r\u{200D}ead", "read\u{FE0F}"] {
      let text = MarkedSource("policy = 1\noperations.allow = [⟨1⟩\"\(name)\"⟨2⟩]")
      let found = try decode(text).diagnostics
      #expect(found.map(\.id) == [PolicyDiagnostics.unknownName])
      #expect(found.map(\.span) == [text.span(1, 2)])
    }
  }
}
