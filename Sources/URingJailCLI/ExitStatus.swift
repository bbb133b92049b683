/// How uring-jail ends when it does not become the target. Stable, and documented in the manual.
package enum ExitStatus: Int32, Sendable {
  case success = 0
  /// The answer is no: a policy has errors, or a test fails.
  case no = 1
  /// The command line is wrong (EX_USAGE of sysexits.h).
  case usage = 64
  /// The jail could not be set up as the policy says; the target was not started.
  case setUpFailed = 125
  /// The target is there and cannot be executed.
  case cannotExecute = 126
  /// There is no such target.
  case notFound = 127
}
