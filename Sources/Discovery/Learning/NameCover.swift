import URingABI

/// Writes sets of operations as groups where these fit wholly, and by name otherwise.
enum NameCover {
  static func operations(_ seen: Tallies<Operation>) -> [PolicyTable.Entry] {
    cover(seen, OperationGroup.all.map { ($0.name, $0.members) }) { operation in
      operation.code < Operation.known.count ? PolicyTable.quoted(operation.name) : operation.name
    }
  }

  static func registrations(_ seen: Tallies<RegisterOperation>) -> [PolicyTable.Entry] {
    cover(seen, RegisterGroup.all.map { ($0.name, $0.members) }) { operation in
      operation.code < RegisterOperation.known.count ? PolicyTable.quoted(operation.name) : operation.name
    }
  }

  /// The largest groups first. A group stands for at least two members that no group before it has: a name says more
  /// than a group of one.
  private static func cover<Member: Hashable & Comparable & Sendable>(
    _ seen: Tallies<Member>, _ groups: [(name: String, members: [Member])], name: (Member) -> String
  ) -> [PolicyTable.Entry] {
    let fitting = groups.filter { $0.members.allSatisfy(seen.contains) }
    let order = fitting.indices.sorted {
      (fitting[$1].members.count, $0) < (fitting[$0].members.count, $1)
    }
    var covered: Set<Member> = []
    var entries: [PolicyTable.Entry] = []
    for group in order.map({ fitting[$0] }) {
      let fresh = group.members.filter { !covered.contains($0) }
      guard fresh.count >= 2, let tally = seen.filter({ fresh.contains($0) }).total else { continue }
      covered.formUnion(group.members)
      entries.append(PolicyTable.Entry(value: PolicyTable.quoted(group.name), tally: tally))
    }
    return entries + seen.filter { !covered.contains($0) }.entries(name)
  }
}
