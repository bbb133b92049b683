import Diagnostics
package import Policy
package import URingABI

/// Policies of the whole language; `BoundaryRequests` has the requests to try on them.
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

  /// A policy that has conditions on the arguments of these operations, and on nothing else.
  package mutating func arguments(of operations: [Operation]) -> Policy {
    Policy(
      operations: OperationRules(allow: located(operations)),
      open: operations.contains(.openat2) ? open() : nil, socket: operations.contains(.socket) ? socket() : nil,
      connect: operations.contains(.connect) ? connect() : nil)
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
      // By number: one bit without a name, or several, with and without.
      let shape: UInt64 = [1, 1, 3, 0xF01, 0xFFF].randomElement(using: &random) ?? 1
      let number = vocabulary.width == 8 ? 0x80 : shape << UInt64.random(in: 24..<51, using: &random)
      flags.append(Flag(number: number & ~vocabulary.ignored))
    }
    let allow = chance(2) ? some(flags, upTo: flags.count) : nil
    let forbid = chance(2) ? some(flags, upTo: 4) : []
    let require = chance(3) ? some(flags, upTo: 2) : []
    let rules = FlagRules(
      allow: allow.map(located), forbid: located(forbid), require: located(require), span: Self.span)
    // Policies that require what the kernel sets itself are refused where filters hold the flags.
    guard vocabulary == SQEFlags.vocabulary, rules.areMetByAddedFlags else { return rules }
    return FlagRules(allow: rules.allow, forbid: rules.forbid, span: Self.span)
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
    // Now and then ports that meet and overlap, and the largest one.
    let near: [UInt16] = [1, 255, 256, 257, 443, 444, 8000, 65_534, 65_535]
    let start = chance(3) ? near.randomElement(using: &random) ?? 1 : UInt16.random(in: 1...65_535, using: &random)
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
    var value = UInt32(truncatingIfNeeded: random.next())
    // Often addresses that share some of their bytes.
    if chance(2) {
      let bytes: [UInt32] = [0, 1, 10, 127, 128, 192, 255]
      value = (0..<4).reduce(0) { value, _ in value << 8 | (bytes.randomElement(using: &random) ?? 0) }
    }
    return .v4(length == 0 ? 0 : value & (UInt32.max << UInt32(32 - length)), length: length)
  }
}
