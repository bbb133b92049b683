import Policy
import URingABI

extension Submission {
  /// The request for which a kernel shows this context.
  init(_ operation: Operation, context: [UInt32]) {
    func word(_ word: FilterContext.Word) -> UInt32 { context[word.offset / 4] }
    func wide(_ wide: FilterContext.Wide) -> UInt64 { UInt64(word(wide.high)) << 32 | UInt64(word(wide.low)) }
    let payload: Payload
    switch operation.arguments {
    case .none: payload = .none
    case .openat, .openat2:
      payload = .open(
        flags: wide(FilterContext.Open.flags), mode: wide(FilterContext.Open.mode),
        resolve: wide(FilterContext.Open.resolve))
    case .socket:
      payload = .socket(
        family: word(FilterContext.Socket.family), type: word(FilterContext.Socket.type),
        protocol: word(FilterContext.Socket.protocolNumber))
    case .connect:
      let port = UInt16(bigEndian: UInt16(truncatingIfNeeded: word(FilterContext.Connect.port)))
      let address = FilterContext.Connect.address.map { UInt32(bigEndian: word($0)) }
      switch word(FilterContext.Connect.family) {
      case SocketConstants.inet: payload = .connect(to: .v4(address[0]), port: port)
      case SocketConstants.inet6:
        payload = .connect(to: .v6(address.reduce(0) { $0 << 32 | UInt128($1) }), port: port)
      case let family: payload = .connectElsewhere(family: family)
      }
    }
    let flags = word(FilterContext.Header.sqeFlags) >> UInt32(FilterContext.Header.sqeFlagsShift)
    self.init(
      operation, payload, flags: UInt8(truncatingIfNeeded: flags), userData: wide(FilterContext.Header.userData))
  }
}
