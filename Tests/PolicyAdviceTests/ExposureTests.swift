import Foundation
import Policy
import TestSupport
import Testing
import URingABI

@testable import PolicyAdvice

/// The table of dangers names what exists, and a danger is told where it can be reached, and nowhere else.
struct ExposureTests {
  private func dangers(_ text: String) throws -> [String: [String]] {
    let policy = try #require(ReadPolicy(text).policy)
    return Dictionary(uniqueKeysWithValues: Exposure.all(policy).map { ($0.danger.id, $0.reachedBy) })
  }

  @Test func everyNameInTheTableExists() {
    for danger in Danger.named {
      #expect(!danger.operations.isEmpty || !danger.registerOpcodes.isEmpty, "\(danger.id)")
      for name in danger.operations { #expect(URingABI.Operation(name: name) != nil, "\(name)") }
      for name in danger.registerOpcodes { #expect(RegisterOperation(name: name) != nil, "\(name)") }
    }
  }

  @Test func tableHasSourcesAndNoDoubles() {
    let all = Danger.named + Danger.conditional
    #expect(Set(all.map(\.id)).count == all.count)
    let incidents = all.flatMap(\.history)
    #expect(Set(incidents.map(\.id)).count == incidents.count)
    for incident in incidents {
      #expect(incident.id.wholeMatch(of: /CVE-20\d\d-\d{4,5}/) != nil, "\(incident.id)")
      #expect(!incident.source.isEmpty && !incident.summary.isEmpty)
    }
  }

  @Test func dangersOfOperationsAreReachedThroughThem() throws {
    for danger in Danger.named {
      for name in danger.operations {
        let found = try dangers("[operations]\nallow = [\"\(name)\"]\n[register]\nallow = []")
        #expect(found[danger.id] == [name], "\(name)")
      }
      for name in danger.registerOpcodes {
        let found = try dangers("[operations]\nallow = [\"nop\"]\n[register]\nallow = [\"\(name)\"]")
        #expect(found[danger.id] == ["register \(name)"], "\(name)")
      }
    }
  }

  @Test func nothingIsReachedWhereNothingIsAllowed() throws {
    #expect(try dangers("").isEmpty)
    #expect(try dangers("[operations]\nallow = [\"nop\"]\n[register]\nallow = []").keys.sorted() == ["setup-flags"])
  }

  @Test func conditionsTakeDangersAway() throws {
    let open = "[operations]\nallow = [\"openat\", \"openat2\"]\n"
    #expect(try dangers(open)["open-anywhere"] == ["openat", "openat2"])
    #expect(try dangers(open + "[open]\nresolve = { require = [\"no_symlinks\"] }")["open-anywhere"] == ["openat2"])
    #expect(try dangers(open + "[open]\nresolve = { require = [\"beneath\"] }")["open-anywhere"] == nil)

    let socket = "[operations]\nallow = [\"socket\"]\n"
    #expect(try dangers(socket)["any-socket"] == ["socket"])
    let stream = try dangers(socket + "[socket]\nallow = [{ family = [\"inet\", \"unix\"], type = \"stream\" }]")
    #expect(stream["any-socket"] == nil && stream["raw-sockets"] == nil && stream["rare-families"] == nil)
    let denied = try dangers(socket + "[socket]\ndeny = [{ type = \"raw\" }]")
    #expect(denied["raw-sockets"] == ["packet"])
    #expect(denied["rare-families"]?.contains("netlink") == true)

    let connect = "[operations]\nallow = [\"connect\"]\n"
    #expect(try dangers(connect)["local-peers"] == ["127.0.0.1", "::1", "169.254.169.254"])
    #expect(try dangers(connect + "[connect]\nallow = [{ to = \"10.0.0.0/8\" }]")["local-peers"] == nil)
    #expect(
      try dangers(connect + "[connect]\nallow = [{ to = \"any\", port = 8080 }]\ndeny = [{ to = \"loopback\" }]")[
        "local-peers"] == ["169.254.169.254"])
  }

  @Test func acceptedRisksOfTheKernelAreTold() throws {
    let text = "[operations]\nallow = [\"nop\"]\n[kernel]\nholes = \"accept\"\nunsupported = \"run-unconfined\""
    let found = try dangers(text)
    #expect(found["accepted-hole"] != nil && found["unconfined"] != nil)
  }
}
