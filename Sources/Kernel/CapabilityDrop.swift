/// Gives up capabilities for good.
///
/// A capability is gone when it is out of the permitted set, which ends its use, and cannot come back by execve(2). It
/// comes back to root, whose programs get the bounding and the inheritable set, and by capabilities of a file, which
/// the bounding set limits. So it must leave those two as well. The ambient set follows: the kernel keeps it within the
/// permitted and the inheritable set (cap_capset(), security/commoncap.c).
///
/// Under `no_new_privs`, execve(2) adds nothing to the permitted set (cap_bprm_creds_from_file()), so that the bounding
/// set does not matter. Without CAP_SETPCAP, which its change needs, it is then left as it is.
package struct CapabilityDrop {
  private let calls: any SystemCalls

  package init(_ calls: any SystemCalls) {
    self.calls = calls
  }

  /// - Parameters:
  ///   - capabilities: by number; `nil` for all that there are.
  ///   - noNewPrivileges: the attribute is set.
  /// - Throws: EPERM if the bounding set has one that must leave it and cannot.
  package func drop(_ capabilities: [UInt8]?, noNewPrivileges: Bool) throws(KernelError) {
    // Capability sets have 64 bits.
    let isLimited = try limit(
      to: capabilities ?? Array(0...63), stopsAtUnknown: capabilities == nil, noNewPrivileges: noNewPrivileges)
    let mask = capabilities.map { $0.reduce(0) { $0 | 1 << UInt64($1) } } ?? UInt64.max
    let sets = try attempt("capget", calls.capabilities)
    let reduced = CapabilitySets(
      effective: sets.effective & ~mask, permitted: sets.permitted & ~mask, inheritable: sets.inheritable & ~mask)
    if reduced != sets {
      try attempt("capset") { () throws(Errno) in try calls.setCapabilities(reduced) }
      guard try attempt("capget", calls.capabilities) == reduced else { throw KernelError("capset", .pretended) }
    }
    if isLimited { try requireLimit(to: mask, noNewPrivileges) }
  }

  /// prctl(PR_CAPBSET_READ) says 0 of what is gone, which a seccomp filter can say as well.
  private func requireLimit(to mask: UInt64, _ noNewPrivileges: Bool) throws(KernelError) {
    let status: ProcessStatus
    do throws(KernelError) {
      status = try ProcessStatus(calls)
    } catch {
      // Nothing depends on the set then.
      if noNewPrivileges { return }
      throw error
    }
    if status.boundingSet & mask != 0 { throw KernelError("prctl(PR_CAPBSET_DROP)", .pretended) }
  }

  /// False if the set is left as it is, which does not matter.
  private func limit(
    to capabilities: [UInt8], stopsAtUnknown: Bool, noNewPrivileges: Bool
  ) throws(KernelError) -> Bool {
    for capability in capabilities {
      var isUnknown = false
      do throws(Errno) {
        try calls.dropFromBoundingSet(capability)
      } catch {
        if error == .notPermitted, noNewPrivileges { return false }
        guard error == .notPermitted || error == .invalid, try !isInBoundingSet(capability, &isUnknown) else {
          throw KernelError("prctl(PR_CAPBSET_DROP, \(capability))", error)
        }
      }
      // Nobody has what the kernel does not know. Its numbers have no gaps.
      if isUnknown, stopsAtUnknown { return true }
    }
    return true
  }

  private func isInBoundingSet(_ capability: UInt8, _ isUnknown: inout Bool) throws(KernelError) -> Bool {
    do throws(Errno) {
      return try calls.isInBoundingSet(capability)
    } catch {
      guard error == .invalid else { throw KernelError("prctl(PR_CAPBSET_READ, \(capability))", error) }
      isUnknown = true
      return false
    }
  }
}
