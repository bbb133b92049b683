import Policy
import PolicyLanguage
import TestSupport
import Testing

@Suite struct CapabilityTests {
  private func drop(_ value: String) -> ReadPolicy { ReadPolicy("[process]\ncapabilities = { drop = \(value) }\n") }

  @Test func capabilitiesAreDroppedByNameAndNumber() {
    #expect(drop("\"all\"").policy?.process.droppedCapabilities?.value == .all)
    #expect(drop("[\"net_raw\", 0, 63]").policy?.process.droppedCapabilities?.value == .some([0, 13, 63]))
  }

  @Test func allHasEveryOtherOneInIt() {
    let policy = drop("[\"chown\", \"all\"]")
    #expect(policy.findings == [PolicyDiagnostics.duplicateName])
    #expect(policy.policy?.process.droppedCapabilities?.value == .all)
  }

  @Test(arguments: ["[\"all\", \"chwon\"]", "[\"chwon\", \"all\"]", "\"chwon\""])
  func unknownNameIsAMistakeBesideAllToo(value: String) {
    #expect(drop(value).findings.contains(PolicyDiagnostics.unknownName))
    #expect(drop(value).policy == nil)
  }
}
