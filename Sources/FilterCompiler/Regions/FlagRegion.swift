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
      let others = (rules.forbid + rules.require).reduce(0) { $0 | $1.value.bits }
      region = region.intersection(explained(by: allow.map(\.value), vocabulary, exempt, others: others))
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
  ///
  /// `others`: bits of the conditions beside `allow`; those that no flag has are explained by nothing.
  private static func explained(
    by allowed: [Flag], _ vocabulary: FlagVocabulary, _ exempt: UInt64, others: UInt64
  ) -> CubeSet {
    let free = vocabulary.ignored | exempt
    let components = components(of: vocabulary.flags + allowed)
    let unexplained = others & ~components.reduce(free, |)
    var result = CubeSet([Cube(mask: unexplained, value: 0)])
    for component in components {
      let bits = CubeSet.bits(of: component)
      guard bits.count <= mostBits else {
        result = result.intersection(explained(by: allowed, in: component & ~free))
        continue
      }
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

  /// Bits of one component up to which every pattern of them is looked at.
  private static let mostBits = 8

  /// For many bits: whatever flags are carried, nothing else is set.
  private static func explained(by allowed: [Flag], in component: UInt64) -> CubeSet {
    let touching = allowed.filter { $0.bits & component != 0 }
    // A bit that is a flag by itself is free; only flags of several bits are there as a whole or not at all.
    let single = touching.filter { $0.bits == $0.mask && $0.bits == $0.value && $0.bits.nonzeroBitCount == 1 }
    let free = single.reduce(0) { $0 | $1.bits }
    var cubes = [(carried: Cube.everything, bits: free)]
    for flag in touching where !single.contains(flag) {
      cubes += cubes.compactMap { cube in
        cube.carried.intersection(Cube(mask: flag.mask, value: flag.value)).map { ($0, cube.bits | flag.bits) }
      }
    }
    return CubeSet(
      cubes.compactMap { $0.carried.intersection(Cube(mask: component & ~$0.bits, value: 0)) })
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
