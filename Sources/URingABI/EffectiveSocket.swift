/// The socket that the kernel makes of the arguments of socket(2), as SO_DOMAIN, SO_TYPE and SO_PROTOCOL show it.
///
/// It is not always the one that was asked for, and conditions of a policy are about the socket that comes to be.
/// LabTests compare this with the sockets that kernels make.
package struct EffectiveSocket: Hashable, Sendable {
  /// `AF_*`
  package let family: UInt32
  /// `SOCK_*` without SOCK_CLOEXEC and SOCK_NONBLOCK, 0 to 15.
  package let type: UInt32
  /// `IPPROTO_*`, or another family's protocol number.
  package let protocolNumber: UInt32

  /// `type`: may carry SOCK_CLOEXEC and SOCK_NONBLOCK.
  package init(family: UInt32, type: UInt32, protocol number: UInt32) {
    let kind = type & SocketConstants.largestType
    let alias = Self.aliases.first { $0.family == family && $0.type.map { $0 == kind } ?? true }
    self.family = alias?.effectiveFamily ?? family
    self.type = alias?.effectiveType ?? kind
    let replaced = Self.protocols.first { $0.matches(family, kind, number) }?.effective ?? number
    protocolNumber = self.family == SocketConstants.packet ? replaced & Self.packetProtocolMask : replaced
  }

  /// The bits of a packet socket's protocol that count: packet_create(), net/packet/af_packet.c, takes a `__be16` of it.
  package static let packetProtocolMask: UInt32 = 0xFFFF

  /// A family and a type that the kernel replaces by others.
  package struct Alias: Sendable {
    package let family: UInt32
    /// `nil` for every type.
    package let type: UInt32?
    package let effectiveFamily: UInt32
    package let effectiveType: UInt32
  }

  package static let aliases = [
    // __sock_create(), net/socket.c: the way to packet sockets before Linux 2.2. The type stays.
    Alias(
      family: SocketConstants.inet, type: SocketConstants.packetType, effectiveFamily: SocketConstants.packet,
      effectiveType: SocketConstants.packetType),
    // unix_create(), net/unix/af_unix.c
    Alias(
      family: SocketConstants.unix, type: SocketConstants.raw, effectiveFamily: SocketConstants.unix,
      effectiveType: SocketConstants.datagram),
    // pppoe_create(), pptp_create() and pppol2tp_create() make SOCK_STREAM of whatever type.
    Alias(
      family: SocketConstants.pppox, type: nil, effectiveFamily: SocketConstants.pppox,
      effectiveType: SocketConstants.stream),
  ]

  /// A protocol that the kernel replaces by another one.
  package struct ProtocolAlias: Sendable {
    package let family: UInt32
    /// `nil` for every type.
    package let type: UInt32?
    package let asked: UInt32
    package let effective: UInt32

    func matches(_ family: UInt32, _ type: UInt32, _ number: UInt32) -> Bool {
      family == self.family && number == asked && self.type.map { $0 == type } ?? true
    }
  }

  package static let protocols = [
    // inet_create() and inet6_create(): 0 is the first protocol that is registered for the type.
    ProtocolAlias(family: SocketConstants.inet, type: SocketConstants.stream, asked: 0, effective: 6),
    ProtocolAlias(family: SocketConstants.inet, type: SocketConstants.datagram, asked: 0, effective: 17),
    ProtocolAlias(family: SocketConstants.inet, type: SocketConstants.seqpacket, asked: 0, effective: 132),
    ProtocolAlias(family: SocketConstants.inet6, type: SocketConstants.stream, asked: 0, effective: 6),
    ProtocolAlias(family: SocketConstants.inet6, type: SocketConstants.datagram, asked: 0, effective: 17),
    ProtocolAlias(family: SocketConstants.inet6, type: SocketConstants.seqpacket, asked: 0, effective: 132),
    // pn_socket_create(), net/phonet/af_phonet.c
    ProtocolAlias(family: SocketConstants.phonet, type: SocketConstants.datagram, asked: 0, effective: 1),
    ProtocolAlias(family: SocketConstants.phonet, type: SocketConstants.seqpacket, asked: 0, effective: 2),
    // unix_create() takes its own family's number for 0.
    ProtocolAlias(family: SocketConstants.unix, type: nil, asked: 1, effective: 0),
    // So does vsock_create(), net/vmw_vsock/af_vsock.c.
    ProtocolAlias(family: SocketConstants.vsock, type: nil, asked: 40, effective: 0),
  ]
}
