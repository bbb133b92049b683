/// The parts of a launch, in their order.
package enum LaunchStep: String, Hashable, Sendable, CaseIterable {
  /// Reading the policies, whether they may be trusted, and compiling them. The command line does that.
  case policy
  case privilege
  case descriptors
  /// What the kernel can do.
  case kernel
  case holes
  /// Restrictions and filters of io_uring.
  case registration
  /// The seccomp filter.
  case systemCalls = "system-calls"
  case capabilities
}

/// Who is told of a launch while it goes on.
package struct LaunchLog {
  /// Something that the caller should know in any case: what is not confined.
  package let warn: (String) -> Void
  /// What was just done, and as which part of the launch; `nil` where nobody listens.
  package let step: ((LaunchStep, String) -> Void)?
  /// What begins now: a failure after this is one of that part.
  package let begin: ((LaunchStep) -> Void)?

  package init(
    warn: @escaping (String) -> Void, step: ((LaunchStep, String) -> Void)? = nil,
    begin: ((LaunchStep) -> Void)? = nil
  ) {
    self.warn = warn
    self.step = step
    self.begin = begin
  }
}
