import Policy
import TestSupport
import Testing

/// Requests that a policy allows, and that filters see otherwise.
@Suite struct ForcedDenialTests {
  private static let common = "[operations]\nallow = [\"fsync\", \"read\", \"openat2\", \"fadvise\"]\n"
  private static let forbidding = "flags = { forbid = [\"async\"] }\n"

  /// What is denied of each request, and whether only inside another jail: `nil` where filters deny nothing more.
  private func outcomes(_ text: String) throws -> [Bool?] {
    let policy = try #require(ReadPolicy(text).policy)
    let requests = [
      "fsync", "fsync sqe-flags=async", "read", "openat2 flags=rdonly", "openat2 flags=wronly,creat", "fadvise",
    ]
    return try requests.map { request in
      ReferenceEvaluator.forcedDenial(of: try RequestText.parse(request), under: policy)?.isOnlyInsideAnotherJail
    }
  }

  @Test func flagsOfEveryRequestAreHeldByRestrictionsUnlessInsideAnotherJail() throws {
    #expect(try outcomes(Self.common + Self.forbidding) == [true, nil, nil, nil, true, nil])
    #expect(
      try outcomes(Self.common + Self.forbidding + "[kernel]\nrestrictions = \"never\"\n")
        == [false, nil, nil, nil, false, nil])
  }

  @Test func flagsOfOneOperationAreAlwaysHeldByFilters() throws {
    #expect(try outcomes(Self.common + "[operation.fsync]\n" + Self.forbidding) == [false, nil, nil, nil, nil, nil])
    #expect(
      try outcomes(Self.common + Self.forbidding + "[operation.openat2]\n" + Self.forbidding)
        == [true, nil, nil, nil, false, nil])
  }

  @Test func nothingIsForcedWhereTheFlagIsAllowed() throws {
    #expect(try outcomes(Self.common + "flags = { allow = [\"async\"] }\n") == [nil, nil, nil, nil, nil, nil])
    #expect(try outcomes("[operations]\nallow = [\"nop\"]\n" + Self.forbidding) == [nil, nil, nil, nil, nil, nil])
  }
}
