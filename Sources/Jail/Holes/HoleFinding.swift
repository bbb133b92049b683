/// What is known of a hole on the running kernel.
package enum HoleFinding: Hashable, Sendable {
  /// By its release, without a trial.
  case ruledOut
  /// By a trial, now or earlier since the kernel was booted.
  case closed
  case open
  /// It could not be tried; why. To be taken for open.
  case undecided(String)
}
