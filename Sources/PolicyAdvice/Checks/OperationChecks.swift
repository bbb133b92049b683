import Diagnostics
import Policy
import PolicyLanguage
import URingABI

/// `[operations]` and `[register]`.
enum OperationChecks {
  static func defaultAllow(_ subject: CheckedPolicy) -> [Diagnostic] {
    let operations = subject.policy.operations
    guard operations.byDefault == .allow else { return [] }
    return [
      subject.warning(
        PolicyDiagnostics.defaultAllow,
        "default = \"allow\" also allows every operation that a newer kernel adds",
        at: operations.span ?? subject.start, help: "list what is needed: default = \"deny\" and allow = [...]")
    ]
  }

  /// Names in the lists that change nothing.
  static func lists(_ subject: CheckedPolicy) -> [Diagnostic] {
    let operations = subject.policy.operations
    switch operations.byDefault {
    case .deny: return NameLists.check(allow: operations.allow, deny: operations.deny, "[operations]", subject)
    case .allow:
      guard let first = operations.allow.first(where: { $0.span.source == subject.start.source }) else { return [] }
      return [
        subject.warning(
          PolicyDiagnostics.alwaysTrue, "allow has no effect: default = \"allow\" allows what deny does not list",
          at: first.span, help: "remove allow, or say default = \"deny\"")
      ]
    }
  }

  /// Operations that reach around conditions, with how.
  private static let risks: [(name: String, reason: String)] = [
    ("uring_cmd", "sends commands to drivers and sockets, which filters cannot inspect"),
    ("uring_cmd128", "sends commands to drivers, which filters cannot inspect"),
    ("msg_ring", "sends completions and open files to rings of other processes"),
    ("fixed_fd_install", "turns files of the ring into descriptors for ordinary system calls"),
    ("epoll_ctl", "works on any descriptor, and epoll has a history of kernel bugs"),
  ]

  static func riskyOperations(_ subject: CheckedPolicy) -> [Diagnostic] {
    guard subject.hasConditions else { return [] }
    let operations = subject.policy.operations
    var findings = risks.compactMap { risk -> Diagnostic? in
      guard let operation = Operation(name: risk.name), operations.permits(operation) else { return nil }
      let place = operations.allow.first { $0.value == operation }?.span ?? operations.span ?? subject.start
      return subject.warning(
        PolicyDiagnostics.riskyOperation,
        "'\(risk.name)' is allowed and can bypass the conditions of this policy: it \(risk.reason)",
        at: place, help: "deny = [\"\(risk.name)\"] in [operations], unless the program needs it")
    }
    if let register = subject.policy.register, let personality = RegisterOperation(name: "personality"),
      register.permits(personality)
    {
      let place = register.allow?.first { $0.value == personality }?.span ?? register.span
      findings.append(
        subject.warning(
          PolicyDiagnostics.riskyOperation,
          "'personality' is allowed and can bypass the conditions of this policy: it keeps credentials "
            + "that the process gives up later",
          at: place, help: "leave it out of [register] allow, unless the program needs it"))
    }
    return findings
  }

  /// The operation that changes registered files, as some opcodes of io_uring_register(2) do.
  static func registerBypassed(_ subject: CheckedPolicy) -> [Diagnostic] {
    let operations = subject.policy.operations
    guard let register = subject.policy.register, let update = Operation(name: "files_update"),
      let permission = operations.allow.first(where: { $0.value == update }), operations.permits(update)
    else { return [] }
    let denied = ["files_update", "files_update2"].compactMap(RegisterOperation.init(name:))
      .filter { !register.permits($0) }
    if denied.isEmpty { return [] }
    let names = denied.map { "'\($0.name)'" }.joined(separator: " and ")
    return [
      subject.warning(
        PolicyDiagnostics.registerBypassed,
        "the operation 'files_update' changes registered files, which [register] denies as \(names)",
        at: permission.span, notes: [Diagnostic.Note("[register] is here", at: register.span)],
        help: "deny = [\"files_update\"] in [operations], or allow both")
    ]
  }

  static func registerLists(_ subject: CheckedPolicy) -> [Diagnostic] {
    guard let register = subject.policy.register, let allow = register.allow else { return [] }
    return NameLists.check(allow: allow, deny: register.deny, "[register]", subject)
  }

  static func registerUnrestricted(_ subject: CheckedPolicy) -> [Diagnostic] {
    guard subject.policy.register == nil else { return [] }
    return [
      subject.warning(
        PolicyDiagnostics.registerUnrestricted, "every opcode of io_uring_register(2) is allowed",
        at: subject.policy.operations.span ?? subject.start,
        help: "add [register] with allow = [\"@buffers\", \"@files\", \"@ring\", \"@query\"], or the part of it that "
          + "the program needs")
    ]
  }
}
