/// The machine's refusal: which call failed on what, and with which error.
package struct KernelError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The system call, with the argument that tells it apart: `io_uring_register(IORING_REGISTER_BPF_FILTER)`.
  package let call: String
  package let errno: Errno

  package init(_ call: String, _ errno: Errno) {
    self.call = call
    self.errno = errno
  }

  package var description: String { "\(call): \(errno)" }
}
