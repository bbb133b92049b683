package import Diagnostics

/// What a policy says that a kernel, or the place where the program is started, cannot do.
package enum LaunchDiagnostics {
  package static let unfilterable = Diagnostic.ID("unfilterable")

  /// Their meaning, for `check --explain` and the manual.
  package static let explanations: [Explanation] = [
    Explanation(
      unfilterable, "the kernel does not show what a condition is about",
      """
      Filters see the arguments of openat, openat2 and socket from Linux 7.0 on, those of connect from 7.2 on. On an \
      older kernel the target is not started; with unfilterable = "deny-operation" in [kernel] it is, and the operation \
      is denied whole.
      """, example: nil)
  ]
}
