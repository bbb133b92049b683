import Discovery
import FilterCompiler
import Jail
import Kernel
import Policy
import URingABI

/// What a policy needs of the kernel and the caller, and whether it is had here.
struct PolicyNeeds {
  struct Need {
    let what: String
    let isMet: Bool
    /// What happens if it is not met, or how it is met in another way.
    let remark: String?

    init(_ what: String, _ isMet: Bool, _ remark: String? = nil) {
      self.what = what
      self.isMet = isMet
      self.remark = remark
    }
  }

  let name: String
  let needs: [Need]

  /// True if nothing that is known stands in the way of a start.
  var isMet: Bool { needs.allSatisfy(\.isMet) }

  init(name: String, policy: CompiledPolicy, probe: KernelProbe) {
    self.name = name
    var needs: [Need] = []
    let acceptsNoFilters = policy.kernel.unsupported.map { $0.value != .refuse } ?? false
    if acceptsNoFilters, !probe.canUseFilters {
      needs.append(Need("io_uring filters", true, "absent, which the policy accepts (unsupported)"))
    } else {
      needs.append(Need("io_uring filters", probe.canUseFilters))
    }
    for payload in FilterContext.payloads where policy.permits(payload.operation) {
      let conditions = policy.argumentConditions(on: payload.operation)
      if conditions.isEmpty || !probe.canUseFilters { continue }
      let isShown = probe.payloads[payload.operation].map { $0 >= payload.size } ?? false
      let isDenied = conditions.allSatisfy(\.mayDenyOperation)
      needs.append(
        Need(
          "\(payload.size) bytes of '\(payload.operation.name)' (Linux \(payload.since))", isShown || isDenied,
          isShown ? nil : isDenied ? "not shown: the operation is denied whole" : "not shown"))
    }
    if policy.process.exec?.value != .deny, let hole = probe.holes.first(where: { $0.hole.name == .h1 }) {
      let rule = policy.kernel.holes?.value ?? .refuse
      let isClosed = hole.finding == .closed
      let remark: String? =
        switch (isClosed, rule) {
        case (true, _): nil
        case (_, .refuse): "open: the start is refused (holes = \"refuse\")"
        case (_, .mitigate): "open: the target cannot execute programs (holes = \"mitigate\")"
        case (_, .accept): "open, which the policy accepts (holes = \"accept\")"
        }
      needs.append(Need("H1 closed", isClosed || rule != .refuse, remark))
    }
    if !policy.process.noNewPrivileges {
      needs.append(
        Need(
          "CAP_SYS_ADMIN or no_new_privs", probe.privileges.systemAdministration || probe.privileges.noNewPrivileges,
          "no-new-privileges = false"))
    }
    self.needs = needs
  }
}
