import Policy
import URingABI

/// Turns `[socket]` into a decision.
struct SocketDecision {
  private let family: Field
  private let type: Field
  private let protocolNumber: Field

  /// `order`: the ranks of family, type and protocol; the best order depends on the entries.
  init(order: [Int]) {
    family = Field(FilterContext.Socket.family, rank: order[0])
    type = Field(FilterContext.Socket.type, rank: order[1])
    protocolNumber = Field(FilterContext.Socket.protocolNumber, rank: order[2])
  }

  func node(_ rules: SocketRules, in graph: inout DecisionGraph) -> DecisionGraph.NodeID {
    let allowed = rules.allow.map { any(of: $0, in: &graph) } ?? DecisionGraph.allow
    let denied = any(of: rules.deny, in: &graph)
    return graph.and(allowed, graph.not(denied))
  }

  private func any(of entries: [SocketEntry], in graph: inout DecisionGraph) -> DecisionGraph.NodeID {
    var decisions: [DecisionGraph.NodeID] = []
    for entry in entries {
      var decision = DecisionGraph.allow
      for (field, values) in [(family, entry.families), (type, entry.types), (protocolNumber, entry.protocols)] {
        guard let values else { continue }
        decision = graph.and(decision, graph.test(field, in: IntervalSet(values: values)))
      }
      decisions.append(decision)
    }
    return graph.or(decisions[...])
  }
}
