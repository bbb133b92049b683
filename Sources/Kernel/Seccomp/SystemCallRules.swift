import URingABI

/// What a seccomp filter is to take from the target, beside what io_uring's own filters do.
package struct SystemCallRules: Sendable {
  /// Opcodes of io_uring_register(2) that may be called: index is the opcode, and the kernel has as many as there are
  /// elements. `nil` leaves them all free.
  ///
  /// Others fail as the kernel would have it: EACCES, and EINVAL for those that it does not have.
  package var permittedRegistrations: [Bool]?
  /// io_uring_setup(2), io_uring_enter(2) and io_uring_register(2) fail with ENOSYS.
  package var blocksIOURing: Bool
  /// execve(2) fails with EPERM but for the call that has this marker, and execveat(2) always.
  package var execution: ExecutionMarker?

  package init(
    permittedRegistrations: [Bool]? = nil, blocksIOURing: Bool = false, execution: ExecutionMarker? = nil
  ) {
    self.permittedRegistrations = permittedRegistrations
    self.blocksIOURing = blocksIOURing
    self.execution = execution
  }

  /// What the rules are about, for people.
  package var subjects: String {
    var subjects: [String] = []
    if blocksIOURing {
      subjects.append("io_uring as a whole")
    } else if permittedRegistrations != nil {
      subjects.append("register opcodes")
    }
    if execution != nil { subjects.append("execution of programs") }
    return subjects.joined(separator: ", ")
  }

  /// Nothing is taken.
  package var isEmpty: Bool { permittedRegistrations == nil && !blocksIOURing && execution == nil }
}
