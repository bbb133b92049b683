import Diagnostics
package import Policy
import URingABI

/// Policies with more values than one program holds.
package enum LongLists {
  /// Allows connections to this many networks, none of them beside another.
  package static func peers(_ count: Int) -> Policy {
    // Multiplying by an odd number changes the order of the numbers and loses none.
    // 0.0.0.0 is always denied, so no network has it.
    peers((1...UInt32(count)).map { IPPrefix.v4($0 &* 0x9E37_79B1 << 8, length: 24) })
  }

  /// Allows connections to these networks.
  package static func peers(_ prefixes: [IPPrefix]) -> Policy {
    let span = SourceSpan(0..<0, in: SourceID(0))
    let networks = prefixes.map { Located($0, at: span) }
    return Policy(
      operations: OperationRules(allow: [Located(.connect, at: span)]),
      connect: ConnectRules(
        allow: [ConnectEntry(networks: networks, ports: nil, families: nil, span: span)], span: span))
  }
}
