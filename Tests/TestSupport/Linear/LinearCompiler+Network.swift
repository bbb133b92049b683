import BPF
import Policy
import URingABI

/// Conditions on the arguments of socket(2) and connect(2).
extension LinearCompiler {
  // MARK: [socket]

  /// `u32 family` @16, `u32 type` @20, of which the low four bits are the type, `u32 protocol` @24.
  mutating func check(_ rules: SocketRules) {
    checkEntries(allow: rules.allow, deny: rules.deny) { compiler, entry, other in
      compiler.checkFamilyAndType(entry, else: other)
      if let protocols = entry.protocols { compiler.checkProtocol(protocols, else: other) }
    }
  }

  /// Of an IPv4 socket of type 10 the kernel makes one of family 17, of a unix socket of type 3 one of type 2.
  private mutating func checkFamilyAndType(_ entry: SocketEntry, else other: Assembler.Label) {
    let done = code.makeLabel()
    for (family, type, made) in [(2, 10, (family: 17, type: 10)), (1, 3, (family: 1, type: 2))] as [Rewrite] {
      let next = code.makeLabel()
      require(16, family, else: next)
      require(20, mask: 0xF, type, else: next)
      let isMatch = (entry.families?.contains(made.family) ?? true) && (entry.types?.contains(made.type) ?? true)
      code.jump(to: isMatch ? done : other)
      code.place(next)
    }
    if let families = entry.families {
      code.loadWord(at: 16)
      requireAny(of: families, else: other)
    }
    if let types = entry.types {
      // Whatever type is asked for of family 24, it is type 1.
      let usual = code.makeLabel()
      require(16, 24, else: usual)
      code.jump(to: types.contains(1) ? done : other)
      code.place(usual)
      code.loadWord(at: 20)
      code.and(0xF)
      requireAny(of: types, else: other)
    }
    code.place(done)
  }

  private typealias Rewrite = (UInt32, UInt32, (family: UInt32, type: UInt32))

  /// Protocol 0 of IPv4 and IPv6 is TCP, UDP or SCTP as well; protocol 1 of unix sockets and 40 of vsock ones is 0.
  private mutating func checkProtocol(_ protocols: [UInt32], else other: Assembler.Label) {
    let done = code.makeLabel()
    // 16 bits count of packet sockets.
    let (packet, noPacket) = (code.makeLabel(), code.makeLabel())
    code.loadWord(at: 16)
    code.branchIfEqual(17, then: .label(packet), else: .next)
    code.branchIfEqual(2, then: .next, else: .label(noPacket))
    require(20, mask: 0xF, 10, else: noPacket)
    code.place(packet)
    code.loadWord(at: 24)
    code.and(0xFFFF)
    requireAny(of: protocols, else: other)
    code.jump(to: done)
    code.place(noPacket)
    for (type, number) in [(2, 1), (5, 2)] as [(UInt32, UInt32)] where protocols.contains(number) {
      let next = code.makeLabel()
      require(16, 35, else: next)
      require(20, mask: 0xF, type, else: next)
      require(24, 0, else: next)
      code.jump(to: done)
      code.place(next)
    }
    for family in [2, 10] as [UInt32] {
      for (type, number) in [(1, 6), (2, 17), (5, 132)] as [(UInt32, UInt32)] where protocols.contains(number) {
        let next = code.makeLabel()
        require(16, family, else: next)
        require(20, mask: 0xF, type, else: next)
        require(24, 0, else: next)
        code.jump(to: done)
        code.place(next)
      }
    }
    for (family, number) in [(1, 1), (40, 40)] as [(UInt32, UInt32)] {
      let plain = code.makeLabel()
      require(16, family, else: plain)
      require(24, number, else: plain)
      code.jump(to: protocols.contains(0) ? done : other)
      code.place(plain)
    }
    code.loadWord(at: 24)
    requireAny(of: protocols, else: other)
    code.place(done)
  }

  // MARK: [connect]

  private static let inet: UInt32 = 2
  private static let inet6: UInt32 = 10

  /// `u32 family` @16, `be16 port` @20, address @24: `be32` for IPv4, 16 bytes for IPv6.
  mutating func check(_ rules: ConnectRules) {
    if ((rules.allow ?? []) + rules.deny).contains(where: { $0.networks != nil || $0.ports != nil }) {
      let fine = code.makeLabel()
      requireInternet(else: fine)
      loadPort()
      code.branchIfEqual(0, then: .label(deny), else: .next)
      code.place(fine)
    }
    if ((rules.allow ?? []) + rules.deny).contains(where: { $0.networks != nil }) { denyUnspecified() }
    if ((rules.allow ?? []) + rules.deny).contains(where: { $0.networks != nil }) { checkUnspecified(rules) }
    checkEntries(allow: rules.allow, deny: rules.deny) { compiler, entry, other in
      if let families = entry.families {
        compiler.code.loadWord(at: 16)
        compiler.requireAny(of: families, else: other)
      }
      if let ports = entry.ports {
        compiler.requireInternet(else: other)
        compiler.requirePort(in: ports.map(\.value), else: other)
      }
      if let networks = entry.networks {
        compiler.requireAddress(in: networks.map(\.value), else: other)
      }
    }
  }

