import Diagnostics
import Policy
import PolicyLanguage
import TestSupport
import Testing

/// Warnings about parts of a policy that change nothing.
@Suite struct WithoutEffectTests {
  private let allowed = "this allows nothing: all of it is denied"
  private let denied = "this denies nothing: it is not allowed in the first place"

  @Test func allowBesideDefaultAllowHasNoEffect() {
    let policy = ReadPolicy("[operations]\ndefault = \"allow\"\nallow = [\"read\", \"nop\"]\n")
    #expect(policy.findings == [PolicyDiagnostics.defaultAllow, PolicyDiagnostics.alwaysTrue])
    #expect(policy.place(of: PolicyDiagnostics.alwaysTrue) == "\"read\"")
  }

  @Test(arguments: ["operations", "register"])
  func nameThatIsAllowedAndDeniedAllowsNothing(table: String) {
    let policy = ReadPolicy("[\(table)]\nallow = [99, 100, 101]\ndeny = [100]\n")
    #expect(policy.diagnostics.map(\.message).filter { $0 == allowed } == [allowed])
    #expect(policy.place(of: PolicyDiagnostics.neverTrue) == "100")
  }

  @Test(arguments: ["operations", "register"])
  func denialOfWhatIsNotAllowedDeniesNothing(table: String) {
    let policy = ReadPolicy("[\(table)]\nallow = [99]\ndeny = [100]\n")
    #expect(policy.diagnostics.map(\.message).filter { $0 == denied } == [denied])
    #expect(policy.place(of: PolicyDiagnostics.neverTrue) == "100")
  }

  @Test func groupsMayBeAllowedOrDeniedInPart() {
    let policy = ReadPolicy(
      """
      [operations]
      allow = ["@network-server", "@timer"]
      deny = ["connect", "@basic"]
      [register]
      allow = ["@buffers", "@ring"]
      deny = ["clone_buffers"]
      """)
    // What is left of @timer is nothing: @basic has all of it.
    #expect(policy.findings == [PolicyDiagnostics.neverTrue])
    #expect(policy.place(of: PolicyDiagnostics.neverTrue) == "\"@timer\"")
  }

  @Test func registerWithoutAllowListDeniesFromEverything() {
    #expect(ReadPolicy("[register]\ndeny = [\"personality\"]\n").findings == [])
  }

  @Test(arguments: [
    "[\"0-0xffffffffffffffff\"]", "[\"0x8000000000000000-0xffffffffffffffff\", \"0-0x7fffffffffffffff\"]",
  ])
  func everyUserDataIsNoCondition(list: String) {
    let policy = ReadPolicy("[operations]\nallow = [\"nop\"]\n[operation.nop]\nuser_data = \(list)\n")
    #expect(policy.findings == [PolicyDiagnostics.alwaysTrue])
  }
}
