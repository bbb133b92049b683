import FilterAnalysis
import Policy
import URingABI

/// What policies allow, as a function of the context that the kernel shows.
///
/// Written from the meaning of the language, rule by rule and bit by bit; shares nothing with the compiler.
struct RuleFunctions {
  typealias Function = BooleanFunctions.Function

  let context: ContextVariables
  var functions: BooleanFunctions

  init(_ operation: Operation, mostFunctions: Int) {
    context = ContextVariables(of: operation)
    functions = BooleanFunctions(mostNodes: mostFunctions)
  }

  private var operation: Operation { context.operation }

  // MARK: Policies

  /// Where all policies allow.
  ///
  /// `insideAnotherJail`: filters hold the flags of every request. They do so as well where a policy wants no restrictions,
  /// or has flags of several bits in its lists.
  mutating func allowed(
    by policies: [Policy], insideAnotherJail: Bool = false
  ) throws(AnalysisLimit) -> Function {
    let heldByFilters =
      insideAnotherJail
      || policies.contains { policy in
        let lists = (policy.operations.flags.allow ?? []) + policy.operations.flags.forbid
        return policy.kernel.restrictions?.value == .never || lists.contains { $0.value.bits.nonzeroBitCount != 1 }
      }
    var result = Function.always
    for policy in policies {
      result = try functions.and(result, try allowed(by: policy, commonFlagsHeldByFilters: heldByFilters))
    }
    return result
  }

  private mutating func allowed(
    by policy: Policy, commonFlagsHeldByFilters: Bool
  ) throws(AnalysisLimit) -> Function {
    let isListed = policy.operations.allow.contains { $0.value == operation }
    let isDenied = policy.operations.deny.contains { $0.value == operation }
    guard !isDenied, isListed || policy.operations.byDefault == .allow else { return .never }
    let set = try sqeFlags()
    let seen = try flagsSeenByFilters(set)
    var result = try satisfies(policy.operations.flags, commonFlagsHeldByFilters ? seen : set, SQEFlags.vocabulary)
    if let conditions = policy.conditions(of: operation) {
      result = try functions.and(result, try satisfies(conditions.flags, seen, SQEFlags.vocabulary))
      if let ranges = conditions.userData {
        let value = try wide(FilterContext.Header.userData)
        var inside: [Function] = []
        for range in ranges {
          inside.append(try isInside(value, range.value.lowerBound, range.value.upperBound))
        }
        result = try functions.and(result, try functions.any(of: inside[...]))
      }
    }
    return try functions.and(result, try arguments(policy))
  }

  private mutating func arguments(_ policy: Policy) throws(AnalysisLimit) -> Function {
    switch policy.argumentRules(of: operation) {
    case .free: .always
    case .open(let rules): try satisfies(rules)
    case .socket(let rules): try satisfies(rules)
    case .connect(let rules): try satisfies(rules)
    }
  }

  // MARK: Fields, the lowest bit first

  mutating func bits(
    ofWordAt offset: Int, _ numbers: some Sequence<Int> = 0..<32
  ) throws(AnalysisLimit) -> [Function] {
    var result: [Function] = []
    for number in numbers { result.append(try context.bit(number, ofWordAt: offset, in: &functions)) }
    return result
  }

  mutating func wide(_ field: FilterContext.Wide) throws(AnalysisLimit) -> [Function] {
    try bits(ofWordAt: field.low.offset) + bits(ofWordAt: field.high.offset)
  }

  private mutating func sqeFlags() throws(AnalysisLimit) -> [Function] {
    let shift = Int(FilterContext.Header.sqeFlagsShift)
    return try bits(ofWordAt: FilterContext.Header.sqeFlags.offset, shift..<shift + 8)
  }

