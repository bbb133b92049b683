package import Diagnostics

/// What a policy says that a kernel, or the place where the program is started, cannot do.
package enum LaunchDiagnostics {
  package static let registrationUnrestricted = Diagnostic.ID("register-not-enforceable")

  /// Their meaning, for `check --explain` and the manual.
  package static let explanations: [Explanation] = [
    Explanation(
      registrationUnrestricted, "register opcodes cannot be restricted here",
      """
      Register opcodes are held by classic restrictions, which a task can have once. Inside another jail, and with \
      restrictions = "never", there is no way to restrict them.
      """, example: nil),
  ]
}
