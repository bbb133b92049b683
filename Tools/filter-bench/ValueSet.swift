import Diagnostics
import Policy
import URingABI

/// A set of values as a policy, as libseccomp's comparisons of system call arguments, and as requests.
struct ValueSet {
  let name: String
  let operation: Operation
  let policy: Policy
  /// How many intervals the values of each word have that a request is looked up by.
  let intervals: [Int]
  let systemCall: String
  let comparisons: [[SeccompFilter.Comparison]]
  /// The system call arguments that correspond to a request.
  let arguments: @Sendable (Submission) -> [UInt64]
  /// Requests inside the set, and outside next to them.
  let members: [Submission]
  let misses: [Submission]

  /// Sorts the requests by what the reference evaluator says, without those that a policy denies for what the kernel makes
  /// of them: libseccomp's comparisons do not know that.
  init(
    _ name: String, _ operation: Operation, _ policy: Policy, intervals: [Int], systemCall: String,
    _ comparisons: [[SeccompFilter.Comparison]], requests: [Submission],
    arguments: @escaping @Sendable (Submission) -> [UInt64]
  ) {
    self.name = name
    self.operation = operation
    self.policy = policy
    self.intervals = intervals
    self.systemCall = systemCall
    self.comparisons = comparisons
    self.arguments = arguments
    var unique: Set<Submission> = []
    var (members, misses): ([Submission], [Submission]) = ([], [])
    for request in requests where unique.insert(request).inserted {
      switch ReferenceEvaluator.decide(.submission(request), under: policy) {
      case .allowed: members.append(request)
      case .denied(.portZero), .denied(.unspecifiedIPv4), .denied(.reaching): break
      case .denied: misses.append(request)
      }
    }
    self.members = members
    self.misses = misses
  }

  static let span = SourceSpan(0..<0, in: SourceID(0))

  static func located<Value: Sendable>(_ values: [Value]) -> [Located<Value>] { values.map { Located($0, at: span) } }

  static func allowing(_ operation: Operation) -> OperationRules {
    OperationRules(allow: [Located(operation, at: span)])
  }

  /// All that are measured.
  static var all: [ValueSet] {
    [
      values(64), values(250), ports(64), ports(1_000), ipv4(1_000), ipv4(10_000), ipv6(1_000), readOnlyBeneath,
      threeFamilies,
    ]
  }
}

// MARK: Numbers

extension ValueSet {
  /// Numbers of which no two are neighbours.
  private static func numbers(_ count: Int) -> [UInt32] { (0..<UInt32(count)).map { $0 * 61 % 65_521 + 2 } }

  /// The protocol of a socket stands for any argument of 32 bits.
  private static func values(_ count: Int) -> ValueSet {
    let numbers = numbers(count)
    let entry = SocketEntry(families: nil, types: nil, protocols: numbers, span: span)
    return ValueSet(
      "\(count) values", .socket,
      Policy(operations: allowing(.socket), socket: SocketRules(allow: [entry], span: span)),
      intervals: [count], systemCall: "socket", numbers.map { [.init(argument: 2, value: UInt64($0))] },
      requests: numbers.flatMap { [$0, $0 - 1, $0 + 1] }
        .map { Submission(.socket, .socket(family: 2, type: 1, protocol: $0)) },
      arguments: { request in
        guard case .socket(let family, let type, let number) = request.payload else { return [] }
        return [UInt64(family), UInt64(type), UInt64(number)]
      })
  }

  /// Ports of a peer; libseccomp's argument is the bare port.
  private static func ports(_ count: Int) -> ValueSet {
    let numbers = numbers(count)
    let ports = numbers.map { UInt16($0)...UInt16($0) }
    let entry = ConnectEntry(networks: nil, ports: located(ports), families: nil, span: span)
    return ValueSet(
      "\(grouped(count)) ports", .connect,
      Policy(operations: allowing(.connect), connect: ConnectRules(allow: [entry], span: span)),
      intervals: [2, count], systemCall: "connect", numbers.map { [.init(argument: 0, value: UInt64($0))] },
      requests: numbers.flatMap { [$0, $0 - 1, $0 + 1] }
        .map { Submission(.connect, .connect(to: .v4(0x7F00_0001), port: UInt16($0))) },
      arguments: { request in
        guard case .connect(_, let port) = request.payload else { return [] }
        return [UInt64(port)]
      })
  }

  static func grouped(_ number: Int) -> String {
    number < 1000 ? "\(number)" : "\(number / 1000),\(String(number % 1000 + 1000).dropFirst())"
  }
}

// MARK: Networks

extension ValueSet {
  /// Multiplying by an odd number and cutting the product changes the order of the numbers and loses none.
  static func prefixesV4(_ count: Int) -> [IPPrefix] {
    let lengths = [16, 19, 20, 22, 23, 24, 24, 24, 28, 32]
    return (0..<count).map { index in
      let length = count > 1_000 ? 24 : lengths[index % 10]
      let value = UInt32(truncatingIfNeeded: index) &* 0x9E37_79B1 << (count > 1_000 ? 8 : 0)
      return .v4(value & (UInt32.max << UInt32(32 - length)), length: length)
    }
  }

  private static func prefixesV6(_ count: Int) -> [IPPrefix] {
    let lengths = [32, 40, 44, 48, 48, 48, 52, 56, 60, 64]
    return (0..<count).map { index in
      let length = lengths[index % 10]
      let value = UInt128(0x2A) << 120 | UInt128(UInt64(index) &* 0x9E37_79B9_7F4A_7C15 >> 8) << 64
      return .v6(value & (UInt128.max << UInt128(128 - length)), length: length)
    }
  }

