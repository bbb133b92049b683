import Policy
import Testing

/// Tables and lists without anything in them.
@Suite struct EmptyValueTests {
  @Test(arguments: ["[open]", "[operation.nop]", "[operation.0]"])
  func tableWithoutConditionIsAMistake(header: String) {
    let policy = ReadPolicy("[operations]\nallow = [\"openat2\", \"nop\"]\n\(header)\n")
    #expect(policy.findings == [PolicyDiagnostics.emptyEntry])
  }
}
