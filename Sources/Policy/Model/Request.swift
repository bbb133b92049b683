package import URingABI

/// One thing that a program can ask of io_uring, as the kernel sees it when it decides.
package enum Request: Hashable, Sendable {
  /// A submission queue entry.
  case submission(Submission)
  /// io_uring_register(2).
  case registration(RegisterOperation)
}

/// A submission queue entry, with what the kernel would show a filter of it.
package struct Submission: Hashable, Sendable {
  /// The data of operations whose arguments a filter sees.
  package enum Payload: Hashable, Sendable {
    case none
    /// The arguments of `openat` and `openat2` after the kernel's own preparation, see `opening`.
    case open(flags: UInt64, mode: UInt64, resolve: UInt64)
    /// The arguments of socket(2); the type may carry SOCK_CLOEXEC and SOCK_NONBLOCK.
    case socket(family: UInt32, type: UInt32, protocol: UInt32)
    /// A peer of IPv4 or IPv6.
    case connect(to: IPAddress, port: UInt16)
    /// A peer of another family, `AF_*`, of which a filter sees nothing more.
    case connectElsewhere(family: UInt32)
  }

  package let operation: Operation
  /// `sqe->flags`
  package let flags: UInt8
  /// `sqe->user_data`
  package let userData: UInt64
  package let payload: Payload

  package init(_ operation: Operation, _ payload: Payload = .none, flags: UInt8 = 0, userData: UInt64 = 0) {
    self.operation = operation
    self.flags = flags
    self.userData = userData
    self.payload = payload
  }

  /// What the kernel makes of it, if it is as a program has written it.
  package var prepared: Submission {
    guard case .open(let flags, let mode, let resolve) = payload else { return self }
    let opening = Self.opening(operation, flags: flags, mode: mode, resolve: resolve)
    return Submission(operation, opening, flags: self.flags, userData: userData)
  }

  /// The payload that the kernel makes of an open request.
  ///
  /// `openat` loses the bits that it does not know, nearly everything beside O_PATH, and the mode of a file that it
  /// does not create (build_open_how(), fs/open.c); `openat2` keeps everything. O_LARGEFILE is added to both, but not
  /// beside O_PATH (io_openat_prep(), io_uring/openclose.c).
  package static func opening(
    _ operation: Operation, flags: UInt64, mode: UInt64, resolve: UInt64
  ) -> Payload {
    let added = flags & OpenConstants.path == 0 ? OpenConstants.largeFile : 0
    guard operation == .openat else { return .open(flags: flags | added, mode: mode, resolve: resolve) }
    var kept = flags & OpenConstants.valid
    if kept & OpenConstants.path != 0 { kept &= OpenConstants.validWithPath }
    let creates = kept & OpenConstants.creating != 0
    return .open(flags: kept | added, mode: creates ? mode & OpenConstants.validMode : 0, resolve: 0)
  }
}
