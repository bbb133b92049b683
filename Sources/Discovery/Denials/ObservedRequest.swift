package import Policy

/// A request that a traced process made, put together from the events about it.
package struct ObservedRequest: Sendable, Equatable {
  package enum Outcome: Sendable, Equatable {
    /// It passed every filter and restriction.
    case allowed
    /// It was completed with EACCES while it was prepared.
    case denied
    /// It was refused for another reason, and might have been allowed.
    case failed
  }

  /// Nanoseconds of CLOCK_MONOTONIC.
  package let time: UInt64
  package let task: Int32
  package let request: Request
  /// False if the operation has arguments that filters can see, and they were not seen here.
  package let argumentsAreKnown: Bool
  /// True if a request with io_drain was submitted on the same ring before, of which the kernel may have given it flags.
  package let mayFollowDrain: Bool
  package let outcome: Outcome

  package init(
    time: UInt64 = 0, task: Int32 = 0, _ request: Request, argumentsAreKnown: Bool = true,
    mayFollowDrain: Bool = false, _ outcome: Outcome
  ) {
    self.time = time
    self.task = task
    self.request = request
    self.argumentsAreKnown = argumentsAreKnown
    self.mayFollowDrain = mayFollowDrain
    self.outcome = outcome
  }
}