  /// The kernel makes a request asynchronous (bit 4) that has io_drain (bit 1), those of some operations always, and
  /// those that create or truncate a file (docs/kernel-facts.md).
  private mutating func flagsSeenByFilters(_ set: [Function]) throws(AnalysisLimit) -> [Function] {
    var seen = set
    seen[4] = try functions.or(set[4], set[1])
    switch operation.forcedAsync {
    case .never, .whereAdviceIsSlow: break
    case .always: seen[4] = .always
    case .whereFilesChange:
      let isUnchanged = try hasBits(try wide(FilterContext.Open.flags), mask: OpenConstants.changing, value: 0)
      seen[4] = try functions.or(seen[4], try functions.not(isUnchanged))
    }
    return seen
  }

  /// The bytes of a number in network byte order, of which the first is at the offset, as its bits.
  mutating func networkNumber(at offset: Int, bytes: Int) throws(AnalysisLimit) -> [Function] {
    var result: [Function] = []
    for byte in (offset..<offset + bytes).reversed() {
      #if _endian(little)
        let lowest = byte % 4 * 8
      #else
        let lowest = 24 - byte % 4 * 8
      #endif
      result += try bits(ofWordAt: byte / 4 * 4, lowest..<lowest + 8)
    }
    return result
  }

  // MARK: Numbers

  mutating func isEqual(_ bits: [Function], _ value: UInt64) throws(AnalysisLimit) -> Function {
    try hasBits(bits, mask: .max, value: value)
  }

  /// The bits under the mask have the value's.
  mutating func hasBits(
    _ bits: [Function], mask: UInt64, value: UInt64
  ) throws(AnalysisLimit) -> Function {
    precondition(bits.count <= 64, "numbers have at most 64 bits")
    if bits.count < 64, (value & mask) >> UInt64(bits.count) != 0 { return .never }
    var parts: [Function] = []
    for (index, bit) in bits.enumerated() where mask >> UInt64(index) & 1 == 1 {
      parts.append(value >> UInt64(index) & 1 == 1 ? bit : try functions.not(bit))
    }
    return try functions.all(of: parts)
  }

  /// Not less than the first and not more than the last number.
  mutating func isInside(
    _ bits: [Function], _ first: UInt64, _ last: UInt64
  ) throws(AnalysisLimit) -> Function {
    var (atLeast, atMost) = (Function.always, Function.always)
    for (index, bit) in bits.enumerated() {
      let (low, high) = (first >> UInt64(index) & 1 == 1, last >> UInt64(index) & 1 == 1)
      atLeast = low ? try functions.and(bit, atLeast) : try functions.or(bit, atLeast)
      let isClear = try functions.not(bit)
      atMost = high ? try functions.or(isClear, atMost) : try functions.and(isClear, atMost)
    }
    return try functions.and(atLeast, atMost)
  }

  mutating func isAny(of values: [UInt32]?, _ bits: [Function]) throws(AnalysisLimit) -> Function {
    guard let values else { return .always }
    var parts: [Function] = []
    for value in values { parts.append(try isEqual(bits, UInt64(value))) }
    return try functions.any(of: parts[...])
  }

  // MARK: Flags

  /// `exempt`: bits that an allow list need not explain.
  private mutating func satisfies(
    _ rules: FlagRules, _ word: [Function], _ vocabulary: FlagVocabulary, exempting exempt: UInt64 = 0
  ) throws(AnalysisLimit) -> Function {
    if rules.isEmpty { return .always }
    var parts = [try hasNoUnknownBits(rules, word, vocabulary)]
    for flag in rules.forbid { parts.append(try functions.not(try carries(word, flag.value))) }
    for flag in rules.require { parts.append(try carries(word, flag.value)) }
    if let allow = rules.allow {
      // Every bit that is set belongs to an allowed flag that is carried.
      for (index, bit) in word.enumerated() where (vocabulary.ignored | exempt) >> UInt64(index) & 1 == 0 {
        var explained: [Function] = [try functions.not(bit)]
        for flag in allow where flag.value.bits >> UInt64(index) & 1 == 1 {
          explained.append(try carries(word, flag.value))
        }
        parts.append(try functions.any(of: explained[...]))
      }
    }
    return try functions.all(of: parts)
  }

  private mutating func carries(_ word: [Function], _ flag: Flag) throws(AnalysisLimit) -> Function {
    try hasBits(word, mask: flag.mask, value: flag.value)
  }

