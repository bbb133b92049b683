import Diagnostics
package import Policy
package import URingABI

/// Policies of the whole language, and requests near every boundary that they have.
package struct RandomPolicy {
  private static let span = SourceSpan(0..<0, in: SourceID(0))
  private var random: SplitMix64

  package init(seed: UInt64) {
    random = SplitMix64(seed: seed)
  }

  /// A policy that has conditions on the operation.
  package mutating func policy(for operation: Operation) -> Policy {
    let isOpen = operation == .openat || operation == .openat2
    return Policy(
      operations: OperationRules(
        byDefault: .allow, flags: chance(4) ? flagRules(SQEFlags.vocabulary) : .none),
      open: isOpen ? open() : nil, socket: operation == .socket ? socket() : nil,
      connect: operation == .connect ? connect() : nil, conditions: chance(4) ? [conditions(operation)] : [])
  }

  private mutating func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &random) == 0 }

  private mutating func some<Element>(_ elements: [Element], upTo count: Int) -> [Element] {
    Array(elements.shuffled(using: &random).prefix(Int.random(in: 1...count, using: &random)))
  }

  private func located<Value: Sendable>(_ values: [Value]) -> [Located<Value>] {
    values.map { Located($0, at: Self.span) }
  }

  // MARK: Rules

  private mutating func flagRules(_ vocabulary: FlagVocabulary) -> FlagRules {
    var flags = vocabulary.flags
    if chance(5) {
      flags.append(Flag(number: 1 << UInt64(vocabulary.width == 8 ? 7 : Int.random(in: 32..<63, using: &random))))
    }
    let allow = chance(2) ? some(flags, upTo: flags.count) : nil
    let forbid = chance(2) ? some(flags, upTo: 4) : []
    let require = chance(3) ? some(flags, upTo: 2) : []
    return FlagRules(
      allow: allow.map(located), forbid: located(forbid), require: located(require), span: Self.span)
  }

  private mutating func conditions(_ operation: Operation) -> OperationConditions {
    OperationConditions(
      Located(operation, at: Self.span), flags: chance(2) ? flagRules(SQEFlags.vocabulary) : .none,
      userData: chance(2) ? located((0..<3).map { _ in userData() }) : nil, span: Self.span)
  }

  private mutating func userData() -> ClosedRange<UInt64> {
    let start = UInt64.random(in: 0...(chance(2) ? 100 : .max), using: &random)
    return start...(chance(2) ? start : UInt64.random(in: start...UInt64.max, using: &random))
  }

  private mutating func open() -> OpenRules {
    OpenRules(
      access: chance(3) ? nil : located(some(OpenRules.Access.allCases, upTo: 4)),
      flags: chance(2) ? flagRules(OpenConstants.flags) : .none,
      mode: chance(3) ? flagRules(OpenConstants.mode) : .none,
      resolve: chance(2) ? flagRules(OpenConstants.resolve) : .none, span: Self.span)
  }

  private mutating func socket() -> SocketRules {
    let allow = chance(4) ? nil : (0..<Int.random(in: 1...4, using: &random)).map { _ in socketEntry() }
    let deny = chance(2) || allow == nil ? (0..<2).map { _ in socketEntry() } : []
    return SocketRules(allow: allow, deny: deny, span: Self.span)
  }

  private mutating func socketEntry() -> SocketEntry {
    SocketEntry(
      families: numbers(upTo: 12), types: numbers(upTo: 15), protocols: numbers(upTo: chance(2) ? 20 : .max),
      span: Self.span)
  }

  private mutating func numbers(upTo largest: UInt32) -> [UInt32]? {
    if chance(3) { return nil }
    return (0..<Int.random(in: 1...4, using: &random)).map { _ in UInt32.random(in: 0...largest, using: &random) }
  }

  private mutating func connect() -> ConnectRules {
    let allow = chance(4) ? nil : (0..<Int.random(in: 1...4, using: &random)).map { _ in connectEntry() }
    let deny = chance(2) || allow == nil ? (0..<2).map { _ in connectEntry() } : []
    return ConnectRules(allow: allow, deny: deny, span: Self.span)
  }

  private mutating func connectEntry() -> ConnectEntry {
    ConnectEntry(
      networks: chance(4) ? nil : located((0..<Int.random(in: 1...8, using: &random)).map { _ in prefix() }),
      ports: chance(2) ? nil : located((0..<Int.random(in: 1...4, using: &random)).map { _ in ports() }),
      families: chance(4) ? [0, 1, 2, 10, 40].shuffled(using: &random).dropLast(2) : nil, span: Self.span)
  }

  private mutating func ports() -> ClosedRange<UInt16> {
    let start = UInt16.random(in: 1...65_535, using: &random)
    return start...(chance(2) ? start : UInt16.random(in: start...65_535, using: &random))
  }

  package mutating func prefix() -> IPPrefix {
    if chance(6), let named = NamedNetwork.allCases.randomElement(using: &random),
      let prefix = named.prefixes.randomElement(using: &random)
    {
      return prefix
    }
    if chance(3) {
      let length = [0, 3, 16, 32, 33, 48, 64, 65, 96, 104, 120, 127, 128].randomElement(using: &random) ?? 64
      let value = UInt128(random.next()) << 64 | UInt128(random.next())
      // Now and then among the v4-mapped addresses.
      let base = chance(4) && length >= 96 ? IPPrefix.mappedBase | (value & 0xFFFF_FFFF) : value
      return .v6(length == 0 ? 0 : base & (UInt128.max << UInt128(128 - length)), length: length)
    }
    let length = Int.random(in: 0...32, using: &random)
    let value = UInt32(truncatingIfNeeded: random.next())
    return .v4(length == 0 ? 0 : value & (UInt32.max << UInt32(32 - length)), length: length)
  }

  // MARK: Requests

  /// Requests at and beside the boundaries of the policies, and random ones.
  package mutating func submissions(_ operation: Operation, near policies: [Policy], count: Int) -> [Submission] {
    (0..<count).map { _ in
      Submission(
        operation, payload(operation, policies), flags: flagByte(), userData: userDataValue(operation, policies))
    }
  }

  private mutating func flagByte() -> UInt8 { chance(2) ? 0 : UInt8(truncatingIfNeeded: random.next() & random.next()) }

  private mutating func userDataValue(_ operation: Operation, _ policies: [Policy]) -> UInt64 {
    let ranges = policies.compactMap { $0.conditions(of: operation)?.userData }.flatMap { $0.map(\.value) }
    guard let range = ranges.randomElement(using: &random) else { return random.next() }
    return [range.lowerBound, range.lowerBound &- 1, range.upperBound, range.upperBound &+ 1].randomElement(
      using: &random) ?? 0
  }

  private mutating func payload(_ operation: Operation, _ policies: [Policy]) -> Submission.Payload {
    switch operation {
    case .openat, .openat2:
      return Submission.opening(
        operation, flags: flagWord(OpenConstants.flags) | random.next() % 4, mode: flagWord(OpenConstants.mode),
        resolve: flagWord(OpenConstants.resolve))
    case .socket:
      let entries = policies.compactMap(\.socket).flatMap { ($0.allow ?? []) + $0.deny }
      return .socket(
        family: near(entries.flatMap { $0.families ?? [] }),
        type: near(entries.flatMap { $0.types ?? [] }) | (chance(3) ? 0x80800 : 0),
        protocol: near(entries.flatMap { $0.protocols ?? [] }))
    case .connect:
      return peer(policies.compactMap(\.connect).flatMap { ($0.allow ?? []) + $0.deny })
    default:
      return .none
    }
  }

  private mutating func flagWord(_ vocabulary: FlagVocabulary) -> UInt64 {
    var word: UInt64 = 0
    for flag in vocabulary.flags where chance(6) { word |= flag.bits }
    for flag in vocabulary.flags where chance(30) { word |= flag.mask }
    if chance(10) { word |= 1 << (random.next() % 64) }
    return word
  }

  private mutating func near(_ values: [UInt32]) -> UInt32 {
    guard let value = values.randomElement(using: &random), !chance(5) else {
      return UInt32(truncatingIfNeeded: random.next() % 50)
    }
    return [value, value, value &- 1, value &+ 1].randomElement(using: &random) ?? value
  }

  private mutating func peer(_ entries: [ConnectEntry]) -> Submission.Payload {
    if chance(6) { return .connectElsewhere(family: [0, 1, 3, 9, 11, 40].randomElement(using: &random) ?? 0) }
    let ranges = entries.flatMap { $0.ports ?? [] }.map(\.value)
    var port = UInt16(truncatingIfNeeded: random.next())
    if let range = ranges.randomElement(using: &random), !chance(5) {
      port =
        [range.lowerBound, range.lowerBound &- 1, range.upperBound, range.upperBound &+ 1]
        .randomElement(using: &random) ?? port
    }
    guard let prefix = entries.flatMap({ $0.networks ?? [] }).randomElement(using: &random)?.value, !chance(6) else {
      return .connect(to: .v4(UInt32(truncatingIfNeeded: random.next())), port: port)
    }
    return .connect(to: address(near: prefix), port: port)
  }

  private mutating func address(near prefix: IPPrefix) -> IPAddress {
    switch prefix {
    case .v4(let base, let length):
      let last = base | (length == 32 ? 0 : UInt32.max >> UInt32(length))
      let value = [base, base &- 1, last, last &+ 1].randomElement(using: &random) ?? base
      return chance(3) ? .v6(IPPrefix.mappedBase | UInt128(value)) : .v4(value)
    case .v6(let base, let length):
      let last = base | (length == 128 ? 0 : UInt128.max >> UInt128(length))
      let value = [base, base &- 1, last, last &+ 1].randomElement(using: &random) ?? base
      return .v6(value)
    }
  }
}
