import Policy
import PolicyAdvice
import URingABI

/// The values of one field at which some condition changes its mind, the ones beside them, and a few that no
/// condition can name.
enum BoundaryValues {
  // MARK: Numbers

  /// Every number of `values`, and both neighbours of each.
  static func around<Value: FixedWidthInteger>(_ values: some Sequence<Value>) -> [Value] {
    Set(values.flatMap { [$0 &- 1, $0, $0 &+ 1] } + [0, 1, .max]).sorted()
  }

  /// Both ends of ranges, and their neighbours.
  static func around<Value: FixedWidthInteger>(ends ranges: [ClosedRange<Value>]) -> [Value] {
    around(ranges.flatMap { [$0.lowerBound, $0.upperBound] })
  }

  /// Ends of ranges that stand in network byte order: their neighbours, and those of each single byte, which are what
  /// code has for neighbours that does not put the bytes in order.
  static func around<Value: FixedWidthInteger>(endsInNetworkOrder ranges: [ClosedRange<Value>]) -> [Value] {
    let ends = ranges.flatMap { [$0.lowerBound, $0.upperBound] }
    let steps = stride(from: 8, to: Value.bitWidth, by: 8).map { Value(1) << Value($0) }
    return Set(around(ends) + ends.flatMap { end in steps.flatMap { [end &- $0, end &+ $0] } }).sorted()
  }

  /// Numbers of 64 bits are looked at as two words, so each word is also tried on its own.
  static func words(_ ranges: [ClosedRange<UInt64>]) -> [UInt64] {
    let values = around(ends: ranges)
    let low: UInt64 = 0xFFFF_FFFF
    return Set(
      values.flatMap { value in
        [value, value & ~low, value | low, value & low, value &+ (1 << 32), value &- (1 << 32)]
      }
    ).sorted()
  }

  /// The type of a socket with the flag bits that the kernel leaves in it, and with those that it never has.
  static func types(_ values: [UInt32]) -> [UInt32] {
    let flags = [UInt32(OpenConstants.closeOnExec), UInt32(OpenConstants.nonblock)]
    let some = Set(values + [0, 15]).sorted()
    let numbers = around(values).map { $0 & 0xF }
    return Set(numbers + some.flatMap { [$0 | flags[0], $0 | flags[1], $0 | flags[0] | flags[1], $0 | 0xFFFF_FFF0] })
      .sorted()
  }

  // MARK: Flags

  /// Words of flags: each base with every single bit turned over, with every flag, with some pairs of flags, and
  /// composite flags in part.
  ///
  /// `rules`: all conditions on the word. `bases`: what is always there, next to the flags that the rules require;
  /// `few`: those of them that pairs of flags are tried with.
  static func flags(
    _ rules: [FlagRules], _ vocabulary: FlagVocabulary, bases: [UInt64] = [0], pairedWith few: [UInt64] = [0]
  ) -> [UInt64] {
    let required = self.required(rules)
    let named = Set(rules.flatMap { ($0.allow ?? []) + $0.forbid + $0.require }.map(\.value))
    let flags = Set(vocabulary.flags.map(\.bits) + named.map(\.bits)).sorted()
    // Where no condition is, a few words will do.
    let isFree = rules.allSatisfy(\.isEmpty)
    let everyBit = (0..<UInt64(vocabulary.width)).map { UInt64(1) << $0 }
    var words: Set<UInt64> = [0, 1, required, flags.reduce(0, |), vocabulary.width == 64 ? .max : 0xFF]
    for base in bases.map({ $0 | required }) {
      words.insert(base)
      for flag in flags { words.formUnion([base | flag, base & ~flag]) }
      if isFree { continue }
      // Flags of several bits in part: without one of them, and only up to one.
      for flag in flags where flag.nonzeroBitCount > 1 {
        for bit in everyBit where flag & bit != 0 {
          words.formUnion([base | flag & ~bit, base | flag & (bit - 1)])
        }
      }
      for bit in everyBit { words.insert(base ^ bit) }
    }
    if isFree { return words.sorted() }
    // Two bits of a composite flag, and two flags, matter together.
    for base in few.map({ $0 | required }) {
      for (index, flag) in flags.enumerated() {
        for other in flags[index...] { words.insert(base | flag | other) }
      }
    }
    // Composite flags share bits, and what is behind one can depend on others: all patterns of their bits.
    let composite = vocabulary.flags.filter { $0.mask.nonzeroBitCount > 1 || $0.bits != $0.mask }
    let tangled = composite.reduce(bases.reduce(0, |)) { $0 | $1.mask | $1.bits }
    for pattern in patterns(of: tangled) { words.insert(required & ~tangled | pattern) }
    for allow in rules.compactMap(\.allow) { words.insert(allow.reduce(required) { $0 | $1.value.bits }) }
    return words.sorted()
  }

  /// All words that have no bit outside the mask, of which there are few in it.
  private static func patterns(of mask: UInt64) -> [UInt64] {
    let bits = (0..<64 as Range<UInt64>).map { UInt64(1) << $0 }.filter { mask & $0 != 0 }
    return bits.reduce([0]) { patterns, bit in patterns + patterns.map { $0 | bit } }
  }

  /// The bits of all flags that some rule requires.
  static func required(_ rules: [FlagRules]) -> UInt64 {
    rules.flatMap(\.require).reduce(0) { $0 | $1.value.bits }
  }

  // MARK: Addresses

  /// First and last address of every prefix and those beside them, IPv4 and IPv6 apart. Addresses of IPv4 are there in
  /// their v4-mapped form as well, and just outside of it.
  static func addresses(_ prefixes: [IPPrefix]) -> (v4: [UInt32], v6: [UInt128]) {
    var v4: [ClosedRange<UInt32>] = []
    var v6: [ClosedRange<UInt128>] = []
    for prefix in prefixes {
      switch prefix {
      case .v4(let base, let length): v4.append(base...(base | (length == 32 ? 0 : .max >> UInt32(length))))
      case .v6(let base, let length): v6.append(base...(base | (length == 128 ? 0 : .max >> UInt128(length))))
      }
    }
    let four = around(endsInNetworkOrder: v4)
    let mapped = four.map { IPPrefix.mappedBase | UInt128($0) }
    // The same low words behind another beginning are no v4-mapped addresses.
    let beside = four.prefix(4).flatMap { [UInt128($0), 1 << 32 | UInt128($0), 1 << 127 | UInt128($0)] }
    var six = Set(around(endsInNetworkOrder: v6) + mapped + beside)
    six.formUnion([IPPrefix.mappedBase - 1, IPPrefix.mappedBase + (1 << 32)])
    // Each word is asked for on its own, so each differs once while the others stay.
    let mappedRanges = v4.map {
      (IPPrefix.mappedBase | UInt128($0.lowerBound))...(IPPrefix.mappedBase | UInt128($0.upperBound))
    }
    for range in v6 + mappedRanges {
      for shift in [0, 32, 64, 96] as [UInt128] {
        six.formUnion([range.lowerBound ^ (1 << shift), range.upperBound ^ (1 << shift)])
      }
    }
    return (four, six.sorted())
  }
}
