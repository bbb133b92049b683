package import FilterCompiler
package import Kernel
package import Policy

/// What was done to this process, and holds for the target from its first instruction on.
package struct Confinement: Sendable {
  /// What became of io_uring.
  package enum IOURing: Sendable {
    /// Restricted as the policy says.
    case restricted(RegistrationPlan)
    /// There is none for the target: its calls fail with ENOSYS.
    case blocked
    /// As it was; the policy accepts that.
    case unconfined
  }

  package var release = ""
  package var privilege = Privilege.noNewPrivileges
  /// Descriptors above 2 that the target gets.
  package var descriptors: [Int32] = []
  package var ioUring = IOURing.unconfined
  /// The opcodes of io_uring_register(2) are held by seccomp.
  package var filtersRegistration = false
  /// The target starts, and nothing else does.
  package var deniesExecution = false
  package var droppedCapabilities: ProcessRules.DroppedCapabilities?
  package var executionHole: HoleFinding?
  /// What the caller was warned of.
  package var warnings: [String] = []
  /// What the target's own execution needs. A secret.
  var marker: ExecutionMarker?

  init() {}
}
