import Diagnostics
import TOMLSyntax
import Testing

/// Damages a document that uses the whole grammar in every place: the outcome is a document or errors inside the
/// text, never a crash.
@Suite struct MutationTests {
  private static let rich = Array(
    """
    \u{FEFF}# é comment
    a = "x\\t\\u00e9\\U0001F600" # after\r
    'b c'."d".e-f_1 = 'li\\t'
    n = [ 1_0, -2, 0x1F, 0o7, 0b1, 1.5e-3, -inf, nan, true, # x
      [ ], { y = 1, z.w = [ { } ] }, ]
    t = [ 2026-01-31 07:32:00.5Z, 2026-01-31, 07:32:00, 2026-01-31T07:32:00+01:00 ]
    m = \"""
    "q" ""\\
      cut \\\\ é\"""\"
    l = '''
    ''x'''
    [ h . "i" ]
    j = 1
    [h]
    i2.k = {}
    [[o]]
    p = 1
    [[o.r]]
    [[o]]

    """.utf8)

  private static func expectSane(_ bytes: [UInt8], _ what: @autoclosure () -> String) {
    let source = SourceText(name: "t", bytes: bytes)
    let result = TOMLParser.parse(source)
    let isSane =
      (result.document == nil) != result.diagnostics.isEmpty
      && result.diagnostics.allSatisfy { $0.span.start <= $0.span.end && $0.span.end <= bytes.count }
    let report = TextRenderer(colour: true).render(result.diagnostics, sources: [source])
    if !isSane || report.isEmpty != result.diagnostics.isEmpty { Issue.record("\(what()): \(result)") }
  }

  @Test func wholeDocumentIsValid() {
    let result = TOMLParser.parse(SourceText(name: "t", bytes: Self.rich))
    #expect(result.diagnostics == [])
    #expect(result.document?.root.entries.map(\.key.name) == ["a", "b c", "n", "t", "m", "l", "h", "o"])
  }

  @Test func documentCutAnywhereNeitherCrashesNorLosesItsErrors() {
    for length in 0...Self.rich.count {
      Self.expectSane(Array(Self.rich[..<length]), "cut to \(length) bytes")
    }
  }

  @Test func documentBegunAnywhereNeitherCrashesNorLosesItsErrors() {
    for start in 0...Self.rich.count {
      Self.expectSane(Array(Self.rich[start...]), "begun at byte \(start)")
    }
  }

  @Test(
    arguments: [
      0x00, 0x09, 0x0A, 0x0D, 0x1B, 0x20, 0x22, 0x23, 0x27, 0x2C, 0x2D, 0x2E, 0x30, 0x3A, 0x3D, 0x54, 0x5B, 0x5C, 0x5D,
      0x5F, 0x65, 0x75, 0x7B, 0x7D, 0x7F, 0x80, 0xC3, 0xED, 0xFF,
    ] as [UInt8])
  func anyByteMayBecomeAnother(_ byte: UInt8) {
    for index in Self.rich.indices {
      var bytes = Self.rich
      bytes[index] = byte
      Self.expectSane(bytes, "byte \(index) made \(byte)")
    }
  }

  @Test(arguments: [0x00, 0x0A, 0x0D, 0x22, 0x27, 0x5B, 0x5C, 0x7B, 0x80] as [UInt8])
  func anyByteMayBeInserted(_ byte: UInt8) {
    for index in Self.rich.indices {
      var bytes = Self.rich
      bytes.insert(byte, at: index)
      Self.expectSane(bytes, "\(byte) inserted at byte \(index)")
    }
  }
}
