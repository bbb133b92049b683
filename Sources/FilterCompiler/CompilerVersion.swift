/// Which compiler made a precompiled policy.
///
/// A file keeps the programs that it was made with, mistakes included. So the number goes up with **every** change of
/// what a policy is compiled to, and with every change of what a launch makes of the rest of a file, and a launch
/// takes files with its own number only: whoever has an older one makes it anew, by a command that the message names.
///
/// `CompilerVersionTests` compiles a fixed set of policies and fails when the outcome is another one under the same
/// number.
enum CompilerVersion {
  /// - 1: the first with a number; files of format 1 have none.
  /// - 2: no file has filters that require `async` or `io_drain`, which 1 wrote for several policies together.
  static let current: UInt32 = 2
}
