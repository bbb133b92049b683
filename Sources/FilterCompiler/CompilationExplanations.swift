package import Diagnostics

/// The meaning of every finding of the compiler.
package enum CompilationExplanations {
  package static let all: [Explanation] = [
    Explanation(
      CompilationFailure.tooLong, "a filter would be too long",
      "The kernel takes programs of at most 4096 instructions. Use fewer values, or ranges of neighbouring values.",
      example: nil),
    Explanation(
      CompilationFailure.unfilterable, "the kernel does not show what a condition is about",
      """
      Filters see the arguments of openat, openat2 and socket from Linux 7.0 on, those of connect from 7.2 on. On an \
      older kernel the program is not started; with unfilterable = "deny-operation" in [kernel] it is started, and \
      the operation is always denied.
      """, example: nil),
  ]
}
