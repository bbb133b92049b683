import Policy
import URingABI

/// Requests of one operation as points: a coordinate for each field, whose values of interest are listed.
struct RequestSpace {
  typealias Point = [UInt128]

  private enum Kind {
    case none, open, socket, connect
  }

  let operation: Operation
  /// For each field, in order: the boundary values.
  let axes: [[UInt128]]
  /// Points that probably satisfy conditions, one for each rule that has some.
  let starts: [Point]
  private let kind: Kind

  /// How many bits a coordinate has.
  let widths: [Int]

  func submission(_ point: Point) -> Submission {
    let payload: Submission.Payload
    let own = point.dropFirst(2).map { UInt64(truncatingIfNeeded: $0) }
    switch kind {
    case .none: payload = .none
    case .open: payload = .open(flags: own[0], mode: own[1], resolve: operation == .openat ? 0 : own[2])
    case .socket:
      let words = own.map { UInt32(truncatingIfNeeded: $0) }
      payload = .socket(family: words[0], type: words[1], protocol: words[2])
    case .connect:
      let port = UInt16(truncatingIfNeeded: point[3])
      switch UInt32(truncatingIfNeeded: point[2]) {
      case SocketConstants.inet: payload = .connect(to: .v4(UInt32(truncatingIfNeeded: point[4])), port: port)
      case SocketConstants.inet6: payload = .connect(to: .v6(point[5]), port: port)
      case let family: payload = .connectElsewhere(family: family)
      }
    }
    return Submission(
      operation, payload, flags: UInt8(truncatingIfNeeded: point[0]), userData: UInt64(truncatingIfNeeded: point[1]))
  }

  init(_ operation: Operation, under policies: [Policy]) {
    let conditions = policies.flatMap { policy in policy.conditions.filter { $0.operation.value == operation } }
    let entryFlags = policies.map(\.operations.flags) + conditions.map(\.flags)
    let userData = conditions.flatMap { $0.userData ?? [] }.map(\.value)
    // Eight bits are few enough to try them all.
    let isFree = entryFlags.allSatisfy(\.isEmpty)
    let header: [[UInt128]] = [
      isFree ? [0, 1, 0x80, 0xFF] : (0...255).map { UInt128($0) }, Self.wide(BoundaryValues.words(userData)),
    ]
    let start: Point = [UInt128(BoundaryValues.required(entryFlags)), UInt128(userData.first?.lowerBound ?? 0)]
    let own: (kind: Kind, axes: [[UInt128]], widths: [Int], starts: [Point])
    switch operation {
    case .openat, .openat2: own = Self.open(policies.compactMap(\.open))
    case .socket: own = Self.socket(policies.compactMap(\.socket))
    case .connect: own = Self.connect(policies.compactMap(\.connect))
    default: own = (.none, [], [], [[]])
    }
    self.operation = operation
    kind = own.kind
    axes = header + own.axes
    widths = [8, 64] + own.widths
    starts = (own.starts.isEmpty ? [own.axes.map { $0[0] }] : own.starts).map { start + $0 }
  }

  private static func wide(_ values: some Sequence<some FixedWidthInteger>) -> [UInt128] {
    values.map { UInt128(truncatingIfNeeded: $0) }
  }

  // MARK: Arguments

  private static func open(_ rules: [OpenRules]) -> (Kind, [[UInt128]], [Int], [Point]) {
    let bits = (0..<64 as Range<UInt64>).map { UInt64(1) << $0 }
    let accesses: [UInt64] = [0, 1, 2, 3]
    let changing = bits.filter { OpenConstants.changing & $0 != 0 }
    // How a file can be opened, and what changes it.
    let ways = accesses.flatMap { access in ([0, OpenConstants.path] + changing).map { access | $0 } }
    let (modes, resolves) = (rules.map(\.mode), rules.map(\.resolve))
    let flags = BoundaryValues.flags(rules.map(\.flags), OpenConstants.flags, bases: ways, pairedWith: accesses)
    let required = BoundaryValues.required(rules.map(\.flags))
    let starts = ways.map { way -> Point in
      wide([way | required, BoundaryValues.required(modes), BoundaryValues.required(resolves)])
    }
    return (
      .open,
      [
        wide(flags), wide(BoundaryValues.flags(modes, OpenConstants.mode)),
        wide(BoundaryValues.flags(resolves, OpenConstants.resolve)),
      ], [64, 64, 64], starts
    )
  }

  private static func socket(_ rules: [SocketRules]) -> (Kind, [[UInt128]], [Int], [Point]) {
    let entries = rules.flatMap { ($0.allow ?? []) + $0.deny }
    func all(_ values: (SocketEntry) -> [UInt32]?) -> [UInt32] { entries.flatMap { values($0) ?? [] } }
    let starts = entries.map { entry -> Point in
      wide([entry.families?.first ?? 1, entry.types?.first ?? 1, entry.protocols?.first ?? 0])
    }
    let replaced: [Point] = [
      [2, 10, 0], [2, 10, 3], [1, 3, 0], [1, 3, 1], [1, 1, 1], [2, 1, 0], [2, 2, 0], [2, 5, 0], [10, 1, 0],
      [10, 2, 0], [10, 5, 0], [17, 3, 0x1_0003], [2, 10, 0x1_0000], [24, 2, 0], [24, 1, 1], [35, 2, 0], [35, 5, 0],
      [40, 1, 40],
    ]
    return (
      .socket,
      [
        wide(BoundaryValues.around(all(\.families) + [1, 2, 10, 17, 24, 35])),
        wide(BoundaryValues.types(all(\.types) + [1, 2, 3, 5, 10])),
        wide(BoundaryValues.around(all(\.protocols) + [0, 1, 6, 17, 132])),
      ], [32, 32, 32], starts + replaced
    )
  }

  /// Family, port, IPv4 address, IPv6 address.
  private static func connect(_ rules: [ConnectRules]) -> (Kind, [[UInt128]], [Int], [Point]) {
    let entries = rules.flatMap { ($0.allow ?? []) + $0.deny }
    let (inet, inet6) = (SocketConstants.inet, SocketConstants.inet6)
    let families = BoundaryValues.around(entries.flatMap { $0.families ?? [] } + [0, 1, inet, inet6])
    let ports = BoundaryValues.around(endsInNetworkOrder: entries.flatMap { $0.ports ?? [] }.map(\.value))
    let addresses = BoundaryValues.addresses(
      entries.flatMap { $0.networks ?? [] }.map(\.value) + [.v4(0, length: 32), .v6(0, length: 128)])
    var starts: [Point] = []
    for entry in entries {
      let port = UInt128(entry.ports?.first?.value.lowerBound ?? 1)
      let prefixes = entry.networks?.map(\.value) ?? [.v4(0x0808_0808, length: 32), .v6(1 << 125, length: 128)]
      for prefix in prefixes.prefix(16) {
        switch prefix {
        case .v4(let base, _):
          starts.append([UInt128(inet), port, UInt128(base), 1])
          starts.append([UInt128(inet6), port, UInt128(base), IPPrefix.mappedBase | UInt128(base)])
        case .v6(let base, _):
          starts.append([UInt128(inet6), port, 1, base])
        }
      }
      if let family = entry.families?.first { starts.append([UInt128(family), port, 1, 1]) }
      starts.append([UInt128(inet), port, 0, 1])
      starts.append([UInt128(inet6), port, 1, IPPrefix.mappedBase])
      starts.append([UInt128(inet6), port, 1, 0])
    }
    return (
      .connect, [wide(families), wide(ports), wide(addresses.v4), addresses.v6], [32, 16, 32, 128], starts
    )
  }
}
