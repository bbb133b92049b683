import Diagnostics
import Policy
import PolicyLanguage
import TestSupport
import Testing

/// Warnings about what a policy leaves open by not saying anything.
@Suite struct AbsenceTests {
  private func findings(_ text: String) -> [String] { ReadPolicy(text).findings.map(\.name) }

  private func operations(_ names: String) -> String { "[operations]\nallow = [\(names)]\n" }

  @Test(arguments: [
    "'@file-read'", "'openat'", "'openat2', 'read'", "'@file-read', '@network-server'",
    "'openat', 'socket', 'write'", "'@file-read', 'fsync'",
  ])
  func openingWithoutConditionsIsNoReading(_ names: String) {
    #expect(findings(operations(names)).contains("open-unrestricted"), "\(names)")
    #expect(!findings(operations(names) + "[open]\naccess = 'read'\n").contains("open-unrestricted"))
  }

  @Test(arguments: [
    "'read'", "'@file-read', '@file-write'", "'openat', 'write'", "'openat2', 'ftruncate'", "'@network-client'",
  ])
  func policyThatIsAboutWritingOrOpensNothingHasNoSuchWarning(_ names: String) {
    #expect(!findings(operations(names)).contains("open-unrestricted"), "\(names)")
  }

  @Test func operationThatDoesWhatRegisterDeniesIsToldOf() {
    let files = operations("'files_update'")
    #expect(findings(files + "[register]\nallow = ['files']\n").contains("register-bypassed"))
    #expect(findings(files + "[register]\ndeny = ['files_update2']\n").contains("register-bypassed"))
    #expect(!findings(files + "[register]\nallow = ['@files']\n").contains("register-bypassed"))
    #expect(!findings(files).contains("register-bypassed"))
    #expect(!findings(operations("'nop'") + "[register]\nallow = ['files']\n").contains("register-bypassed"))
  }

  @Test func onlyBothTogetherFailOpen() {
    let (unconfined, accept) = ("unsupported = 'run-unconfined'\n", "holes = 'accept'\n")
    #expect(findings("[kernel]\n" + unconfined + accept) == ["fails-open"])
    for one in [unconfined, accept, unconfined + "holes = 'mitigate'\n", "unsupported = 'block-io-uring'\n" + accept] {
      #expect(findings("[kernel]\n" + one) == [], "\(one)")
    }
  }

  @Test(arguments: [
    ("{ protocol = 'tcp' }", "other families"), ("{ type = 'raw', protocol = 'icmp' }", "other families"),
    ("{ family = 'inet', protocol = 'udp' }", "raw sockets"),
    ("{ family = ['unix', 'inet6'], protocol = ['default', 'tcp'] }", "raw sockets"),
    ("{ protocol = 16 }", "other families"),
  ])
  func protocolAloneIsToldOf(_ entry: String, _ what: String) {
    let policy = ReadPolicy(operations("'socket'") + "[socket]\nallow = [\(entry)]\n")
    let warning = policy.diagnostics.first { $0.id == PolicyDiagnostics.protocolAlone }
    #expect(warning?.message.contains(what) == true, "\(policy.diagnostics)")
  }

  @Test(arguments: [
    ("{ family = 'inet', protocol = 'icmp' }", "add a type, such as type = \"dgram\""),
    ("{ family = 'inet', protocol = 'gre' }", "add the types that are needed"),
    ("{ protocol = 'tcp' }", "add family = [\"inet\", \"inet6\"] and a type, such as type = \"stream\""),
    ("{ type = ['stream', 'raw'], protocol = 'tcp' }", "add family = [\"inet\", \"inet6\"]"),
  ])
  func helpFitsTheEntry(_ entry: String, _ help: String) {
    let policy = ReadPolicy(operations("'socket'") + "[socket]\nallow = [\(entry)]\n")
    #expect(policy.help(for: PolicyDiagnostics.protocolAlone) == help)
  }

  @Test(arguments: ["{ protocol = 'default' }", "{ family = 'packet', protocol = 3 }", "{ family = 'packet' }"])
  func packetSocketsOfAnyProtocolAreRaw(_ entry: String) {
    #expect(findings(operations("'socket'") + "[socket]\nallow = [\(entry)]\n").contains("raw-socket"))
  }

  @Test(arguments: [
    "allow = [{ family = 'inet', type = 'stream', protocol = 'tcp' }]", "allow = [{ protocol = 'default' }]",
    "allow = [{ family = 'unix', protocol = 'tcp' }]", "allow = [{ type = 'stream', protocol = 'tcp' }]",
    "allow = [{ family = 'inet', protocol = 'udp' }]\ndeny = [{ type = 'raw' }]",
  ])
  func protocolThatMeansOneThingIsNot(_ rules: String) {
    #expect(!findings(operations("'socket'") + "[socket]\n\(rules)\n").contains("protocol-alone"))
  }
}
