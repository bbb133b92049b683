package import Diagnostics

/// The meaning of every finding of the compiler.
package enum CompilationExplanations {
  package static let all: [Explanation] = [
    Explanation(
      CompilationFailure.tooLong, "a filter would be too long",
      "The kernel takes programs of at most 4096 instructions. Use fewer values, or ranges of neighbouring values.",
      example: nil)
  ]
}
