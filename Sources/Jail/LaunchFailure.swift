package import Diagnostics
import Kernel
import Policy

/// Why the target was not started, in words for the person who has to do something about it.
package struct LaunchFailure: Error, Equatable, Sendable {
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

  /// The same with its place in the policy, where the policy is what cannot be had.
  package let diagnostic: Diagnostic?

  package init(_ kind: Kind, _ message: String, help: String? = nil, diagnostic: Diagnostic? = nil) {
    self.kind = kind
    self.message = message
    self.help = help
    self.diagnostic = diagnostic
  }

  /// What the policy says cannot be had here.
  init(_ diagnostic: Diagnostic) {
    self.init(.setUp, diagnostic.message, help: diagnostic.help, diagnostic: diagnostic)
  }

  /// The target could not be executed.
  init(_ error: Execution.Failure, executing name: String) {
    switch error {
    case .notFound:
      let isPath = name.contains("/")
      self.init(
        .notFound, isPath ? "'\(name)' does not exist, or its interpreter does not" : "command '\(name)' not found",
        help: isPath ? nil : "give its path, or add its directory to PATH")
    case .notExecutable(_, .pretended):
      self.init(KernelError("execve", .pretended), while: "executing '\(name)'")
    case .notExecutable(let path, let errno):
      let help: String? =
        switch errno {
        case .execFormat: "it is neither a program for this machine nor a script with a #! line"
        case .accessDenied: "it must be a file with execute permission, in directories that this user may enter"
        default: nil
        }
      self.init(.cannotExecute, "cannot execute '\(path)': \(errno)", help: help)
    }
  }

  /// The kernel, or something in front of it, does not permit the target.
  ///
  /// A file with capabilities that it is to have at once is refused if the bounding set lacks one of them, whatever else
  /// holds (bprm_caps_from_vfs_caps(), security/commoncap.c).
  init(
    notPermitted path: FilePath, _ capabilities: FileCapabilities?, dropped: ProcessRules.DroppedCapabilities?
  ) {
    let message = "cannot execute '\(path)': \(Errno.notPermitted)"
    guard let capabilities, capabilities.areForced, capabilities.permitted != 0 else {
      self.init(
        .cannotExecute, message,
        help: "an outer jail with exec = \"deny\", a seccomp filter or a security module forbids it; allow it there")
      return
    }
    let taken = capabilities.numbers.filter { number in
      switch dropped {
      case nil: false
      case .some(.all): true
      case .some(.some(let numbers)): numbers.contains(number)
      }
    }
    let names = (taken.isEmpty ? capabilities.numbers : taken).map { number in
      Int(number) < Capability.names.count ? Capability.names[Int(number)] : "\(number)"
    }.joined(separator: ", ")
    self.init(
      .cannotExecute,
      "\(message): the file has capabilities (\(names)) that "
        + (taken.isEmpty ? "may be missing in the bounding set of this process" : "the policy drops"),
      help: taken.isEmpty
        ? "start uring-jail with these in its bounding set, or remove them from the file with setcap -r"
        : "leave them out of capabilities in [process], or remove them from the file with setcap -r")
  }

  /// A call that nothing more can be said about than that it failed.
  init(_ error: KernelError, while purpose: String) {
    self.init(.setUp, "\(purpose) failed: \(error)", help: Self.wayOut(of: error.errno))
  }

  /// What to do about an error number, whichever call of the set-up it came from.
  static func wayOut(of error: Errno) -> String {
    switch error {
    case .pretended:
      "let it make the call, or answer with an error: SystemCallFilter= and SystemCallErrorNumber= of a unit, the seccomp "
        + "profile of a container"
    case .notPermitted, .noSystemCall:
      "a seccomp filter (of a container runtime, say) may forbid the call; allow it for this program"
    case .accessDenied:
      "an outer jail or a security module may forbid the call; allow it there"
    case .noSuchFile, .notDirectory:
      "uring-jail needs /proc, in which /proc/self must be this process; mount it: mount -t proc proc /proc"
    case .noMemory:
      "free memory, or raise the memory limit, and try again"
    case .tooManyOpenFiles, .tooManyOpenFilesOnSystem:
      "raise the limit of open files (ulimit -n, or sysctl fs.file-max)"
    case .messageSize:
      "this kernel shows filters less of the operation than the policy needs; boot a newer one, or remove the "
        + "conditions"
    default:
      "no known kernel gives this answer; please report it, with the output of 'uname -a'"
    }
  }
}
