import FilterAnalysis
import Policy
import URingABI

/// `[socket]`
extension RuleFunctions {
  mutating func satisfies(_ rules: SocketRules) throws(AnalysisLimit) -> Function {
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
}
