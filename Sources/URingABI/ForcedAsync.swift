/// Operations that the kernel makes asynchronous by itself, whether a request has the flag or not.
///
/// It does so while it prepares the request (`REQ_F_FORCE_ASYNC` in io_uring's `io_*_prep` functions), before filters look
/// at its flags and after restrictions did. LabTests hold the list against the running kernel.
package enum ForcedAsync: Sendable, Equatable {
  case always
  /// With requests that do what the words say.
  case sometimes(String)

  /// `nil`: never.
  package init?(_ operation: Operation) {
    switch operation.name {
    case "fsync", "sync_file_range", "fallocate", "madvise", "statx", "splice", "tee", "shutdown", "renameat",
      "unlinkat", "mkdirat", "symlinkat", "linkat", "fsetxattr", "setxattr", "fgetxattr", "getxattr", "ftruncate":
      self = .always
    case "openat", "openat2": self = .sometimes("creates or truncates a file")
    case "fadvise": self = .sometimes("is about more than the order of access")
    default: return nil
    }
  }
}
