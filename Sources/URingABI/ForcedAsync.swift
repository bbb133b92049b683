/// Which requests of an operation the kernel makes asynchronous by itself, whether they have the flag or not.
///
/// It does so while it prepares the request (`REQ_F_FORCE_ASYNC` in io_uring's `io_*_prep` functions), before filters look
/// at its flags and after restrictions did. LabTests compare this with the running kernel.
package enum ForcedAsync: Hashable, Sendable {
  case never
  case always
  /// Those that create or truncate a file.
  case whereFilesChange
  /// Those that are about more than the order of access, which filters do not see.
  case whereAdviceIsSlow
}
