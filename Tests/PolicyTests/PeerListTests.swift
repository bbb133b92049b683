import Policy
import PolicyLanguage
import TestSupport
import Testing

/// Elements of `to` that others of the list have in them.
@Suite struct PeerListTests {
  private func read(_ to: String) -> ReadPolicy {
    ReadPolicy("[operations]\nallow = [\"connect\"]\n[connect]\nallow = [{ to = \(to) }]\n")
  }

  private let ids = [PolicyDiagnostics.shadowed, PolicyDiagnostics.duplicateName]

  @Test(arguments: ["[\"::/0\", \"0.0.0.0/0\"]", "[\"0.0.0.0/0\", \"::/0\"]", "[\"::/0\", \"192.0.2.0/24\"]"])
  func ipv6PrefixDoesNotCoverIPv4Peers(to: String) {
    #expect(read(to).findings.filter(ids.contains) == [])
  }

  @Test(arguments: [
    ("[\"any\", \"192.0.2.0/24\"]", "\"192.0.2.0/24\""), ("[\"::/1\", \"1::/16\"]", "\"1::/16\""),
    ("[\"192.0.2.7\", \"192.0.2.0/24\"]", "\"192.0.2.7\""),
    ("[\"192.0.2.0/24\", \"::ffff:192.0.2.7\"]", "\"::ffff:192.0.2.7\""),
  ])
  func elementInsideAnotherIsShadowed(to: String, place: String) {
    #expect(read(to).findings.filter(ids.contains) == [PolicyDiagnostics.shadowed])
    #expect(read(to).place(of: PolicyDiagnostics.shadowed) == place)
  }

  @Test(arguments: [
    ("[\"192.0.2.7\", \"192.0.2.7/32\"]", "\"192.0.2.7/32\""), ("[\"10.0.0.0/8\", \"private\"]", "\"10.0.0.0/8\""),
    ("[\"private\", \"10.0.0.0/8\"]", "\"10.0.0.0/8\""),
  ])
  func sameElementTwiceIsADuplicate(to: String, place: String) {
    #expect(read(to).findings.filter(ids.contains) == [PolicyDiagnostics.duplicateName])
    #expect(read(to).place(of: PolicyDiagnostics.duplicateName) == place)
  }
}
