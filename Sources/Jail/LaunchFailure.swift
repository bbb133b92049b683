import Kernel

/// Why the target was not started, in words for the person who has to do something about it.
package struct LaunchFailure: Error, Hashable, Sendable {
  /// Which of the launcher's exit statuses it is.
  package enum Kind: Sendable {
    /// The jail could not be set up as the policy says.
    case setUp
    /// The target is there and cannot be executed.
    case cannotExecute
    /// There is no such target.
    case notFound
  }

  package let kind: Kind
  /// What went wrong and why, without a full stop.
  package let message: String
  /// The way out.
  package let help: String?

  init(_ kind: Kind, _ message: String, help: String? = nil) {
    self.kind = kind
    self.message = message
    self.help = help
  }

  /// A call that nothing more can be said about than that it failed.
  init(_ error: KernelError, while purpose: String) {
    self.init(.setUp, "\(purpose) failed: \(error)")
  }
}
