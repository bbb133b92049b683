import FilterAnalysis
import Policy
import URingABI

/// `[connect]`
extension RuleFunctions {
  mutating func satisfies(_ rules: ConnectRules) throws(AnalysisLimit) -> Function {
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
  struct Peer {
    let family: [Function]
    let port: [Function]
    /// 32 bits and 128 bits.
    let v4: [Function]
    private(set) var v6: [Function]
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

    /// The same with another IPv6 address.
    func with(_ address: UInt128) -> Peer {
      var result = self
      result.v6 = (0..<128).map { address >> UInt128($0) & 1 == 1 ? .always : .never }
      return result
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
}
