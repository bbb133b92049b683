import Policy
import URingABI

/// Turns `[socket]` into a decision.
///
/// Entries are about the socket that comes to be, and filters see what was asked for. So each entry is first compiled as
/// if both were the same, and then corrected where the kernel makes another socket.
struct SocketDecision {
  private let family: Field
  private let type: Field
  private let protocolNumber: Field
  /// The bits of it that count for packet sockets.
  private let packetProtocol: Field

  /// `order`: the ranks of family, type and protocol; the best order depends on the entries.
  init(order: [Int]) {
    family = Field(FilterContext.Socket.family, rank: order[0])
    type = Field(FilterContext.Socket.type, rank: order[1])
    protocolNumber = Field(FilterContext.Socket.protocolNumber, rank: order[2])
    packetProtocol = Field(
      FilterContext.Word(
        offset: FilterContext.Socket.protocolNumber.offset, mask: EffectiveSocket.packetProtocolMask),
      rank: order[2])
  }

  func node(_ rules: SocketRules, in graph: inout DecisionGraph) -> DecisionGraph.NodeID {
    let allowed = rules.allow.map { any(of: $0, in: &graph) } ?? DecisionGraph.allow
    let denied = any(of: rules.deny, in: &graph)
    return graph.and(allowed, graph.not(denied))
  }

  private func any(of entries: [SocketEntry], in graph: inout DecisionGraph) -> DecisionGraph.NodeID {
    var decisions: [DecisionGraph.NodeID] = []
    for entry in entries {
      let kind = familyAndType(entry, in: &graph)
      decisions.append(graph.and(kind, protocols(entry, in: &graph)))
    }
    return graph.or(decisions[...])
  }

  private func familyAndType(_ entry: SocketEntry, in graph: inout DecisionGraph) -> DecisionGraph.NodeID {
    func matches(_ family: UInt32, _ type: UInt32) -> Bool {
      has(family, entry.families) && has(type, entry.types)
    }
    var decision = graph.and(
      test(family, in: entry.families, in: &graph), test(type, in: entry.types, in: &graph))
    for alias in EffectiveSocket.aliases {
      let isMeant = matches(alias.effectiveFamily, alias.effectiveType)
      // Nobody allows it, as what it is or as what was asked for.
      if !isMeant, !has(alias.family, entry.families) { continue }
      if let type = alias.type, matches(alias.family, type) == isMeant { continue }
      if alias.type == nil, entry.types == nil { continue }
      let asked = graph.and(
        test(family, in: [alias.family], in: &graph), test(type, in: alias.type.map { [$0] }, in: &graph))
      correct(&decision, where: asked, from: !isMeant, to: isMeant, in: &graph)
    }
    return decision
  }

  private func protocols(_ entry: SocketEntry, in graph: inout DecisionGraph) -> DecisionGraph.NodeID {
    guard let numbers = entry.protocols else { return DecisionGraph.allow }
    var decision = test(protocolNumber, in: numbers, in: &graph)
    for alias in EffectiveSocket.protocols {
      // No other family or type becomes one of these.
      guard has(alias.family, entry.families), alias.type.map({ has($0, entry.types) }) ?? true else { continue }
      let isMeant = numbers.contains(alias.effective) || (alias.asked == 0 && numbers.contains(0))
      if isMeant == numbers.contains(alias.asked) { continue }
      let kind = graph.and(
        test(family, in: [alias.family], in: &graph), test(type, in: alias.type.map { [$0] }, in: &graph))
      let asked = graph.and(kind, test(protocolNumber, in: [alias.asked], in: &graph))
      correct(&decision, where: asked, from: !isMeant, to: isMeant, in: &graph)
    }
    guard has(SocketConstants.packet, entry.families) else { return decision }
    let packets = isPacket(in: &graph)
    let ofPackets = graph.and(packets, test(packetProtocol, in: numbers, in: &graph))
    return graph.or(ofPackets, graph.and(graph.not(packets), decision))
  }

  /// Where a packet socket comes to be.
  private func isPacket(in graph: inout DecisionGraph) -> DecisionGraph.NodeID {
    var decision = test(family, in: [SocketConstants.packet], in: &graph)
    for alias in EffectiveSocket.aliases where alias.effectiveFamily == SocketConstants.packet {
      let asked = graph.and(
        test(family, in: [alias.family], in: &graph), test(type, in: alias.type.map { [$0] }, in: &graph))
      decision = graph.or(decision, asked)
    }
    return decision
  }

  /// Makes the decision another one where the arguments are those of an alias.
  private func correct(
    _ decision: inout DecisionGraph.NodeID, where asked: DecisionGraph.NodeID, from now: Bool, to wanted: Bool,
    in graph: inout DecisionGraph
  ) {
    if now == wanted { return }
    decision = wanted ? graph.or(decision, asked) : graph.and(decision, graph.not(asked))
  }

  /// `nil` is every value.
  private func has(_ value: UInt32, _ values: [UInt32]?) -> Bool {
    values?.contains(value) ?? true
  }

  /// `nil` is every value.
  private func test(
    _ field: Field, in values: [UInt32]?, in graph: inout DecisionGraph
  ) -> DecisionGraph.NodeID {
    values.map { graph.test(field, in: IntervalSet(values: $0)) } ?? DecisionGraph.allow
  }
}
