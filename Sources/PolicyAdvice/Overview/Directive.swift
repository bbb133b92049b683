import Policy
import PolicyLanguage
import URingABI

/// A directive of systemd.exec(5) or systemd.resource-control(5) that holds for system calls, or for the program as a
/// whole, what the policy holds for io_uring.
package struct Directive: Sendable {
  /// Without the equals sign.
  package let name: String
  package let value: String
  package let reason: String

  /// A line of a unit file.
  package var line: String { "\(name)=\(value)" }

  private init(_ name: String, _ value: String, _ reason: String) {
    self.name = name
    self.value = value
    self.reason = reason
  }

  /// Those that follow from the policy.
  static func all(_ policy: Policy) -> [Directive] {
    (privileges(policy) + capabilities(policy) + helpers(policy) + files(policy) + families(policy)
      + addresses(policy))
      + [
        Directive(
          "SystemCallFilter", "@system-service seccomp",
          "it restricts system calls, which this policy does not; uring-jail itself needs seccomp, and "
            + "io_uring_register, which is in the set")
      ]
  }

  // MARK: Privilege

  private static func privileges(_ policy: Policy) -> [Directive] {
    policy.process.noNewPrivileges
      ? [
        Directive("NoNewPrivileges", "yes", "uring-jail sets it as well; a unit sets it before uring-jail starts")
      ] : []
  }

  /// What keeps user id 0 from naming programs that the kernel executes.
  private static func helpers(_ policy: Policy) -> [Directive] {
    guard policy.leavesHelperPrograms else { return [] }
    return [
      Directive(
        "ProtectKernelTunables", "yes",
        "a program with user id 0 can make the kernel execute programs through core_pattern and similar files; this "
          + "makes such files read-only")
    ]
  }

  private static func capabilities(_ policy: Policy) -> [Directive] {
    // Without no_new_privs the launcher needs one.
    guard policy.process.noNewPrivileges else { return [] }
    var numbers: [UInt8] = []
    switch policy.process.droppedCapabilities?.value {
    case .all: return [Directive("CapabilityBoundingSet", "", "the policy drops every capability")]
    case .some(.some(let dropped)): numbers = dropped.filter { Int($0) < Capability.names.count }
    case nil: break
    }
    var reasons = numbers.isEmpty ? [] : ["the policy drops these"]
    if policy.sourceRoutes != nil, !policy.process.drops(Capability.rawNetwork) {
      numbers.append(Capability.rawNetwork)
      reasons.append("with CAP_NET_RAW, packets of an allowed connection can travel through a denied address")
    }
    if numbers.isEmpty { return [] }
    let names = numbers.sorted().map(ProcessWords.name(ofCapability:)).joined(separator: " ")
    return [Directive("CapabilityBoundingSet", "~" + names, reasons.joined(separator: "; "))]
  }

  // MARK: Files

  private static let changing = [
    "renameat", "unlinkat", "mkdirat", "symlinkat", "linkat", "setxattr",
  ]

  private static func files(_ policy: Policy) -> [Directive] {
    let changes = changing.contains { Operation(name: $0).map(policy.operations.permits) ?? false }
    let opens = policy.operations.permits(.openat) || policy.operations.permits(.openat2)
    guard changes || opens else { return [] }
    let effects = OpenWords.effects(policy.open)
    let writes = changes || (opens && (OpenWords.canWrite(policy.open) || !effects.isEmpty))
    var directives = [
      Directive(
        "ProtectSystem", "strict",
        writes
          ? "mounts restrict paths, which this policy does not; list writable paths in ReadWritePaths="
          : "the policy opens files for reading only; mounts enforce this for system calls as well")
    ]
    directives.append(
      Directive(
        "ProtectHome", writes ? "yes" : "read-only", "it restricts paths, which io_uring filters do not see"))
    if opens, !effects.isEmpty, forbidsSetuid(policy.open) {
      directives.append(
        Directive(
          "RestrictSUIDSGID", "yes", "[open] mode denies these bits to new files; this denies them to chmod(2) as well"
        ))
    }
    return directives
  }

  private static func forbidsSetuid(_ rules: OpenRules?) -> Bool {
    guard let mode = rules?.mode else { return false }
    return ["setuid", "setgid"].allSatisfy { name in
      mode.forbid.contains { $0.value.name == name }
        || mode.allow.map { allow in !allow.contains { $0.value.name == name } } ?? false
    }
  }

  // MARK: Network

  private static func families(_ policy: Policy) -> [Directive] {
    let parts: [PolicyOverview.Part] = [.sockets, .connections]
    let operations = Ability.all.filter { parts.contains($0.part) }.flatMap(\.operations)
    if !operations.contains(where: policy.operations.permits) {
      return [
        Directive(
          "RestrictAddressFamilies", "none",
          "the policy allows no operation on sockets; leave this out if the program makes sockets with system calls")
      ]
    }
    guard policy.operations.permits(.socket), let allow = policy.socket?.allow else { return [] }
    var names: [String] = []
    for entry in allow {
      guard let families = entry.families else { return [] }
      for family in families {
        guard let name = SocketConstants.families.first(where: { $0.value == family })?.name else { return [] }
        let constant = "AF_\(name.uppercased())"
        if family != 0, !names.contains(constant) { names.append(constant) }
      }
    }
    if names.isEmpty { return [] }
    return [
      Directive(
        "RestrictAddressFamilies", names.joined(separator: " "),
        "the families of [socket], for socket(2) as well; add AF_UNIX if the program talks to systemd or logs")
    ]
  }

  /// More than these are better written once, in the policy.
  private static let mostNetworks = 32

  private static func addresses(_ policy: Policy) -> [Directive] {
    guard let rules = policy.connect, policy.operations.permits(.connect) else { return [] }
    guard let allow = rules.allow else {
      let networks = rules.deny.filter { $0.ports == nil && $0.families == nil }.flatMap { $0.networks ?? [] }
      if networks.isEmpty || networks.count > mostNetworks { return [] }
      let texts = unique(networks.map(\.value.text))
      return [
        Directive(
          "IPAddressDeny", texts.joined(separator: " "),
          "the networks of [connect] deny, also for system calls, send and sendmsg")
      ]
    }
    let internet = allow.filter { entry in
      entry.families?.contains { $0 == SocketConstants.inet || $0 == SocketConstants.inet6 } ?? true
    }
    let networks = internet.flatMap { $0.networks ?? [] }
    guard !networks.isEmpty, internet.allSatisfy({ $0.networks != nil }), networks.count <= mostNetworks,
      !networks.contains(where: { $0.value.length == 0 })
    else { return [] }
    let takesClients = Operation(name: "accept").map(policy.operations.permits) ?? false
    return [
      Directive(
        "IPAddressDeny", "any",
        "systemd checks the addresses of all calls, including send and sendmsg; it does not check ports"),
      Directive(
        "IPAddressAllow", unique(networks.map(\.value.text)).joined(separator: " "),
        "the networks of [connect]"
          + (takesClients ? "; add the networks of the clients" : "")
          + (rules.deny.isEmpty ? "" : "; this cannot exclude what [connect] denies among them")),
    ]
  }

  private static func unique(_ texts: [String]) -> [String] {
    texts.reduce(into: []) { unique, text in if !unique.contains(text) { unique.append(text) } }
  }
}
