package import BPF
package import Diagnostics
package import Policy
package import URingABI

/// A policy in the form that the kernel can be given: who may pass at all, and a program for each operation whose
/// arguments matter.
package struct CompiledPolicy: Sendable {
  private let rules: [OperationRules]

  /// Programs of operations that are permitted but only under conditions; all programs of an operation must allow.
  package let filters: [Operation: [Program]]

  /// True if requests for the operation can be allowed.
  package func permits(_ operation: Operation) -> Bool { rules.allSatisfy { $0.permits(operation) } }

  package init(_ policy: Policy) throws(CompilationFailure) {
    try self.init([policy])
  }

  /// Several policies intersect.
  ///
  /// - Throws: a diagnostic where a condition cannot be expressed; there is no approximation.
  package init(_ policies: [Policy]) throws(CompilationFailure) {
    precondition(!policies.isEmpty, "without a policy there is nothing to enforce")
    rules = policies.map(\.operations)
    var filters: [Operation: [Program]] = [:]
    for policy in policies {
      try Self.refuseUncompiled(policy)
      if let socket = policy.socket, policy.operations.permits(.socket) {
        filters[.socket, default: []].append(try Self.program(for: socket))
      }
    }
    self.filters = filters
  }

  /// What the language has and programs cannot express yet stops the launch at its place.
  private static func refuseUncompiled(_ policy: Policy) throws(CompilationFailure) {
    let places: [(SourceSpan?, String)] = [
      (policy.open?.span, "[open]"), (policy.connect?.span, "[connect]"), (policy.register?.span, "[register]"),
      (policy.operations.flags.isEmpty ? nil : policy.operations.flags.span, "[operations] flags"),
      (policy.conditions.first?.span, "[operation.NAME]"), (policy.socket?.deny.first?.span, "[socket] deny"),
      (policy.process.exec?.value == .deny ? policy.process.exec?.span : nil, "exec = \"deny\""),
      (policy.process.keepDescriptors.first?.span, "keep-fds"),
      (policy.process.droppedCapabilities?.span, "capabilities"),
      (policy.kernel.unsupported.flatMap { $0.value == .refuse ? nil : $0.span }, "unsupported"),
      (policy.kernel.restrictions.flatMap { $0.value == .auto ? nil : $0.span }, "restrictions"),
    ]
    for case (let span?, let place) in places { throw CompilationFailure(uncompiled: place, at: span) }
  }

  private static func program(for socket: SocketRules) throws(CompilationFailure) -> Program {
    let rules = (socket.allow ?? []).map { entry in
      var conditions: [FilterContext.Word: IntervalSet] = [:]
      conditions[FilterContext.Socket.family] = entry.families.map { IntervalSet(values: $0) }
      conditions[FilterContext.Socket.type] = entry.types.map { IntervalSet(values: $0) }
      conditions[FilterContext.Socket.protocolNumber] = entry.protocols.map { IntervalSet(values: $0) }
      return Rule(conditions)
    }
    do {
      return try CodeGenerator.program(for: DecisionGraph(allowing: rules))
    } catch {
      throw CompilationFailure(error, in: socket.allow?.first?.span, "[socket]")
    }
  }
}

/// Why a policy cannot be turned into programs, as a finding about the policy.
package struct CompilationFailure: Error {
  package static let tooLong = Diagnostic.ID("filter-too-long")

  package static let uncompiled = Diagnostic.ID("not-compiled")

  package let diagnostic: Diagnostic

  init(uncompiled place: String, at span: SourceSpan) {
    diagnostic = Diagnostic(
      Self.uncompiled, "\(place) cannot be enforced by this version of uring-jail", at: span,
      help: "'check' and 'test' know it already")
  }

  init(_ failure: Assembler.Failure, in span: SourceSpan?, _ place: String) {
    guard case .tooLong(let count) = failure, let span else {
      preconditionFailure("a filter always has an instruction, and conditions always have an entry")
    }
    diagnostic = Diagnostic(
      Self.tooLong, "\(place) needs \(count) instructions, and the kernel accepts \(FilterContext.mostInstructions)",
      at: span, help: "use fewer entries and values, or ranges of neighbouring values")
  }
}
