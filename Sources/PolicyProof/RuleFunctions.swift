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
    switch operation {
    case .openat, .openat2: try policy.open.map { (rules) throws(AnalysisLimit) in try satisfies(rules) } ?? .always
    case .socket: try policy.socket.map { (rules) throws(AnalysisLimit) in try satisfies(rules) } ?? .always
    case .connect: try policy.connect.map { (rules) throws(AnalysisLimit) in try satisfies(rules) } ?? .always
    default: .always
    }
  }

  // MARK: Fields, the lowest bit first

  private mutating func bits(
    ofWordAt offset: Int, _ numbers: some Sequence<Int> = 0..<32
  ) throws(AnalysisLimit) -> [Function] {
    var result: [Function] = []
    for number in numbers { result.append(try context.bit(number, ofWordAt: offset, in: &functions)) }
    return result
  }

  private mutating func wide(_ field: FilterContext.Wide) throws(AnalysisLimit) -> [Function] {
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
    switch ForcedAsync(operation) {
    case nil: break
    case .always: seen[4] = .always
    case .sometimes:
      guard operation == .openat || operation == .openat2 else { break }
      let isUnchanged = try hasBits(try wide(FilterContext.Open.flags), mask: OpenConstants.changing, value: 0)
      seen[4] = try functions.or(seen[4], try functions.not(isUnchanged))
    }
    return seen
  }

  /// The bytes of a number in network byte order, of which the first is at the offset, as its bits.
  private mutating func networkNumber(at offset: Int, bytes: Int) throws(AnalysisLimit) -> [Function] {
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

  private mutating func isEqual(_ bits: [Function], _ value: UInt64) throws(AnalysisLimit) -> Function {
    try hasBits(bits, mask: .max, value: value)
  }

  /// The bits under the mask have the value's.
  private mutating func hasBits(
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
  private mutating func isInside(
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

  private mutating func isAny(of values: [UInt32]?, _ bits: [Function]) throws(AnalysisLimit) -> Function {
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
    default:
      mode = OpenConstants.readOnly
      changesNothing = try hasBits(flags, mask: OpenConstants.changing, value: 0)
    }
    let hasMode = try hasBits(flags, mask: OpenConstants.accessMask, value: mode)
    return try functions.all(of: [try functions.not(isPath), hasMode, changesNothing])
  }

  // MARK: [socket]

  private mutating func satisfies(_ rules: SocketRules) throws(AnalysisLimit) -> Function {
    let socket = try Socket(&self)
    var (allow, deny): ([Function], [Function]) = ([], [])
    for entry in rules.allow ?? [] { allow.append(try matches(entry, socket)) }
    for entry in rules.deny { deny.append(try matches(entry, socket)) }
    return try decide(allow: rules.allow == nil ? nil : allow, deny: deny)
  }

  /// What was asked of socket(2), and the few requests of which the kernel makes something else (docs/kernel-facts.md).
  private struct Socket {
    let family: [Function]
    /// The type has four bits; what else the kernel leaves in the word is no part of it.
    let type: [Function]
    let number: [Function]
    /// An IPv4 socket of type SOCK_PACKET, which becomes a packet socket.
    let isPacket: Function
    /// A packet socket, asked for as one or not; 16 bits of its protocol count.
    let isOfPackets: Function
    /// A PPP socket, which always becomes a stream socket.
    let isPPP: Function
    /// Protocol 0 of Phonet, which becomes 1 or 2.
    let becomesPhonet: Function
    let becomesPipe: Function
    /// A raw unix socket, which becomes a datagram socket.
    let isRawUnix: Function
    /// Protocol 0, which becomes TCP, UDP or SCTP.
    let becomesTCP: Function
    let becomesUDP: Function
    let becomesSCTP: Function
    /// Protocol 1 of a unix socket, and 40 of a vsock one, which become 0.
    let becomesZero: Function

    init(_ rules: inout RuleFunctions) throws(AnalysisLimit) {
      let family = try rules.bits(ofWordAt: FilterContext.Socket.family.offset)
      let type = try rules.bits(ofWordAt: FilterContext.Socket.type.offset, 0..<4)
      let number = try rules.bits(ofWordAt: FilterContext.Socket.protocolNumber.offset)
      let (unix, inet, inet6) = (
        try rules.isEqual(family, 1), try rules.isEqual(family, 2), try rules.isEqual(family, 10)
      )
      let defaultOfInternet = try rules.functions.and(
        try rules.functions.or(inet, inet6), try rules.isEqual(number, 0))
      isPacket = try rules.functions.and(inet, try rules.isEqual(type, 10))
      isOfPackets = try rules.functions.or(isPacket, try rules.isEqual(family, 17))
      isPPP = try rules.isEqual(family, 24)
      let defaultOfPhonet = try rules.functions.and(try rules.isEqual(family, 35), try rules.isEqual(number, 0))
      becomesPhonet = try rules.functions.and(defaultOfPhonet, try rules.isEqual(type, 2))
      becomesPipe = try rules.functions.and(defaultOfPhonet, try rules.isEqual(type, 5))
      isRawUnix = try rules.functions.and(unix, try rules.isEqual(type, 3))
      becomesTCP = try rules.functions.and(defaultOfInternet, try rules.isEqual(type, 1))
      becomesUDP = try rules.functions.and(defaultOfInternet, try rules.isEqual(type, 2))
      becomesSCTP = try rules.functions.and(defaultOfInternet, try rules.isEqual(type, 5))
      becomesZero = try rules.functions.or(
        try rules.functions.and(unix, try rules.isEqual(number, 1)),
        try rules.functions.and(try rules.isEqual(family, 40), try rules.isEqual(number, 40)))
      (self.family, self.type, self.number) = (family, type, number)
    }
  }

  private mutating func matches(_ entry: SocketEntry, _ socket: Socket) throws(AnalysisLimit) -> Function {
    func constant(_ values: [UInt32]?, _ value: UInt32) -> Function {
      values?.contains(value) ?? true ? .always : .never
    }
    var parts = [
      try functions.choose(
        socket.isPacket, constant(entry.families, 17), try isAny(of: entry.families, socket.family)),
      try functions.choose(
        socket.isPPP, constant(entry.types, 1),
        try functions.choose(socket.isRawUnix, constant(entry.types, 2), try isAny(of: entry.types, socket.type))),
    ]
    if let numbers = entry.protocols {
      var any = [
        try functions.and(try isAny(of: numbers, socket.number), try functions.not(socket.becomesZero)),
        try functions.and(socket.becomesZero, constant(numbers, 0)),
      ]
      let becoming: [(Function, UInt32)] = [
        (socket.becomesTCP, 6), (socket.becomesUDP, 17), (socket.becomesSCTP, 132), (socket.becomesPhonet, 1),
        (socket.becomesPipe, 2),
      ]
      for (becomes, number) in becoming { any.append(try functions.and(becomes, constant(numbers, number))) }
      let ofPackets = try isAny(of: numbers, Array(socket.number[..<16]))
      parts.append(try functions.choose(socket.isOfPackets, ofPackets, try functions.any(of: any[...])))
    }
    return try functions.all(of: parts)
  }

  /// Some `allow` entry matches, where there are any, and no `deny` entry.
  private mutating func decide(allow: [Function]?, deny: [Function]) throws(AnalysisLimit) -> Function {
    let allowed = try allow.map { (entries) throws(AnalysisLimit) in try functions.any(of: entries[...]) } ?? .always
    return try functions.and(allowed, try functions.not(try functions.any(of: deny[...])))
  }

  // MARK: [connect]

  private mutating func satisfies(_ rules: ConnectRules) throws(AnalysisLimit) -> Function {
    let peer = try Peer(&self)
    var decision = try decide(rules, peer)
    guard rules.limitsPeers else { return decision }
    var impossible = [try functions.and(peer.isInternet, try isEqual(peer.port, 0))]
    if ((rules.allow ?? []) + rules.deny).contains(where: { $0.networks != nil }) {
      // 0.0.0.0, and ::ffff:0.0.0.0.
      impossible.append(try functions.and(peer.isV4, try hasPrefix(peer.v4, 0, 32)))
      impossible.append(try functions.and(peer.isV6, try hasPrefix(peer.v6, 0xFFFF << 32, 128)))
      // :: reaches ::1 and 127.0.0.1.
      var reached = Function.always
      for address in [1, 0xFFFF_7F00_0001] as [UInt128] {
        reached = try functions.and(reached, try decide(rules, peer.with(address)))
      }
      let isUnspecified = try functions.and(peer.isV6, try hasPrefix(peer.v6, 0, 128))
      decision = try functions.and(decision, try functions.or(try functions.not(isUnspecified), reached))
    }
    return try functions.and(decision, try functions.not(try functions.any(of: impossible[...])))
  }

  private mutating func decide(_ rules: ConnectRules, _ peer: Peer) throws(AnalysisLimit) -> Function {
    var (allow, deny): ([Function], [Function]) = ([], [])
    for entry in rules.allow ?? [] { allow.append(try matches(entry, peer)) }
    for entry in rules.deny { deny.append(try matches(entry, peer)) }
    return try decide(allow: rules.allow == nil ? nil : allow, deny: deny)
  }

  /// What the kernel shows of a peer.
  private struct Peer {
    let family: [Function]
    let port: [Function]
    /// 32 bits and 128 bits.
    let v4: [Function]
    private(set) var v6: [Function]

    /// The same with another IPv6 address.
    func with(_ address: UInt128) -> Peer {
      var result = self
      result.v6 = (0..<128).map { address >> UInt128($0) & 1 == 1 ? .always : .never }
      return result
    }
    let isV4: Function
    let isV6: Function
    let isInternet: Function

    init(_ rules: inout RuleFunctions) throws(AnalysisLimit) {
      family = try rules.bits(ofWordAt: FilterContext.Connect.family.offset)
      port = try rules.networkNumber(at: FilterContext.Connect.port.offset, bytes: 2)
      v4 = try rules.networkNumber(at: FilterContext.Connect.address[0].offset, bytes: 4)
      v6 = try rules.networkNumber(at: FilterContext.Connect.address[0].offset, bytes: 16)
      isV4 = try rules.isEqual(family, UInt64(SocketConstants.inet))
      isV6 = try rules.isEqual(family, UInt64(SocketConstants.inet6))
      isInternet = try rules.functions.or(isV4, isV6)
    }
  }

  private mutating func matches(_ entry: ConnectEntry, _ peer: Peer) throws(AnalysisLimit) -> Function {
    var parts = [try isAny(of: entry.families, peer.family)]
    if let networks = entry.networks {
      var (v4, v6): ([Function], [Function]) = ([], [])
      for network in networks {
        switch network.value {
        case .v4(let base, let length):
          v4.append(try hasPrefix(peer.v4, UInt128(base), length))
          // An IPv4 prefix also has the v4-mapped form of its addresses.
          v6.append(try hasPrefix(peer.v6, IPPrefix.mappedBase | UInt128(base), 96 + length))
        case .v6(let base, let length):
          v6.append(try hasPrefix(peer.v6, base, length))
        }
      }
      let inV4 = try functions.and(peer.isV4, try functions.any(of: v4[...]))
      let inV6 = try functions.and(peer.isV6, try functions.any(of: v6[...]))
      parts.append(try functions.or(inV4, inV6))
    }
    if let ports = entry.ports {
      var inside: [Function] = []
      for range in ports {
        inside.append(try isInside(peer.port, UInt64(range.value.lowerBound), UInt64(range.value.upperBound)))
      }
      parts.append(try functions.and(peer.isInternet, try functions.any(of: inside[...])))
    }
    return try functions.all(of: parts)
  }

  /// The highest bits of an address are those of the base.
  private mutating func hasPrefix(
    _ address: [Function], _ base: UInt128, _ length: Int
  ) throws(AnalysisLimit) -> Function {
    var parts: [Function] = []
    for index in (address.count - length)..<address.count {
      parts.append(base >> UInt128(index) & 1 == 1 ? address[index] : try functions.not(address[index]))
    }
    return try functions.all(of: parts)
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
    guard operation == .connect else { return .always }
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
