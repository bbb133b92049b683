import Policy
import URingABI

/// Whether any word of flags can satisfy conditions that must all hold. Flags count by their bits, not by their names.
///
/// Bits that no condition is about can be clear. The others fall into groups that conditions tie together, and each group
/// is tried by itself: every pattern of the bits that nothing fixes.
struct FlagSatisfaction {
  /// How often a flag may be looked at for one group. Where it takes more to try every pattern, the conditions count as
  /// satisfiable: then the filters deny what they must, and a warning is missing.
  private static let mostLooks = 1 << 18

  private let rules: [FlagRules]
  /// Bits that `allow` need not list.
  private let free: UInt64
  /// Bits that have a given value, whatever the conditions say.
  private let fixed: (mask: UInt64, value: UInt64)

  init(
    _ rules: [FlagRules], _ vocabulary: FlagVocabulary, exempting exempt: UInt64 = 0,
    fixing fixed: (mask: UInt64, value: UInt64) = (0, 0)
  ) {
    self.rules = rules
    free = vocabulary.ignored | exempt
    self.fixed = fixed
  }

  /// False if no word can satisfy the conditions.
  var isPossible: Bool {
    // Whatever is forbidden needs a bit that is set, and no list has to explain one that is not.
    if fixed.value == 0, rules.allSatisfy({ $0.require.isEmpty }) { return true }
    let required = rules.flatMap(\.require).map(\.value)
    var known = fixed
    for flag in required {
      if (known.value ^ flag.value) & known.mask & flag.mask != 0 { return false }
      known = (known.mask | flag.mask, known.value | flag.value)
    }
    return groups.allSatisfy { canSatisfy($0, known) }
  }

  private var allFlags: [Flag] {
    rules.flatMap { ($0.allow ?? []) + $0.forbid + $0.require }.map(\.value)
  }

  /// Bits that share a flag with each other.
  private var groups: [UInt64] {
    var groups: [UInt64] = []
    for bits in allFlags.map({ $0.bits | $0.mask }) + [fixed.mask] where bits != 0 {
      if groups.contains(where: { bits & ~$0 == 0 }) { continue }
      let touching = groups.filter { $0 & bits != 0 }
      groups.removeAll { $0 & bits != 0 }
      groups.append(touching.reduce(bits, |))
    }
    return groups
  }

  private func canSatisfy(_ group: UInt64, _ known: (mask: UInt64, value: UInt64)) -> Bool {
    let open = (0..<64).map { UInt64(1) << $0 }.filter { group & ~known.mask & $0 != 0 }
    let forbidden = rules.flatMap(\.forbid).map(\.value).filter { $0.mask & group != 0 }
    let lists = rules.compactMap(\.allow).map { list in list.map(\.value).filter { $0.bits & group != 0 } }
    let looks = lists.reduce(forbidden.count + 1) { $0 + $1.count }
    if open.count > 18 || looks << open.count > Self.mostLooks { return true }
    return (0..<(1 << open.count)).contains { number in
      let word = open.indices.reduce(known.value & group) { number >> $1 & 1 == 1 ? $0 | open[$1] : $0 }
      if forbidden.contains(where: { $0.isCarried(by: word) }) { return false }
      return lists.allSatisfy { list in
        list.filter { $0.isCarried(by: word) }.reduce(word & ~free) { $0 & ~$1.bits } == 0
      }
    }
  }
}
