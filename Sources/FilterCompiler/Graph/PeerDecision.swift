import Policy
import URingABI

/// Turns `[connect]` into a decision: family, port and address.
struct PeerDecision {
  private let family: Field
  private let port: Field
  /// The words of an address; IPv4 has the first only.
  private let address: [Field]

  /// `portFirst`: ask for the port before the address. Which of the two is shorter depends on the entries.
  init(portFirst: Bool) {
    family = Field(FilterContext.Connect.family, rank: 0)
    port = Field(FilterContext.Connect.port, rank: portFirst ? 1 : 9, order: .network16)
    address = FilterContext.Connect.address.enumerated().map { Field($1, rank: 2 + $0, order: .network32) }
  }

  func node(_ rules: ConnectRules, in graph: inout DecisionGraph) -> DecisionGraph.NodeID {
    var decision = DecisionGraph.allow
    if let allow = rules.allow { decision = any(of: allow, in: &graph) }
    let denied = any(of: rules.deny, in: &graph)
    decision = graph.and(decision, graph.not(denied))
    if rules.limitsAddresses { decision = withUnspecifiedIPv6(decision, in: &graph) }
    guard rules.limitsPeers else { return decision }
    // Nothing can be reached on port 0, and some kernels show a peer that they could not read so.
    let reachable = graph.test(port, in: IntervalSet([1...0xFFFF]))
    let internet = graph.test(
      family, in: IntervalSet(values: [SocketConstants.inet, SocketConstants.inet6]), then: reachable,
      else: DecisionGraph.allow)
    decision = graph.and(decision, internet)
    return rules.limitsAddresses ? graph.and(decision, namedAddress(in: &graph)) : decision
  }

  /// Allows :: only where everything is allowed that it reaches.
  private func withUnspecifiedIPv6(
    _ decision: DecisionGraph.NodeID, in graph: inout DecisionGraph
  ) -> DecisionGraph.NodeID {
    var reached = DecisionGraph.allow
    for case .v6(let value) in IPAddress.reachedByUnspecifiedIPv6 {
      var known = [family: SocketConstants.inet6]
      for (index, field) in address.enumerated() {
        known[field] = UInt32(truncatingIfNeeded: value >> UInt128(32 * (address.count - 1 - index)))
      }
      reached = graph.and(reached, graph.assuming(known, decision))
    }
    if reached == DecisionGraph.allow { return decision }
    let others = node([1...UInt128.max][...], word: 0, in: &graph)
    let isNamed = graph.test(
      family, in: IntervalSet(values: [SocketConstants.inet6]), then: others, else: DecisionGraph.allow)
    return graph.and(decision, graph.or(isNamed, reached))
  }

  /// Anything but 0.0.0.0, which stands for the address that the socket is bound to.
  private func namedAddress(in graph: inout DecisionGraph) -> DecisionGraph.NodeID {
    let v4 = graph.test(address[0], in: IntervalSet([1...UInt32.max]))
    let mapped = IPPrefix.mappedBase
    let v6 = node([0...mapped - 1, mapped + 1...UInt128.max][...], word: 0, in: &graph)
    let (inet, inet6) = (SocketConstants.inet, SocketConstants.inet6)
    return graph.test(
      family,
      [
        DecisionGraph.Branch(last: inet - 1, target: DecisionGraph.allow), DecisionGraph.Branch(last: inet, target: v4),
        DecisionGraph.Branch(last: inet6 - 1, target: DecisionGraph.allow),
        DecisionGraph.Branch(last: inet6, target: v6), DecisionGraph.Branch(last: .max, target: DecisionGraph.allow),
      ])
  }

  /// Entries that differ only in their networks are one, so that thousands cost no more than one with thousands.
  private func any(of entries: [ConnectEntry], in graph: inout DecisionGraph) -> DecisionGraph.NodeID {
    struct Key: Hashable {
      let families: [UInt32]?
      let ports: IntervalSet?
    }
    var order: [Key] = []
    var networks: [Key: [IPPrefix]?] = [:]
    for entry in entries {
      let key = Key(
        families: entry.families.map { Set($0).sorted() },
        ports: entry.ports.map { IntervalSet($0.map { UInt32($0.value.lowerBound)...UInt32($0.value.upperBound) }) })
      let prefixes = entry.networks?.map(\.value)
      if let known = networks[key] {
        networks[key] = .some(known.flatMap { known in prefixes.map { known + $0 } })
      } else {
        order.append(key)
        networks[key] = .some(prefixes)
      }
    }
    var decisions: [DecisionGraph.NodeID] = []
    for key in order {
      decisions.append(entry(key.families, key.ports, networks[key] ?? nil, in: &graph))
    }
    return graph.or(decisions[...])
  }