  /// No bit is set that neither has a name nor is in the rules by number.
  private mutating func hasNoUnknownBits(
    _ rules: FlagRules, _ word: [Function], _ vocabulary: FlagVocabulary
  ) throws(AnalysisLimit) -> Function {
    let named = vocabulary.flags + ((rules.allow ?? []) + rules.forbid + rules.require).map(\.value)
    let known = named.reduce(vocabulary.ignored) { $0 | $1.bits }
    return try hasBits(word, mask: ~known, value: 0)
  }

  // MARK: [open]

  private mutating func satisfies(_ rules: OpenRules) throws(AnalysisLimit) -> Function {
    let flags = try wide(FilterContext.Open.flags)
    var parts = [
      try satisfies(
        rules.flags, flags, OpenConstants.flags, exempting: rules.accessAllowsPath ? OpenConstants.path : 0),
      try satisfies(rules.resolve, try wide(FilterContext.Open.resolve), OpenConstants.resolve),
    ]
    if let access = rules.access {
      parts.append(try hasNoUnknownBits(rules.flags, flags, OpenConstants.flags))
      var any: [Function] = []
      for access in access { any.append(try opens(flags, for: access.value)) }
      parts.append(try functions.any(of: any[...]))
    }
    let createsNothing = try hasBits(flags, mask: OpenConstants.creating, value: 0)
    let mode = try satisfies(rules.mode, try wide(FilterContext.Open.mode), OpenConstants.mode)
    parts.append(try functions.or(createsNothing, mode))
    return try functions.all(of: parts)
  }

  private mutating func opens(_ flags: [Function], for access: OpenRules.Access) throws(AnalysisLimit) -> Function {
    let isPath = try hasBits(flags, mask: OpenConstants.path, value: OpenConstants.path)
    if access == .path { return isPath }
    let mode: UInt64
    var changesNothing = Function.always
    switch access {
    case .write: mode = OpenConstants.writeOnly
    case .readWrite: mode = OpenConstants.readWrite
    case .read, .path:
      mode = OpenConstants.readOnly
      changesNothing = try hasBits(flags, mask: OpenConstants.changing, value: 0)
    }
    let hasMode = try hasBits(flags, mask: OpenConstants.accessMask, value: mode)
    return try functions.all(of: [try functions.not(isPath), hasMode, changesNothing])
  }

  // MARK: Lists of entries

  /// Some `allow` entry matches, where there are any, and no `deny` entry.
  mutating func decide(allow: [Function]?, deny: [Function]) throws(AnalysisLimit) -> Function {
    let allowed = try allow.map { (entries) throws(AnalysisLimit) in try functions.any(of: entries[...]) } ?? .always
    return try functions.and(allowed, try functions.not(try functions.any(of: deny[...])))
  }

  // MARK: What the kernel can show

  /// Contexts in which the kernel adds no flag that is not there: what filters see of a request is the request.
  mutating func hasFlagsOfTheKernel() throws(AnalysisLimit) -> Function {
    let set = try sqeFlags()
    let seen = try flagsSeenByFilters(set)
    return try functions.not(try functions.exclusiveOr(set[4], seen[4]))
  }

  /// Contexts that a request can have, as far as `ContextVariables` does not say it already: beside IPv6 the kernel
  /// shows fewer bytes of an address, and of other families no port.
  mutating func possible() throws(AnalysisLimit) -> Function {
    switch operation.arguments {
    case .none, .openat, .openat2, .socket: return .always
    case .connect:
      let peer = try Peer(&self)
      let isV4Only = try functions.all(
        of: try peer.v6.dropLast(32).map { (bit) throws(AnalysisLimit) in
          try functions.not(bit)
        })
      var nothing: [Function] = []
      for bit in peer.port + peer.v6 { nothing.append(try functions.not(bit)) }
      let isEmpty = try functions.all(of: nothing)
      return try functions.choose(peer.isV6, .always, try functions.choose(peer.isV4, isV4Only, isEmpty))
    }
  }
}
