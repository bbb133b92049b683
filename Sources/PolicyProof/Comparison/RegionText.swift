import Policy
import URingABI

/// Regions in the words of the policy language.
struct RegionText {
  /// Of a long list, so many are named.
  private static let mostNamed = 8

  /// One phrase for each region, or for several that one phrase says; the example is that of the first.
  ///
  /// `everything`: what a region without constraints is.
  static func phrases(of regions: [Region], everything: String) -> [(text: String, example: Request)] {
    var phrases: [(text: String, example: Request)] = []
    var done: Set<Int> = []
    for index in regions.indices where !done.contains(index) {
      let region = regions[index]
      if let peer = PeerPhrase(region) {
        // IPv4, and the same over IPv6, which a policy says in one word.
        let twin = regions.indices.first { other in
          other > index && !done.contains(other) && PeerPhrase(regions[other])?.isTwin(of: peer) == true
        }
        if let twin { done.insert(twin) }
        phrases.append((peer.text(with: twin.flatMap { PeerPhrase(regions[$0]) }), region.example))
      } else {
        let text = region.constraints.map(Self.text).joined(separator: ", ")
        phrases.append((text.isEmpty ? everything : text, region.example))
      }
    }
    // Regions that differ in what nobody needs to be told read the same.
    var seen: Set<String> = []
    return phrases.filter { seen.insert($0.text).inserted }
  }

  static func text(_ constraint: Region.Constraint) -> String {
    switch constraint {
    case .ranges(.family, let ranges) where exceptions(ranges) != nil:
      "every family but \(list((exceptions(ranges) ?? []).map { named($0, .family) }))"
    case .ranges(let name, let ranges): "\(word(name)) \(numbers(ranges, name))"
    case .flags(let name, let combinations): "\(word(name)) \(flags(combinations, name))"
    }
  }

  private static func word(_ name: RegionField.Name) -> String {
    switch name {
    case .sqeFlags: "sqe-flags"
    case .userData: "user_data"
    case .openFlags: "flags"
    case .mode: "mode"
    case .resolve: "resolve"
    case .family: "family"
    case .socketType: "type"
    case .socketTypeFlags: "type"
    case .socketProtocol: "protocol"
    case .port: "port"
    case .address: "to"
    }
  }

  static func list(_ words: [String], joining separator: String = ", ") -> String {
    if words.count <= mostNamed + 1 { return words.joined(separator: separator) }
    return words.prefix(mostNamed).joined(separator: separator) + " and \(words.count - mostNamed) more"
  }

  // MARK: Numbers

  static func numbers(_ ranges: [ClosedRange<UInt128>], _ name: RegionField.Name) -> String {
    // All but a few: those are shorter to name.
    if let excepted = exceptions(ranges), !table(name).isEmpty {
      return "other than \(list(excepted.map { named($0, name) }))"
    }
    return list(
      ranges.flatMap { range -> [String] in
        if range.upperBound - range.lowerBound < 4, !table(name).isEmpty { return range.map { named($0, name) } }
        let isSingle = range.lowerBound == range.upperBound
        return [isSingle ? named(range.lowerBound, name) : "\(range.lowerBound)-\(range.upperBound)"]
      })
  }

  private static func table(_ name: RegionField.Name) -> [SocketConstants.Constant] {
    switch name {
    case .family: SocketConstants.families
    case .socketType: SocketConstants.types
    case .socketProtocol: SocketConstants.protocols
    case .sqeFlags, .userData, .openFlags, .mode, .resolve, .socketTypeFlags, .port, .address: []
    }
  }

  private static func named(_ value: UInt128, _ name: RegionField.Name) -> String {
    table(name).first { UInt128($0.value) == value }?.name ?? String(value)
  }

  /// The values that are missing, if a set goes on to the largest number of 32 bits and few are.
  private static func exceptions(_ ranges: [ClosedRange<UInt128>]) -> [UInt128]? {
    guard ranges.last?.upperBound == UInt128(UInt32.max) else { return nil }
    var missing: [UInt128] = []
    var next: UInt128 = 0
    for range in ranges {
      guard range.lowerBound - next <= 8 else { return nil }
      missing += next..<range.lowerBound
      next = range.upperBound &+ 1
    }
    return missing.count <= 8 ? missing : nil
  }

  // MARK: Flags

  private static func flags(_ combinations: [Region.Combination], _ name: RegionField.Name) -> String {
    guard let vocabulary = RegionField.vocabulary(of: name) else { preconditionFailure("a number has no flags") }
    let named = vocabulary.flags.reduce(vocabulary.ignored) { $0 | $1.bits | $1.mask }
    // There can be as many as there are bits, and nobody knows what one of them is.
    let others = combinations.filter { $0.mask & named == 0 && $0.value == $0.mask && $0.value.nonzeroBitCount == 1 }
    let rest = others.count > 1 ? combinations.filter { !others.contains($0) } : combinations
    let words = rest.map { Self.text($0, name, vocabulary) } + (others.count > 1 ? ["with a bit that has no name"] : [])
    return list(words, joining: " or ")
  }

  private static func text(
    _ combination: Region.Combination, _ name: RegionField.Name, _ vocabulary: FlagVocabulary
  ) -> String {
    var mask = combination.mask
    var set: [String] = []
    if name == .openFlags, mask & OpenConstants.accessMask != 0 {
      set.append(accessModes(combination))
      mask &= ~OpenConstants.accessMask
    }
    let value = combination.value & mask
    let carried = vocabulary.flags.filter { $0.mask & ~mask == 0 && $0.isCarried(by: value) }
    set += carried.map(\.name)
    let rest = carried.reduce(value) { $0 & ~($1.bits | $1.mask) }
    if rest != 0 { set.append(Flag(number: rest).name) }
    // A flag is missing if a bit that it needs is clear.
    let clear = mask & ~value & ~carried.reduce(0) { $0 | $1.mask }
    var missing = vocabulary.flags.filter { $0.value & clear != 0 }.map(\.name)
    let unnamed = clear & ~vocabulary.flags.reduce(vocabulary.ignored) { $0 | $1.bits | $1.mask }
    if unnamed != 0 {
      missing.append(unnamed.nonzeroBitCount > 4 ? "bits that have no name" : Flag(number: unnamed).name)
    }
    return [
      set.isEmpty ? nil : "with \(set.joined(separator: ", "))",
      missing.isEmpty ? nil : "without \(missing.joined(separator: ", "))",
    ].compactMap { $0 }.joined(separator: " ")
  }

  private static func accessModes(_ combination: Region.Combination) -> String {
    let modes = [
      (OpenConstants.readOnly, "rdonly"), (OpenConstants.writeOnly, "wronly"), (OpenConstants.readWrite, "rdwr"),
    ]
    let names = modes.filter { ($0.0 ^ combination.value) & combination.mask & OpenConstants.accessMask == 0 }.map(\.1)
    return names.isEmpty ? "access mode 3" : names.joined(separator: "/")
  }
}
