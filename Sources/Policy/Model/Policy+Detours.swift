import URingABI

/// Ways around conditions that no filter can close: see docs/kernel-facts.md.
extension Policy {
  /// Who can send the packets of an allowed connection through a denied address.
  package enum SourceRoutes: Sendable {
    /// Every program, over IPv6: a routing header needs no capability.
    case everyProgram
    /// A program with CAP_NET_RAW, over IPv4.
    case rawNetwork
  }

  /// `nil` if addresses are not limited, or nobody can. Filters see the address of a connection, and options of its
  /// socket have the packets go by another one.
  package var sourceRoutes: SourceRoutes? {
    guard operations.permits(.connect), let connect, connect.limitsAddresses else { return nil }
    if connect.divides(SocketConstants.inet6) { return .everyProgram }
    return connect.divides(SocketConstants.inet) && !process.drops(Capability.rawNetwork) ? .rawNetwork : nil
  }

  /// True if user id 0 can have the kernel execute programs that the policy keeps the target from executing: files of
  /// /proc and /sys name them (core_pattern, modprobe, uevent_helper and others). They are not children of the target,
  /// and live in no jail.
  package var leavesHelperPrograms: Bool { process.exec?.value == .deny }
}

extension ConnectRules {
  /// True if some addresses of IPv4, or of IPv6, are allowed and some are denied. Over IPv6, v4-mapped addresses are IPv4.
  ///
  /// What `deny` takes away of what is allowed is not looked at: a program may be said to have a detour that it has not.
  fileprivate func divides(_ family: UInt32) -> Bool {
    let isDenied = deny.contains { $0.networks?.contains { $0.value.hasAddresses(of: family) } ?? false }
    guard let allow else { return isDenied }
    let entries = allow.filter { entry in
      guard let networks = entry.networks else { return entry.families?.contains(family) ?? true }
      return networks.contains { $0.value.hasAddresses(of: family) }
    }
    if entries.isEmpty { return false }
    return isDenied
      || !entries.contains { entry in
        entry.networks?.contains { $0.value.length == 0 && $0.value.hasAddresses(of: family) } ?? true
      }
  }
}

extension IPPrefix {
  fileprivate func hasAddresses(of family: UInt32) -> Bool {
    switch self {
    case .v4: return family == SocketConstants.inet
    case .v6(let base, let length):
      let isMapped = length >= 96 && base >> 32 == Self.mappedBase >> 32
      if family == SocketConstants.inet6 { return !isMapped }
      return isMapped || contains(.v6(Self.mappedBase))
    }
  }
}
