package import BPF
package import Diagnostics
package import Policy
package import URingABI

/// Policies in the form that a kernel can be given: which operations may pass at all, which flags every request may
/// carry, which register opcodes may be called, and programs for operations with conditions.
package struct CompiledPolicy: Sendable {
  private let policies: [Policy]
  /// Operations that are denied whole because the kernel does not show what their conditions are about.
  private let denied: Set<Operation>

  package init(_ policy: Policy) throws(CompilationFailure) {
    try self.init([policy])
  }

  /// Several policies intersect.
  ///
  /// - Throws: a diagnostic where something cannot be enforced; there is no approximation.
  package init(_ policies: [Policy]) throws(CompilationFailure) {
    precondition(!policies.isEmpty, "without a policy there is nothing to enforce")
    self.init(policies: policies, denied: [])
  }

  private init(policies: [Policy], denied: Set<Operation>) {
    self.policies = policies
    self.denied = denied
  }

  /// The same with further operations denied whole.
  package func denying(_ operations: some Sequence<Operation>) -> CompiledPolicy {
    CompiledPolicy(policies: policies, denied: denied.union(operations))
  }

  /// True if requests for the operation can be allowed.
  package func permits(_ operation: Operation) -> Bool {
    !denied.contains(operation) && policies.allSatisfy { $0.operations.permits(operation) }
  }

  /// True if the register opcode may be called.
  package func permits(_ operation: RegisterOperation) -> Bool {
    policies.allSatisfy { $0.register?.permits(operation) ?? true }
  }

  /// True if some register opcode may not be called.
  package var restrictsRegistration: Bool { policies.contains { $0.register != nil } }

  /// Where the first policy says so.
  package var registrationSpan: SourceSpan? { policies.lazy.compactMap { $0.register?.span }.first }

  /// Conditions on the operation's own arguments, which the kernel must show: the policies that have some, and where.
  package func argumentConditions(on operation: Operation) -> [(policy: Policy, span: SourceSpan)] {
    policies.compactMap { policy in
      let span =
        switch operation {
        case .openat, .openat2: policy.open?.span
        case .socket: policy.socket?.span
        case .connect: policy.connect?.span
        default: Optional<SourceSpan>.none
        }
      return span.map { (policy, $0) }
    }
  }

  // MARK: Flags of every request

  /// The flags that every request may and must carry, where classic restrictions can say it: single bits that are
  /// required, forbidden or free. `nil` if the conditions are of another form.
  package var commonFlags: (allowed: SQEFlags, required: SQEFlags)? {
    let region = commonFlagRegion
    guard region.cubes.count == 1 else { return nil }
    let cube = region.cubes[0]
    let forbidden = UInt8(truncatingIfNeeded: cube.mask & ~cube.value)
    return (SQEFlags(rawValue: ~forbidden), SQEFlags(rawValue: UInt8(truncatingIfNeeded: cube.value)))
  }

  /// True if some request is denied for its flags alone.
  package var restrictsFlags: Bool { !commonFlagRegion.isEverything }

  private var commonFlagRegion: CubeSet {
    policies.reduce(CubeSet.everything) {
      $0.intersection(FlagRegion.cubes(of: $1.operations.flags, SQEFlags.vocabulary))
    }
  }

  // MARK: Programs

  /// The programs that requests of a permitted operation must all pass; empty if it has no conditions.
  ///
  /// `withCommonFlags`: conditions on the flags of every request are not enforced by other means.
  package func programs(
    for operation: Operation, withCommonFlags: Bool
  ) throws(CompilationFailure) -> [Program] {
    let compiler = OperationCompiler(operation, policies)
    guard compiler.hasConditions(withCommonFlags: withCommonFlags) else { return [] }
    do {
      return try compiler.programs(withCommonFlags: withCommonFlags)
    } catch {
      throw CompilationFailure(error, operation, argumentConditions(on: operation).first?.span)
    }
  }

  // MARK: What is not about requests

  /// What happens to the process itself.
  package var process: ProcessRules { ProcessRules.intersection(of: policies.map(\.process)) }

  /// What to do where the kernel cannot do all of it.
  package var kernel: KernelRules { KernelRules.intersection(of: policies.map(\.kernel)) }

  /// True if classic restrictions must not be used.
  package var avoidsRestrictions: Bool { policies.contains { $0.kernel.restrictions?.value == .never } }
}

/// Why a policy cannot be enforced, as a finding about the policy.
package struct CompilationFailure: Error {
  package static let tooLong = Diagnostic.ID("filter-too-long")

  package let diagnostic: Diagnostic

  init(_ failure: Assembler.Failure, _ operation: Operation, _ span: SourceSpan?) {
    guard case .tooLong(let count) = failure, let span else {
      preconditionFailure("a filter always has an instruction, and only arguments make it long")
    }
    diagnostic = Diagnostic(
      Self.tooLong,
      "the conditions on '\(operation.name)' need \(count) instructions that cannot be divided among "
        + "programs of \(FilterContext.mostInstructions)",
      at: span, help: "use fewer entries and values, or ranges of neighbouring values")
  }
}
