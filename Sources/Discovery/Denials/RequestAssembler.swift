import Policy
package import URingABI

/// Puts events together to requests.
///
/// What filters are shown of a request comes first, and by the same task; then either that it was submitted, or that it
/// failed.
package struct RequestAssembler: Sendable {
  /// -EACCES
  private static let denial: Int32 = -13
  /// Bounds on what is remembered; beyond them, the oldest knowledge is given up as a whole.
  private static let mostPending = 4096
  private static let mostRings = 65_536

  /// The last request of a task whose data were shown.
  private var pending: [Int32: TraceEvent.Shown] = [:]
  /// The opcode with which a task is in io_uring_register(2).
  private var calls: [Int32: RegisterOperation] = [:]
  /// Rings of followed processes for which a thread of the kernel's submits.
  private var threadRings: Set<UInt64> = []
  /// Rings on which a request with io_drain was seen. The kernel takes notice of the flag before anything is denied.
  private var drainedRings: Set<UInt64> = []
  /// A process that has not become the command yet.
  private var launcher: Int32?

  /// `launcher`: a process of which nothing counts until it executes the command, nor does anything that is done in the
  /// meantime: a launch asks the kernel whether its jail holds, which is denied.
  package init(launcher: Int32? = nil) {
    self.launcher = launcher
  }

  /// False as long as there is nothing but a launch.
  package var hasCommand: Bool { launcher == nil }

  /// `nil` for events that are only a part of a request, or about processes that are not followed.
  package mutating func take(_ event: TraceEvent) -> ObservedRequest? {
    if let launcher {
      if event.kind == .executed, event.task == launcher { self.launcher = nil }
      return nil
    }
    switch event.kind {
    case .executed:
      return nil
    case .shown(let shown):
      if pending.count >= Self.mostPending { pending.removeAll(keepingCapacity: true) }
      pending[event.task] = shown
      return nil
    case .submitted(let ring, let request, let operation, let flags, _):
      guard isFollowed(event, ring) else { return nil }
      let shown = shown(to: event.task, request, operation)
      let submission = Submission(operation, shown?.payload ?? .none, flags: flags, userData: shown?.userData ?? 0)
      let request = observed(event, submission, shown != nil, on: ring, .allowed)
      note(flags, on: ring)
      return request
    case .failed(let failure):
      guard isFollowed(event, failure.ring) else { return nil }
      let request = assembled(failure, event)
      note(failure.flags, on: failure.ring)
      return request
    case .registration(let operation):
      if calls.count >= Self.mostPending { calls.removeAll(keepingCapacity: true) }
      calls[event.task] = operation
      return nil
    case .registrationResult(let result):
      return finished(event, result)
    case .ringCreated(let ring, let usesSQThread):
      if usesSQThread {
        if threadRings.count >= Self.mostRings { threadRings.removeAll(keepingCapacity: true) }
        threadRings.insert(ring)
      }
      return nil
    }
  }

  /// A call that seccomp refuses is never seen to be entered, so its opcode is not known.
  private mutating func finished(_ event: TraceEvent, _ result: Int64) -> ObservedRequest? {
    let operation = calls.removeValue(forKey: event.task)
    let isDenied = result == Int64(Self.denial)
    guard isDenied || operation != nil else { return nil }
    return ObservedRequest(
      time: event.time, task: event.task, .registration(operation ?? .unseen),
      argumentsAreKnown: operation != nil, isDenied ? .denied : result < 0 ? .failed : .allowed)
  }

  private func isFollowed(_ event: TraceEvent, _ ring: UInt64) -> Bool {
    !event.isFromAnyThread || threadRings.contains(ring)
  }

  /// What was shown of a request, once.
  private mutating func shown(to task: Int32, _ request: UInt64, _ operation: Operation) -> TraceEvent.Shown? {
    guard operation.arguments != .none, let shown = pending[task] else { return nil }
    pending[task] = nil
    return shown.request == request && shown.operation == operation ? shown : nil
  }

  private mutating func assembled(_ failure: TraceEvent.Failure, _ event: TraceEvent) -> ObservedRequest {
    let shown = shown(to: event.task, failure.request, failure.operation)
    var payload = shown?.payload ?? .none
    var isKnown = shown != nil
    if shown == nil, failure.operation == .openat {
      // The entry itself has everything: `open_flags` and, as its length, the mode.
      payload = Submission.opening(
        .openat, flags: UInt64(failure.operationFlags), mode: UInt64(failure.length), resolve: 0)
      isKnown = true
    }
    let submission = Submission(failure.operation, payload, flags: failure.flags, userData: failure.userData)
    return observed(
      event, submission, isKnown, on: failure.ring, failure.error == Self.denial ? .denied : .failed)
  }

  private mutating func note(_ flags: UInt8, on ring: UInt64) {
    guard flags & SQEFlags.ioDrain.rawValue != 0 else { return }
    if drainedRings.count >= Self.mostRings { drainedRings.removeAll(keepingCapacity: true) }
    drainedRings.insert(ring)
  }

  private func observed(
    _ event: TraceEvent, _ submission: Submission, _ isKnown: Bool, on ring: UInt64,
    _ outcome: ObservedRequest.Outcome
  ) -> ObservedRequest {
    ObservedRequest(
      time: event.time, task: event.task, .submission(submission),
      argumentsAreKnown: isKnown || submission.operation.arguments == .none,
      mayFollowDrain: drainedRings.contains(ring), outcome)
  }
}

extension RegisterOperation {
  /// Stands for an opcode that was not seen. No kernel has it.
  package static let unseen = RegisterOperation(code: 255)
}
