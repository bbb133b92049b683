import Diagnostics
import Discovery
import Jail
import Kernel
import URingABI

/// What `probe` found, for people and for programs.
struct ProbeReport {
  let probe: KernelProbe
  /// How a launch with the policies goes, if there are any.
  let launch: LaunchReport?

  /// True if filters can be used here; with policies, if the command would be started.
  var isYes: Bool { launch.map(\.isYes) ?? probe.canUseFilters }

  // MARK: For people

  var text: String {
    var lines = [
      line("kernel", probe.release), line("filters", answer(probe.filters, yes: "yes", no: "no")),
      line(
        "restrictions", answer(probe.restrictions, yes: "yes", no: "no: this process is already in a jail")),
    ]
    switch probe.abilities {
    case .known(let abilities):
      lines.append(
        line("query", "\(abilities.operationCount) operations, \(abilities.registerOperationCount) register opcodes"))
    case .unknown(let reason): lines.append(line("query", "no: \(reason)"))
    }
    for operation in Operation.withArguments where probe.filters.value == true {
      let size = probe.payloads[operation]
      let shown = size.map { $0 == 0 ? "nothing" : "\($0) bytes" } ?? "unknown"
      lines.append(line("data of \(operation.name)", shown))
    }
    for hole in probe.holes {
      lines.append(line("hole \(hole.hole.title)", "\(Self.words(hole)) (if open, the kernel \(hole.hole.summary))"))
    }
    lines.append(line("privileges", privileges))
    lines.append(line("rings", rings))
    lines.append(
      line("learn and trace", probe.tracingObstacle.map { "no: \($0.message); \($0.help)" } ?? "yes"))
    if let launch {
      lines += launch.lines
    } else {
      lines.append(isYes ? "filters can be used here" : "no")
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private func line(_ name: String, _ value: String) -> String {
    name + ": " + String(repeating: " ", count: max(0, 24 - name.count)) + value
  }

  private func answer(_ answer: KernelProbe.Answer<Bool>, yes: String, no: String) -> String {
    switch answer {
    case .known(true): yes
    case .known(false): no
    case .unknown(let reason): "unknown: \(reason)"
    }
  }

  private static func words(_ hole: KernelProbe.Hole) -> String {
    switch hole.finding {
    case .closed: "closed"
    case .open: hole.hole.mitigation.takesSomething ? "OPEN" : "open, but closed by a jail"
    case .absent: "not applicable"
    case .undecided(let reason): "unknown (\(reason))"
    }
  }

  private var privileges: String {
    let has = probe.privileges
    let parts = [
      has.noNewPrivileges ? "no_new_privs is set" : "no_new_privs can be set",
      has.systemAdministration ? "CAP_SYS_ADMIN" : "no CAP_SYS_ADMIN",
      has.inUserNamespace.map { $0 ? "in a user namespace" : "in the initial user namespace" } ?? "namespace unknown",
    ]
    return parts.joined(separator: ", ")
  }

  private var rings: String {
    let sysctl = probe.disabled.map { disabled in
      "kernel.io_uring_disabled = \(disabled)"
        + (disabled == 1 ? ", kernel.io_uring_group = \(probe.group.map(String.init) ?? "unknown")" : "")
    }
    return (probe.ringError.map { "no: \($0)" } ?? "yes") + (sysctl.map { " (\($0))" } ?? "")
  }

  // MARK: For programs

  /// Members may be added in later releases, and are never renamed.
  var json: String {
    var members = [
      JSON.Member("version", .integer(1)), JSON.Member("usable", .bool(isYes)),
      JSON.Member("kernel", .string(probe.release)),
      JSON.Member("filters", probe.filters.value.map(JSON.bool) ?? .null),
      JSON.Member("restrictions", probe.restrictions.value.map(JSON.bool) ?? .null),
      JSON.Member("operations", count(probe.abilities.value?.operationCount)),
      JSON.Member("register_opcodes", count(probe.abilities.value?.registerOperationCount)),
    ]
    let shown = Operation.withArguments.compactMap { operation in
      probe.payloads[operation].map { JSON.Member(operation.name, .integer(Int64($0))) }
    }
    members += [
      JSON.Member("data", .object(shown)),
      JSON.Member("holes", .object(probe.holes.map { JSON.Member($0.hole.name.rawValue, Self.value($0.finding)) })),
      JSON.Member("no_new_privileges", .bool(probe.privileges.noNewPrivileges)),
      JSON.Member("cap_sys_admin", .bool(probe.privileges.systemAdministration)),
      JSON.Member("user_namespace", probe.privileges.inUserNamespace.map(JSON.bool) ?? .null),
      JSON.Member("rings", .bool(probe.ringError == nil)),
      JSON.Member("io_uring_disabled", count(probe.disabled)), JSON.Member("io_uring_group", count(probe.group)),
      JSON.Member("tracing", .bool(probe.tracingObstacle == nil)),
      JSON.Member("tracing_obstacle", probe.tracingObstacle.map { .string($0.message) } ?? .null),
    ]
    members.append(JSON.Member("launch", launch?.json ?? .null))
    return JSON.object(members).pretty
  }

  private func count(_ number: Int?) -> JSON { number.map { .integer(Int64($0)) } ?? .null }

  private static func value(_ outcome: HoleTrials.Outcome) -> JSON {
    switch outcome {
    case .closed: .string("closed")
    case .open: .string("open")
    case .absent: .string("absent")
    case .undecided: .null
    }
  }
}