  /// 0.0.0.0, and ::ffff:0.0.0.0.
  private mutating func denyUnspecified() {
    let (notIPv4, fine) = (code.makeLabel(), code.makeLabel())
    require(16, Self.inet, else: notIPv4)
    require(24, 0, else: fine)
    code.jump(to: deny)
    code.place(notIPv4)
    require(16, Self.inet6, else: fine)
    for (offset, word) in [(24, 0), (28, 0), (32, UInt32(0xFFFF).bigEndian), (36, 0)] as [(Int, UInt32)] {
      require(offset, word, else: fine)
    }
    code.jump(to: deny)
    code.place(fine)
  }

  /// :: is allowed only if ::1 and ::ffff:127.0.0.1 are, on the same port.
  private mutating func checkUnspecified(_ rules: ConnectRules) {
    let fine = code.makeLabel()
    require(16, Self.inet6, else: fine)
    for offset in [24, 28, 32, 36] { require(offset, 0, else: fine) }
    for address in [1, 0xFFFF_7F00_0001] as [UInt128] {
      checkEntries(allow: rules.allow, deny: rules.deny) { compiler, entry, other in
        if let families = entry.families, !families.contains(Self.inet6) { compiler.code.jump(to: other) }
        if let networks = entry.networks, !networks.contains(where: { $0.value.contains(.v6(address)) }) {
          compiler.code.jump(to: other)
        }
        if let ports = entry.ports { compiler.requirePort(in: ports.map(\.value), else: other) }
      }
    }
    code.place(fine)
  }

  private mutating func requireInternet(else other: Assembler.Label) {
    code.loadWord(at: 16)
    requireAny(of: [Self.inet, Self.inet6], else: other)
  }

  /// The port as a number: its two bytes put in order.
  private mutating func loadPort() {
    code.loadWord(at: 20)
    #if _endian(little)
      code.shiftRight(by: 8)
      code.and(0xFF)
      code.copyToIndex()
      code.loadWord(at: 20)
      code.and(0xFF)
      code.append(Instruction(code: Opcode.shiftLeftImmediate, k: 8))
      code.orIndex()
    #else
      code.shiftRight(by: 16)
    #endif
  }

  private mutating func requirePort(in ranges: [ClosedRange<UInt16>], else other: Assembler.Label) {
    let found = code.makeLabel()
    loadPort()
    for range in ranges {
      let (first, last) = (UInt32(range.lowerBound), UInt32(range.upperBound))
      if first == last {
        code.branchIfEqual(first, then: .label(found), else: .next)
        continue
      }
      let next = code.makeLabel()
      code.branchIfAtLeast(first, then: .next, else: .label(next))
      code.branchIfAtLeast(last + 1, then: .label(next), else: .label(found))
      code.place(next)
    }
    code.jump(to: other)
    code.place(found)
  }

  private mutating func requireAddress(in prefixes: [IPPrefix], else other: Assembler.Label) {
    let (found, notIPv4) = (code.makeLabel(), code.makeLabel())
    require(16, Self.inet, else: notIPv4)
    for case .v4(let base, let length) in prefixes {
      requirePrefix(of: [base], at: 24, length, found: found)
    }
    code.jump(to: other)
    code.place(notIPv4)
    require(16, Self.inet6, else: other)
    for prefix in prefixes {
      switch prefix {
      case .v4(let base, let length):
        // ::ffff:a.b.c.d
        requirePrefix(of: [0, 0, 0xFFFF, base], at: 24, 96 + length, found: found)
      case .v6(let base, let length):
        let words = [96, 64, 32, 0].map { UInt32(truncatingIfNeeded: base >> UInt128($0)) }
        requirePrefix(of: words, at: 24, length, found: found)
      }
    }
    code.jump(to: other)
    code.place(found)
  }

  /// Goes to `found` if the words from the offset on begin with these bits, and else on.
  private mutating func requirePrefix(of words: [UInt32], at offset: Int, _ length: Int, found: Assembler.Label) {
    let next = code.makeLabel()
    for (index, word) in words.enumerated() {
      let bits = min(32, length - 32 * index)
      guard bits > 0 else { break }
      let mask = UInt32.max << UInt32(32 - bits)
      require(offset + 4 * index, mask: mask.bigEndian, (word & mask).bigEndian, else: next)
    }
    code.jump(to: found)
    code.place(next)
  }
}
