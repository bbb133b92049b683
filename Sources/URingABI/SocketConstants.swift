/// Names for the arguments of socket(2). The numbers are the same on every architecture that this program
/// supports; names not listed can be written as numbers.
package enum SocketConstants {
  package struct Constant: Sendable {
    package let name: String
    package let value: UInt32

    init(_ name: String, _ value: UInt32) {
      self.name = name
      self.value = value
    }
  }

  /// `AF_*`, include/linux/socket.h, in lower case without the prefix.
  package static let families: [Constant] = [
    Constant("unspec", 0), Constant("unix", 1), Constant("local", 1), Constant("inet", 2), Constant("ax25", 3),
    Constant("ipx", 4), Constant("appletalk", 5), Constant("netrom", 6), Constant("bridge", 7),
    Constant("atmpvc", 8), Constant("x25", 9), Constant("inet6", 10), Constant("rose", 11),
    Constant("decnet", 12), Constant("netbeui", 13), Constant("security", 14), Constant("key", 15),
    Constant("netlink", 16), Constant("packet", 17), Constant("ash", 18), Constant("econet", 19),
    Constant("atmsvc", 20), Constant("rds", 21), Constant("sna", 22), Constant("irda", 23),
    Constant("pppox", 24), Constant("wanpipe", 25), Constant("llc", 26), Constant("ib", 27),
    Constant("mpls", 28), Constant("can", 29), Constant("tipc", 30), Constant("bluetooth", 31),
    Constant("iucv", 32), Constant("rxrpc", 33), Constant("isdn", 34), Constant("phonet", 35),
    Constant("ieee802154", 36), Constant("caif", 37), Constant("alg", 38), Constant("nfc", 39),
    Constant("vsock", 40), Constant("kcm", 41), Constant("qipcrtr", 42), Constant("smc", 43),
    Constant("xdp", 44), Constant("mctp", 45),
  ]

  /// `SOCK_*`, include/linux/net.h, in lower case without the prefix.
  package static let types: [Constant] = [
    Constant("stream", 1), Constant("dgram", 2), Constant("raw", 3), Constant("rdm", 4),
    Constant("seqpacket", 5), Constant("dccp", 6), Constant("packet", 10),
  ]

  /// `IPPROTO_*`, include/uapi/linux/in.h, in lower case without the prefix. 0 lets the kernel choose the family's
  /// usual protocol: TCP for an internet stream socket, UDP for a datagram socket.
  package static let protocols: [Constant] = [
    Constant("default", 0), Constant("icmp", 1), Constant("igmp", 2), Constant("ipip", 4), Constant("tcp", 6),
    Constant("egp", 8), Constant("pup", 12), Constant("udp", 17), Constant("idp", 22), Constant("tp", 29),
    Constant("dccp", 33), Constant("ipv6", 41), Constant("rsvp", 46), Constant("gre", 47),
    Constant("esp", 50), Constant("ah", 51), Constant("icmpv6", 58), Constant("mtp", 92),
    Constant("beetph", 94), Constant("encap", 98), Constant("pim", 103), Constant("comp", 108),
    Constant("l2tp", 115), Constant("sctp", 132), Constant("udplite", 136), Constant("mpls", 137),
    Constant("ethernet", 143), Constant("raw", 255), Constant("smc", 256), Constant("mptcp", 262),
  ]

  /// The name of a value, or the number.
  package static func name(of value: UInt32, in table: [Constant]) -> String {
    table.first { $0.value == value }?.name ?? String(value)
  }

  package static let unix: UInt32 = 1
  package static let inet: UInt32 = 2
  package static let inet6: UInt32 = 10
  package static let netlink: UInt32 = 16
  package static let packet: UInt32 = 17
  package static let pppox: UInt32 = 24
  package static let phonet: UInt32 = 35
  package static let vsock: UInt32 = 40

  package static let stream: UInt32 = 1
  package static let datagram: UInt32 = 2
  package static let raw: UInt32 = 3
  package static let seqpacket: UInt32 = 5
  /// SOCK_PACKET
  package static let packetType: UInt32 = 10

  /// IPPROTO_RAW
  package static let anyRaw: UInt32 = 255

  /// The largest type the kernel can see: the low four bits of the argument (`SOCK_TYPE_MASK`).
  package static let largestType: UInt32 = 0xF
  /// The largest family that an address can have: `sa_family_t` has 16 bits.
  package static let largestPeerFamily: UInt32 = 0xFFFF
}
