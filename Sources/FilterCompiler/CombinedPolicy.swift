package import BPF
package import Diagnostics
package import Policy
import PolicyLanguage
package import URingABI

/// All policies of a launch as one: which operations may pass at all, which flags every request may carry, which register
/// opcodes may be called, and programs for operations with conditions, which are compiled when they are asked for.
package struct CombinedPolicy: Sendable {
  private let policies: [Policy]
  /// Compiled ahead.
  private let precompiled: [PrecompiledPolicy]
  /// Operations that are denied whole because the kernel does not show what their conditions are about.
  private let denied: CodeSet

  package init(_ policy: Policy) {
    self.init([policy])
  }

  /// Several policies intersect.
  package init(_ policies: [Policy], precompiled: [PrecompiledPolicy] = []) {
    precondition(!policies.isEmpty || !precompiled.isEmpty, "without a policy there is nothing to enforce")
    self.init(policies: policies, precompiled: precompiled, denied: CodeSet())
  }

  private init(policies: [Policy], precompiled: [PrecompiledPolicy], denied: CodeSet) {
    self.policies = policies
    self.precompiled = precompiled
    self.denied = denied
  }

  /// The same with further operations denied whole.
  package func denying(_ operations: [Operation]) -> CombinedPolicy {
    CombinedPolicy(policies: policies, precompiled: precompiled, denied: denied.union(CodeSet(operations)))
  }

  /// True if requests for the operation can be allowed.
  package func permits(_ operation: Operation) -> Bool {
    // Elements are looked at in place: this is asked of every operation, and a policy is costly to copy.
    !denied.contains(operation.code) && policies.indices.allSatisfy { policies[$0].operations.permits(operation) }
      && precompiled.indices.allSatisfy { precompiled[$0].permitted.contains(operation.code) }
  }

  /// True if the register opcode may be called.
  package func permits(_ operation: RegisterOperation) -> Bool {
    policies.indices.allSatisfy { policies[$0].register?.permits(operation) ?? true }
      && precompiled.indices.allSatisfy { precompiled[$0].permittedRegistrations.contains(operation.code) }
  }

  /// True if some register opcode may not be called.
  package var restrictsRegistration: Bool { registrationSpan != nil }

  /// Where the first policy says so.
  package var registrationSpan: SourceSpan? {
    policies.lazy.compactMap { $0.register?.span }.first
      ?? precompiled.lazy.compactMap { $0.registrationPlace?.span }.first
  }

  /// True if there are conditions on the operation's own arguments.
  package func readsArguments(of operation: Operation) -> Bool {
    OperationCompiler(operation, policies).readsArguments
      || precompiled.contains { $0.entry(of: operation)?.argumentPlace != nil }
  }

  /// Conditions on the operation's own arguments, which the kernel must show.
  package struct ArgumentConditions: Sendable {
    package let span: SourceSpan
    /// True if the operation may be denied whole where the kernel shows too little.
    package let mayDenyOperation: Bool
  }

  /// Of each policy that has some.
  package func argumentConditions(on operation: Operation) -> [ArgumentConditions] {
    policies.compactMap { policy in
      let span = policy.argumentRules(of: operation).span
      let mayDeny = policy.kernel.unfilterable?.value == .denyOperation
      return span.map { ArgumentConditions(span: $0, mayDenyOperation: mayDeny) }
    }
      + precompiled.compactMap { policy in
        policy.entry(of: operation).flatMap { entry in
          entry.argumentPlace.map { ArgumentConditions(span: $0.span, mayDenyOperation: entry.mayDenyOperation) }
        }
      }
  }

  // MARK: Flags of every request

  /// The flags that every request may and must carry, where classic restrictions can say it: single bits that are
  /// required, forbidden or free. `nil` if the conditions are of another form.
  package var commonFlags: (allowed: SQEFlags, required: SQEFlags)? {
    guard policies.allSatisfy({ $0.operations.flags.areOfSingleBits }), let region = commonFlagRegion,
      region.cubes.count == 1
    else { return nil }
    let cube = region.cubes[0]
    let forbidden = UInt8(truncatingIfNeeded: cube.mask & ~cube.value)
    return (SQEFlags(rawValue: ~forbidden), SQEFlags(rawValue: UInt8(truncatingIfNeeded: cube.value)))
  }

  /// True if some request is denied for its flags alone.
  package var restrictsFlags: Bool { !(commonFlagRegion?.isEverything ?? false) }

  /// - Throws: where flags of every request are required that filters cannot hold, as the kernel sets them itself.
  func requireFlagsToBeSeen() throws(CompilationFailure) {
    if commonFlagRegion?.isEmpty ?? false { return }
    for policy in policies where policy.operations.flags.areMetByAddedFlags {
      throw CompilationFailure(unseenFlagsAt: policy.operations.flags.placeOfAddedFlags)
    }
    for policy in precompiled {
      guard let flags = policy.commonFlags, flags.isMetByAddedFlags else { continue }
      throw CompilationFailure(unseenFlagsAt: nil)
    }
  }

  /// `nil` if a precompiled policy has conditions that are no cube.
  private var commonFlagRegion: CubeSet? {
    var region = CubeSet.everything
    for policy in policies {
      region = region.intersection(FlagRegion.cubes(of: policy.operations.flags, SQEFlags.vocabulary))
    }
    for policy in precompiled {
      guard let flags = policy.commonFlags else { return nil }
      region = region.intersection(Cube(mask: UInt64(flags.mask), value: UInt64(flags.value)))
    }
    return region
  }

  // MARK: Programs

  /// The programs that requests of a permitted operation must all pass; empty if it has no conditions.
  ///
  /// `withCommonFlags`: conditions on the flags of every request are not enforced by other means.
  package func programs(
    for operation: Operation, withCommonFlags: Bool
  ) throws(CompilationFailure) -> [Program] {
    let ahead = precompiled.flatMap { $0.programs(for: operation, withCommonFlags: withCommonFlags) }
    let compiler = OperationCompiler(operation, policies)
    guard compiler.hasConditions(withCommonFlags: withCommonFlags) else { return ahead }
    do {
      return try compiler.programs(withCommonFlags: withCommonFlags) + ahead
    } catch {
      throw CompilationFailure(error, operation, argumentConditions(on: operation).first?.span)
    }
  }

  /// What the policies say of the process, all together. A launch mostly has one.
  package var process: ProcessRules {
    if policies.count == 1, precompiled.isEmpty { return policies[0].process }
    return ProcessRules.intersection(of: policies.map(\.process) + precompiled.map(\.process))
  }

  /// What they say of kernels, all together: the strictest of each.
  package var kernel: KernelRules {
    if policies.count == 1, precompiled.isEmpty { return policies[0].kernel }
    return KernelRules.intersection(of: policies.map(\.kernel) + precompiled.map(\.kernel))
  }

  /// True if classic restrictions must not be used.
  package var avoidsRestrictions: Bool {
    (policies.map(\.kernel) + precompiled.map(\.kernel)).contains { $0.restrictions?.value == .never }
  }
}

/// Why a policy cannot be enforced, as a finding about the policy.
package struct CompilationFailure: Error {
  package static let tooLong = Diagnostic.ID("filter-too-long")

  package let diagnostic: Diagnostic

  init(_ diagnostic: Diagnostic) {
    self.diagnostic = diagnostic
  }

  /// `span`: `nil` for a policy without text.
  init(unseenFlagsAt span: SourceSpan?) {
    diagnostic = Diagnostic(
      PolicyDiagnostics.flagOfTheKernel,
      "only restrictions can require 'async' or 'io_drain', and they cannot be used here: the kernel sets these "
        + "flags itself before filters run",
      at: span ?? SourceSpan(0..<0, in: SourceID(-1)),
      help: "start uring-jail outside of other jails and without a policy that has restrictions = \"never\", or remove "
        + "the condition")
  }

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
