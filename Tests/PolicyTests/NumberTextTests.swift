import Policy
import PolicyLanguage
import TestSupport
import Testing
import URingABI

/// Numbers inside texts and keys, which TOML itself does not read.
@Suite struct NumberTextTests {
  private func conditions(_ key: String) -> ReadPolicy {
    ReadPolicy("[operations]\nallow = [5, 200]\n[operation.\(key)]\nflags = { forbid = \"async\" }\n")
  }

  private func ports(_ value: String) -> ReadPolicy {
    ReadPolicy("[operations]\nallow = [\"connect\"]\n[connect]\nallow = [{ port = \(value) }]\n")
  }

  private func userData(_ value: String) -> ReadPolicy {
    ReadPolicy("[operations]\nallow = [\"nop\"]\n[operation.nop]\nuser_data = \(value)\n")
  }

  @Test(arguments: ["200", "0xc8", "0o310", "0b11001000"])
  func operationOfAKeyIsWrittenLikeAnInteger(key: String) {
    #expect(conditions(key).policy?.conditions.map(\.operation.value) == [Operation(code: 200)])
  }

  @Test(arguments: ["\"+5\"", "\"-0\"", "005", "0x", "\"5 \"", "\"0x+5\"", "0X5"])
  func otherFormsAreNoOperation(key: String) {
    #expect(conditions(key).findings == [PolicyDiagnostics.unknownName])
  }

  @Test(arguments: ["256", "0x100", "18446744073709551615"])
  func largeNumberIsOutOfRangeAsAKey(key: String) {
    #expect(conditions(key).findings == [PolicyDiagnostics.outOfRange])
  }

  @Test(arguments: ["\"0443\"", "\"080-0443\"", "\"80-\"", "\"-80\"", "\"+80\"", "\"0x50\"", "\"80-90-99\"", "\"\""])
  func portHasNoZeroInFrontAndNoSign(value: String) {
    #expect(ports(value).findings == [PolicyDiagnostics.invalidPort])
  }

  @Test func onlyPortZeroIsToldThatNothingCanBeReachedThere() {
    for value in ["0", "\"0\"", "\"0-80\""] {
      #expect(ports(value).help(for: PolicyDiagnostics.invalidPort)?.contains("port 0") == true, "\(value)")
    }
    for value in ["-1", "65536", "\"65536\"", "\"99999999999999999999\"", "\"80-65536\""] {
      let policy = ports(value)
      #expect(policy.findings == [PolicyDiagnostics.invalidPort], "\(value)")
      #expect(policy.help(for: PolicyDiagnostics.invalidPort) == nil, "\(value)")
    }
  }

  @Test func userDataIsReadInEveryBase() {
    let values = userData("[\"0\", \"010-0x1f\"]")
    #expect(values.findings == [PolicyDiagnostics.outOfRange])
    #expect(values.place(of: PolicyDiagnostics.outOfRange) == "\"010-0x1f\"")
    let bases = userData("[\"0\", \"16-0x1f\", \"0o100\", \"0b1000001-0xffffffffffffffff\"]")
    #expect(
      bases.policy?.conditions.first?.userData?.map(\.value) == [0...0, 16...31, 64...64, 65...UInt64.max])
  }
}

@Suite struct AddressTextTests {
  private func network(_ text: String) -> ReadPolicy {
    ReadPolicy("[operations]\nallow = [\"connect\"]\n[connect]\nallow = [{ to = \"\(text)\" }]\n")
  }

  @Test(arguments: ["::-0", "-0::", "1:+2::", "1:2:3:4:5:6:7:-0", "::ffff:-0.0.0.0", "1::0x2", "1::2 "])
  func groupsOfAnAddressHaveNoSign(text: String) {
    #expect(network(text).findings == [PolicyDiagnostics.invalidAddress])
  }

  @Test(arguments: ["::", "aB::Cd", "::ffff:0:0", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::1.2.3.4"])
  func groupsAreHexadecimal(text: String) {
    #expect(network(text).policy != nil)
  }
}
