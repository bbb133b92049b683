import Policy
import PolicyLanguage
import TestSupport
import Testing

/// Tables and lists without anything in them.
@Suite struct EmptyValueTests {
  @Test(arguments: ["[open]", "[operation.nop]", "[operation.0]"])
  func tableWithoutConditionIsAMistake(header: String) {
    let policy = ReadPolicy("[operations]\nallow = [\"openat2\", \"nop\"]\n\(header)\n")
    #expect(policy.findings == [PolicyDiagnostics.emptyEntry])
  }

  @Test func emptyListIsAnsweredWithWhatToDoThere() {
    let include = ReadPolicy("include = []\n")
    #expect(include.findings == [PolicyDiagnostics.emptyList])
    #expect(include.help(for: PolicyDiagnostics.emptyList) == "name a file, or remove 'include'")
    let drop = ReadPolicy("[process]\ncapabilities = { drop = [] }\n")
    #expect(drop.findings == [PolicyDiagnostics.emptyList])
    #expect(
      drop.help(for: PolicyDiagnostics.emptyList) == "name capabilities, or remove 'capabilities' to keep them all")
  }
}
