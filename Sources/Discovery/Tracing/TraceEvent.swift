package import Policy
package import URingABI

/// Something that a traced process did with io_uring.
package struct TraceEvent: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    /// A request that passed every filter and restriction, and was prepared (`io_uring_submit_req`).
    ///
    /// `flags`: those of the request; the kernel adds `async` to some by itself.
    case submitted(ring: UInt64, request: UInt64, operation: Operation, flags: UInt8, bySQThread: Bool)
    /// A request that was refused while it was prepared (`io_uring_req_failed`).
    case failed(Failure)
    /// The data of a request were shown to filters (return from the populate functions). What comes of the request
    /// follows, by the same task.
    case shown(Shown)
    /// io_uring_register(2) was entered.
    case registration(RegisterOperation)
    /// io_uring_register(2) returned; a negated error number, or more.
    case registrationResult(Int64)
    /// `usesSQThread`: a thread of the kernel's submits the requests.
    case ringCreated(ring: UInt64, usesSQThread: Bool)
    /// execve(2) has succeeded (`sched_process_exec`).
    case executed
  }

  package struct Failure: Sendable, Equatable {
    package let ring: UInt64
    package let request: UInt64
    package let operation: Operation
    /// `sqe->flags`
    package let flags: UInt8
    package let userData: UInt64
    /// `sqe->len`, and the 32 bits behind it that are flags of many operations.
    package let length: UInt32
    package let operationFlags: UInt32
    /// Negated.
    package let error: Int32

    package init(
      ring: UInt64 = 0, request: UInt64 = 0, operation: Operation, flags: UInt8 = 0, userData: UInt64 = 0,
      length: UInt32 = 0, operationFlags: UInt32 = 0, error: Int32 = -13
    ) {
      self.ring = ring
      self.request = request
      self.operation = operation
      self.flags = flags
      self.userData = userData
      self.length = length
      self.operationFlags = operationFlags
      self.error = error
    }
  }

  package struct Shown: Sendable, Equatable {
    package let request: UInt64
    package let operation: Operation
    package let flags: UInt8
    package let userData: UInt64
    package let payload: Submission.Payload

    package init(
      request: UInt64, operation: Operation, flags: UInt8 = 0, userData: UInt64 = 0, payload: Submission.Payload
    ) {
      self.request = request
      self.operation = operation
      self.flags = flags
      self.userData = userData
      self.payload = payload
    }
  }

  /// Nanoseconds of CLOCK_MONOTONIC.
  package let time: UInt64
  /// The thread that did it, by its number in the first namespace.
  package let task: Int32
  package let kind: Kind
  /// True if it comes from a thread of the kernel's that submits for a ring, of any process.
  package let isFromAnyThread: Bool

  package init(time: UInt64, task: Int32, _ kind: Kind, isFromAnyThread: Bool = false) {
    self.time = time
    self.task = task
    self.kind = kind
    self.isFromAnyThread = isFromAnyThread
  }
}