  static func policy(_ prefixes: [IPPrefix]) -> Policy {
    let entry = ConnectEntry(networks: located(prefixes), ports: nil, families: nil, span: span)
    return Policy(operations: allowing(.connect), connect: ConnectRules(allow: [entry], span: span))
  }

  private static func ipv4(_ count: Int) -> ValueSet {
    let prefixes = prefixesV4(count)
    var requests: [Submission] = []
    var comparisons: [[SeccompFilter.Comparison]] = []
    for case .v4(let base, let length) in prefixes {
      let mask = UInt32.max << UInt32(32 - length)
      comparisons.append([.init(argument: 0, mask: UInt64(mask), value: UInt64(base))])
      for address in [base, base | ~mask, base &- 1, (base | ~mask) &+ 1] {
        requests.append(Submission(.connect, .connect(to: .v4(address), port: 443)))
      }
    }
    return ValueSet(
      "\(grouped(count)) IPv4 prefixes", .connect, policy(prefixes),
      // Family, port (which must not be 0), address.
      intervals: [2, 1, count], systemCall: "connect", comparisons, requests: requests,
      arguments: { request in
        guard case .connect(.v4(let address), _) = request.payload else { return [] }
        return [UInt64(address)]
      })
  }

  private static func ipv6(_ count: Int) -> ValueSet {
    let prefixes = prefixesV6(count)
    var requests: [Submission] = []
    var comparisons: [[SeccompFilter.Comparison]] = []
    for case .v6(let base, let length) in prefixes {
      let mask = UInt128.max << UInt128(128 - length)
      comparisons.append([.init(argument: 0, mask: UInt64(mask >> 64), value: UInt64(base >> 64))])
      for address in [base, base | ~mask, base - 1, (base | ~mask) + 1] {
        requests.append(Submission(.connect, .connect(to: .v6(address), port: 443)))
      }
    }
    return ValueSet(
      "\(grouped(count)) IPv6 prefixes", .connect, policy(prefixes),
      // Family, port, and the first two words of the address; the longest prefix has 64 bits.
      intervals: [2, 1, count, count], systemCall: "connect", comparisons, requests: requests,
      arguments: { request in
        guard case .connect(.v6(let address), _) = request.payload else { return [] }
        return [UInt64(address >> 64)]
      })
  }
}

// MARK: Arguments of other forms

extension ValueSet {
  /// `access = "read"`, `resolve = { require = ["beneath"] }`.
  private static var readOnlyBeneath: ValueSet {
    let (flags, resolve) = (OpenConstants.flags, OpenConstants.resolve)
    guard let beneath = resolve.flag(named: "beneath") else { preconditionFailure("'beneath' is a resolve flag") }
    let rules = OpenRules(
      access: located([.read]), resolve: FlagRules(require: located([beneath]), span: span), span: span)
    // Everything but harmless flags must be clear; no unknown bit, and 'beneath', in the other argument.
    let harmless = flags.flags.map(\.bits).reduce(flags.ignored, |) & ~OpenConstants.path & ~OpenConstants.changing
    let known = resolve.flags.map(\.bits).reduce(0, |)
    var requests: [Submission] = []
    for way in [beneath.bits, 0] + resolve.flags.map({ $0.bits | beneath.bits }) {
      for access in 0...3 as ClosedRange<UInt64> {
        for flag in [0] + flags.flags.map(\.bits) {
          requests.append(Submission(.openat2, .open(flags: access | flag, mode: 0, resolve: way)))
        }
      }
    }
    return ValueSet(
      "open read-only beneath", .openat2, Policy(operations: allowing(.openat2), open: rules),
      intervals: [1, 1, 1, 1], systemCall: "openat",
      [
        [
          .init(argument: 0, mask: ~(harmless & ~OpenConstants.accessMask), value: 0),
          .init(argument: 1, mask: ~known | beneath.bits, value: beneath.bits),
        ]
      ], requests: requests,
      arguments: { request in
        guard case .open(let flags, _, let resolve) = request.payload else { return [] }
        return [flags, resolve]
      })
  }

  /// Unix, IPv4 and IPv6, each as stream or datagram.
  private static var threeFamilies: ValueSet {
    let (families, types): ([UInt32], [UInt32]) = ([1, 2, 10], [1, 2])
    let entry = SocketEntry(families: families, types: types, protocols: nil, span: span)
    let cloexec = UInt32(OpenConstants.closeOnExec)
    // libseccomp sees what is asked for, and cannot know what the kernel makes of it.
    let requests = (0...45 as ClosedRange<UInt32>).flatMap { family in
      (0...10 as ClosedRange<UInt32>).filter { type in
        let made = EffectiveSocket(family: family, type: type, protocol: 0)
        return made.family == family && made.type == type
      }
      .flatMap { type in [type, type | cloexec] }
      .map { Submission(.socket, .socket(family: family, type: $0, protocol: 0)) }
    }
    return ValueSet(
      "3 socket families x 2 types", .socket,
      Policy(operations: allowing(.socket), socket: SocketRules(allow: [entry], span: span)),
      intervals: [2, 1], systemCall: "socket",
      families.flatMap { family in
        types.map { [.init(argument: 0, value: UInt64(family)), .init(argument: 1, mask: 0xF, value: UInt64($0))] }
      }, requests: requests,
      arguments: { request in
        guard case .socket(let family, let type, let number) = request.payload else { return [] }
        return [UInt64(family), UInt64(type), UInt64(number)]
      })
  }
}