  private func entry(
    _ families: [UInt32]?, _ ports: IntervalSet?, _ networks: [IPPrefix]?, in graph: inout DecisionGraph
  ) -> DecisionGraph.NodeID {
    let portNode = ports.map { graph.test(port, in: $0) } ?? DecisionGraph.allow
    var v4 = DecisionGraph.allow
    var v6 = DecisionGraph.allow
    if let networks {
      let ranges = AddressRanges(networks)
      v4 = graph.test(address[0], in: ranges.v4)
      v6 = node(ranges.v6[...], word: 0, in: &graph)
    }
    v4 = graph.and(v4, portNode)
    v6 = graph.and(v6, portNode)
    // 'to' and 'port' hold for IPv4 and IPv6 only, so other families never match them.
    let others = networks == nil && ports == nil ? DecisionGraph.allow : DecisionGraph.deny
    func target(_ number: UInt32) -> DecisionGraph.NodeID {
      switch number {
      case SocketConstants.inet: v4
      case SocketConstants.inet6: v6
      default: others
      }
    }
    var branches: [DecisionGraph.Branch] = []
    if let families {
      for number in families.sorted() {
        if number > 0 { branches.append(DecisionGraph.Branch(last: number - 1, target: DecisionGraph.deny)) }
        branches.append(DecisionGraph.Branch(last: number, target: target(number)))
      }
      if branches.last?.last != .max { branches.append(DecisionGraph.Branch(last: .max, target: DecisionGraph.deny)) }
      // Neighbouring families leave an empty run between them.
      branches = branches.enumerated().filter { $0.offset == 0 || $0.element.last != branches[$0.offset - 1].last }
        .map(\.element)
    } else {
      let (inet, inet6) = (SocketConstants.inet, SocketConstants.inet6)
      branches = [
        DecisionGraph.Branch(last: inet - 1, target: others), DecisionGraph.Branch(last: inet, target: v4),
        DecisionGraph.Branch(last: inet6 - 1, target: others), DecisionGraph.Branch(last: inet6, target: v6),
        DecisionGraph.Branch(last: .max, target: others),
      ]
    }
    return graph.test(family, branches)
  }

  /// Ranges of the address from the given word on, ascending and apart from each other.
  private func node(
    _ ranges: ArraySlice<ClosedRange<UInt128>>, word: Int, in graph: inout DecisionGraph
  ) -> DecisionGraph.NodeID {
    let shift = UInt128(32 * (address.count - 1 - word))
    let restMask: UInt128 = shift == 0 ? 0 : (1 << shift) - 1
    var branches: [DecisionGraph.Branch] = []
    /// Parts of ranges that share one value of this word.
    var partial: (value: UInt32, ranges: [ClosedRange<UInt128>])?
    func close(_ partial: (value: UInt32, ranges: [ClosedRange<UInt128>])) {
      append(node(partial.ranges[...], word: word + 1, in: &graph), partial.value...partial.value)
    }
    func append(_ target: DecisionGraph.NodeID, _ values: ClosedRange<UInt32>) {
      let next = branches.last.map { UInt64($0.last) + 1 } ?? 0
      if UInt64(values.lowerBound) > next {
        branches.append(DecisionGraph.Branch(last: values.lowerBound - 1, target: DecisionGraph.deny))
      }
      branches.append(DecisionGraph.Branch(last: values.upperBound, target: target))
    }
    func add(_ value: UInt32, _ range: ClosedRange<UInt128>) {
      if range == 0...restMask {
        append(DecisionGraph.allow, value...value)
      } else if partial?.value == value {
        partial?.ranges.append(range)
      } else {
        if let open = partial { close(open) }
        partial = (value, [range])
      }
    }
    for range in ranges {
      let low = UInt32(truncatingIfNeeded: range.lowerBound >> shift)
      let high = UInt32(truncatingIfNeeded: range.upperBound >> shift)
      let (first, last) = (range.lowerBound & restMask, range.upperBound & restMask)
      if let open = partial, open.value != low {
        close(open)
        partial = nil
      }
      if low == high {
        add(low, first...last)
        continue
      }
      add(low, first...restMask)
      if let open = partial {
        close(open)
        partial = nil
      }
      if high - low > 1 { append(DecisionGraph.allow, (low + 1)...(high - 1)) }
      add(high, 0...last)
    }
    if let open = partial { close(open) }
    if branches.last?.last != .max { branches.append(DecisionGraph.Branch(last: .max, target: DecisionGraph.deny)) }
    return graph.test(address[word], branches)
  }
}

/// The addresses in a list of prefixes, as ranges in ascending order that do not touch.
private struct AddressRanges {
  let v4: IntervalSet
  let v6: [ClosedRange<UInt128>]

  init(_ prefixes: [IPPrefix]) {
    var v4: [ClosedRange<UInt32>] = []
    var v6: [ClosedRange<UInt128>] = []
    for prefix in prefixes {
      switch prefix {
      case .v4(let base, let length):
        let last = base | (length == 32 ? 0 : UInt32.max >> UInt32(length))
        v4.append(base...last)
        // The same addresses over IPv6 sockets.
        v6.append((IPPrefix.mappedBase | UInt128(base))...(IPPrefix.mappedBase | UInt128(last)))
      case .v6(let base, let length):
        v6.append(base...(base | (length == 128 ? 0 : UInt128.max >> UInt128(length))))
      }
    }
    self.v4 = IntervalSet(v4)
    var joined: [ClosedRange<UInt128>] = []
    for range in v6.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = joined.last, last.upperBound == .max || range.lowerBound <= last.upperBound + 1 {
        joined[joined.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        joined.append(range)
      }
    }
    self.v6 = joined
  }
}
