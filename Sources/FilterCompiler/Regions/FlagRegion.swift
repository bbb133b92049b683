import Policy
import URingABI

/// The words of flags that satisfy conditions on flags.
enum FlagRegion {
  /// `exempt`: bits that `allow` need not list.
  static func cubes(of rules: FlagRules, _ vocabulary: FlagVocabulary, exempting exempt: UInt64 = 0) -> CubeSet {
    if rules.isEmpty { return .everything }
    var region = CubeSet([cubeWithoutUnknownBits(rules, vocabulary)])
    for flag in rules.forbid.map(\.value) {
      region = region.intersection(CubeSet.complement(of: Cube(mask: flag.mask, value: flag.value)))
    }
    for flag in rules.require.map(\.value) {
      region = region.intersection(Cube(mask: flag.mask, value: flag.value))
    }
    if let allow = rules.allow {
      region = region.intersection(explained(by: allow.map(\.value), named(rules, vocabulary), vocabulary, exempt))
    }
    return region
  }

  /// No bit is set that has no name and is not in the rules by number.
  static func cubeWithoutUnknownBits(_ rules: FlagRules, _ vocabulary: FlagVocabulary) -> Cube {
    let known = named(rules, vocabulary).reduce(vocabulary.ignored) { $0 | $1.bits }
    return Cube(mask: ~known & wordMask(vocabulary), value: 0)
  }

  /// Every flag that has a name, and those that the rules have by number.
  private static func named(_ rules: FlagRules, _ vocabulary: FlagVocabulary) -> [Flag] {
    vocabulary.flags + ((rules.allow ?? []) + rules.forbid + rules.require).map(\.value)
  }

  private static func wordMask(_ vocabulary: FlagVocabulary) -> UInt64 {
    vocabulary.width == 64 ? .max : 1 << UInt64(vocabulary.width) - 1
  }

  /// Every bit that is set belongs to one of the flags, which is carried as a whole.
  private static func explained(
    by allowed: [Flag], _ named: [Flag], _ vocabulary: FlagVocabulary, _ exempt: UInt64
  ) -> CubeSet {
    let free = vocabulary.ignored | exempt
    var result = CubeSet.everything
    for component in components(of: named) {
      let bits = CubeSet.bits(of: component)
      precondition(bits.count <= 8, "flags that share bits are few")
      var patterns: [Cube] = []
      for number in 0..<(1 << bits.count) {
        let pattern = bits.indices.reduce(UInt64(0)) { number >> $1 & 1 == 1 ? $0 | bits[$1] : $0 }
        let unexplained = allowed.filter { $0.isCarried(by: pattern) }.reduce(pattern & ~free) { $0 & ~$1.bits }
        if unexplained == 0 { patterns.append(Cube(mask: component, value: pattern)) }
      }
      result = result.intersection(CubeSet(patterns))
    }
    return result
  }

  /// Bits that flags share belong together; each of the others stands alone.
  private static func components(of flags: [Flag]) -> [UInt64] {
    var components: [UInt64] = []
    for flag in flags {
      let bits = flag.bits | flag.mask
      let touching = components.filter { $0 & bits != 0 }
      components.removeAll { $0 & bits != 0 }
      components.append(touching.reduce(bits) { $0 | $1 })
    }
    return components
  }
}
