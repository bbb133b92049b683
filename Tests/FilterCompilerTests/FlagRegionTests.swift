import Diagnostics
import Policy
import PolicyAdvice
import Testing
import URingABI

@testable import FilterCompiler

/// Words of flags that satisfy conditions.
struct FlagRegionTests {
  private static let span = SourceSpan(0..<0, in: SourceID(0))

  private func located(_ flags: [Flag]) -> [Located<Flag>] { flags.map { Located($0, at: Self.span) } }

  private func isAllowed(_ word: UInt64, allow: [Flag], forbid: [Flag] = []) -> Bool {
    let rules = FlagRules(allow: located(allow), forbid: located(forbid), span: Self.span)
    return FlagRegion.cubes(of: rules, OpenConstants.resolve).cubes.contains { $0.value == word & $0.mask }
  }

  @Test func bitThatIsForbiddenOnlyWithAnotherIsNotAllowedForThat() {
    let both = Flag(number: 0x3000)
    #expect(isAllowed(1, allow: [Flag(number: 1)], forbid: [both]))
    #expect(!isAllowed(0x1001, allow: [Flag(number: 1)], forbid: [both]))
  }

  @Test func numberOfManyBitsIsAllowedAsAWhole() {
    let number = Flag(number: 0xFFF_F000)
    #expect(isAllowed(0xFFF_F000, allow: [number]))
    #expect(isAllowed(0, allow: [number]))
    #expect(!isAllowed(0xFFF_E000, allow: [number]))
    #expect(isAllowed(0x1000, allow: [number, Flag(number: 0x1000)]))
  }
}
