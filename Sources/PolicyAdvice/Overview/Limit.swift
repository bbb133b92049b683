import Policy
import URingABI

/// Something that filters for io_uring cannot restrict, and that matters under a policy.
package struct Limit: Sendable {
  /// Stable, for scripts.
  package let id: String
  package let text: String

  /// Those that apply. The reasons are in docs/kernel-facts.md.
  static func all(_ policy: Policy) -> [Limit] {
    candidates.compactMap { candidate in candidate.text(policy).map { Limit(id: candidate.id, text: $0) } }
  }

  private typealias Candidate = (id: String, text: @Sendable (Policy) -> String?)

  private static let candidates: [Candidate] = [
    (
      "system-calls",
      { _ in
        "Ordinary system calls. The program can still do what is denied here with openat(2), socket(2), connect(2) "
          + "and similar calls."
      }
    ),
    ("paths", paths), ("open-descriptors", descriptors), ("peers-of-messages", messages),
    ("local-addresses", localAddresses), ("clients", clients), ("peers-of-other-families", otherFamilies),
    ("driver-commands", commands), ("other-rings", otherRings), ("epoll-targets", epoll),
    (
      "register-arguments",
      { policy in
        policy.register.map { rules in RegisterOperation.known.contains(where: rules.permits) } == false
          ? nil
          : "Arguments of register opcodes: files, buffers or numbers. Filters do not see them; only the opcode is "
            + "restricted."
      }
    ),
    (
      "setup-flags",
      { policy in
        PolicyOverview.permitted(policy).isEmpty
          ? nil
          : "Ring setup. The flags of io_uring_setup(2), such as SQPOLL (a kernel thread that polls for requests), "
            + "are not restricted."
      }
    ),
    (
      "rings-of-others",
      { _ in
        "Rings of other processes. A ring made outside the jail follows other rules; a program that may trace such a "
          + "process can take its ring (pidfd_getfd(2))."
      }
    ),
    ("source-routes", sourceRoutes), ("helper-programs", helperPrograms),
    (
      "newer-operations",
      { policy in
        policy.operations.byDefault == .deny
          ? nil : "Operations that newer kernels add. All of them are allowed."
      }
    ),
  ]

  /// The names of those among them that the policy allows.
  private static func allowed(_ names: [String], _ policy: Policy) -> [String] {
    names.filter { name in Operation(name: name).map(policy.operations.permits) ?? false }
  }

  private static func list(_ names: [String]) -> String { names.joined(separator: ", ") }
  private static func works(_ names: [String]) -> String { names.count == 1 ? "works" : "work" }

  private static let pathOperations = [
    "openat", "openat2", "statx", "renameat", "unlinkat", "mkdirat", "symlinkat", "linkat", "setxattr", "getxattr",
  ]

  @Sendable private static func paths(_ policy: Policy) -> String? {
    let names = allowed(pathOperations, policy)
    if names.isEmpty { return nil }
    let text =
      "Paths. Filters do not see them: \(list(names)) \(names.count == 1 ? "reaches" : "reach") every file that the user "
      + "may reach."
    let beneath = policy.open?.resolve.require.contains { ["beneath", "in_root"].contains($0.value.name) } ?? false
    guard beneath, names.contains("openat2") else { return text }
    return text + " 'beneath' and 'in_root' keep openat2 below a directory that the program itself chooses."
  }

  @Sendable private static func descriptors(_ policy: Policy) -> String? {
    let names = Ability.all.filter { $0.part == .data }.flatMap(\.operations).map(\.name)
    let usable = allowed(names.filter { $0 != "close" && $0 != "pipe" }, policy)
    let held = usable.filter { isHeldToRegisteredFiles($0, policy) }
    let free = usable.filter { !held.contains($0) }
    let sentences = [
      free.isEmpty
        ? nil
        : "\(list(free)) \(works(free)) on every descriptor and registered file of the program, of any type and origin.",
      held.isEmpty
        ? nil : "\(list(held)) \(works(held)) on every registered file; filters do not see which file it is.",
    ]
    return usable.isEmpty ? nil : "Open files. \(sentences.compactMap(\.self).joined(separator: " "))"
  }

  /// True if all its requests have to carry IOSQE_FIXED_FILE, which is about one of two files with these two.
  private static func isHeldToRegisteredFiles(_ name: String, _ policy: Policy) -> Bool {
    if ["splice", "tee"].contains(name) { return false }
    let own = Operation(name: name).flatMap(policy.conditions(of:))?.flags.require ?? []
    return (policy.operations.flags.require + own).contains { $0.value.name == "fixed_file" }
  }

  @Sendable private static func messages(_ policy: Policy) -> String? {
    let names = allowed(["send", "sendmsg", "send_zc", "sendmsg_zc"], policy)
    if names.isEmpty { return nil }
    let bound = policy.connect != nil && policy.operations.permits(.connect) ? "; [connect] does not restrict them" : ""
    return "Destinations of messages. \(names.joined(separator: ", ")) can carry an address of their own (over UDP, or "
      + "with TCP fast open)\(bound)."
  }

  @Sendable private static func localAddresses(_ policy: Policy) -> String? {
    allowed(["bind"], policy).isEmpty
      ? nil : "A socket's own address. Filters do not see the address and port that 'bind' asks for."
  }

  @Sendable private static func clients(_ policy: Policy) -> String? {
    allowed(["accept"], policy).isEmpty ? nil : "Clients. 'accept' accepts connections from every client."
  }

  @Sendable private static func otherFamilies(_ policy: Policy) -> String? {
    guard policy.operations.permits(.connect) else { return nil }
    let request = Request.submission(Submission(.connect, .connectElsewhere(family: 1)))
    let alone = Policy(operations: OperationRules(byDefault: .allow), connect: policy.connect)
    guard ReferenceEvaluator.decide(request, under: alone).isAllowed else { return nil }
    return "Peers of other families. Of families other than inet and inet6, filters see only the family."
  }

  @Sendable private static func commands(_ policy: Policy) -> String? {
    let names = allowed(["uring_cmd", "uring_cmd128"], policy)
    return names.isEmpty
      ? nil : "Commands of \(names.joined(separator: " and ")) to drivers and sockets. Filters do not see them."
  }

  @Sendable private static func otherRings(_ policy: Policy) -> String? {
    allowed(["msg_ring"], policy).isEmpty
      ? nil : "The ring that 'msg_ring' sends to, and what it sends: a message, or an open file."
  }

  @Sendable private static func sourceRoutes(_ policy: Policy) -> String? {
    let who: String
    switch policy.sourceRoutes {
    case nil: return nil
    case .everyProgram: who = "Over IPv6, a program"
    case .rawNetwork: who = "A program with CAP_NET_RAW"
    }
    return "The route of packets. \(who) can send the packets of an allowed connection through a denied address "
      + "(source routes)."
  }

  @Sendable private static func helperPrograms(_ policy: Policy) -> String? {
    guard policy.leavesHelperPrograms else { return nil }
    return "Programs that the kernel itself executes. A program with user id 0 can choose them (core_pattern and "
      + "similar files); they run outside the jail."
  }

  @Sendable private static func epoll(_ policy: Policy) -> String? {
    allowed(["epoll_ctl"], policy).isEmpty ? nil : "The descriptors that 'epoll_ctl' watches. Filters do not see them."
  }
}
