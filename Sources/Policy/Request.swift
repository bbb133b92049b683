package import URingABI

/// One io_uring request, with what the kernel would show a filter of it.
package struct Request: Hashable, Sendable {
  /// The data of operations whose arguments a filter sees.
  package enum Payload: Hashable, Sendable {
    case none
    /// The arguments of socket(2); the type may carry SOCK_CLOEXEC and SOCK_NONBLOCK.
    case socket(family: UInt32, type: UInt32, protocol: UInt32)
  }

  package let operation: Operation
  package let payload: Payload

  package init(_ operation: Operation, _ payload: Payload = .none) {
    self.operation = operation
    self.payload = payload
  }
}
