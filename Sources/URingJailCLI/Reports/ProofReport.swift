import BPF
import Diagnostics
import FilterAnalysis
import FilterCompiler
import Policy
import PolicyAdvice
import PolicyLanguage
import PolicyProof
import URingABI

/// What proving one policy came to.
struct ProofReport {
  private let name: String
  private let kernel: String
  private let proof: Proof
  private let sources: [SourceText]

  /// Proves what would be registered first: restrictions and filters, or filters alone where the policy wants that.
  init(
    _ set: PolicySet, named name: String, for kernel: KernelOption.Target
  ) throws(CompilationFailure) {
    self.name = name
    self.kernel = kernel.name
    sources = set.sources
    let compiled = CombinedPolicy(set.policies)
    let hidden = try compiled.hiddenOperations(from: kernel.abilities)
    let backend: RegistrationPlan.Backend = compiled.avoidsRestrictions ? .filtersOnly : .restrictionsAndFilters
    let plan = try RegistrationPlan(compiled.denying(hidden), for: kernel.abilities, backend: backend)
    proof = Proof(
      of: set.policies, plan, for: kernel.abilities, denying: Set(hidden),
      includingRegistration: backend == .restrictionsAndFilters)
  }

  var isComplete: Bool { proof.isComplete }

  // MARK: Text

  var text: String {
    var text = ""
    let name = Report.printable(name)
    if proof.isComplete {
      text += "\(name): proven for \(kernel): for every request, the kernel would do what the policy says\n"
    } else {
      text += "\(name): NOT proven for \(kernel)\n"
    }
    for part in proof.parts where !part.programs.isEmpty || !part.outcome.isAgreed {
      let count = part.programs.reduce(0) { $0 + $1.instructions.count }
      let size = part.programs.isEmpty ? "no filter" : "\(count) instruction\(count == 1 ? "" : "s")"
      text += "  \(part.operation.name): \(size), \(part.outcome.description)\n"
    }
    for example in proof.counterexamples { text += explanation(of: example) }
    return text
  }

  private func explanation(of example: Proof.Counterexample) -> String {
    let rule = example.decision.rule.map { " (\(place($0)))" } ?? ""
    return """
        counterexample: \(example.request.text)
          policy: \(example.decision.isAllowed ? "allow" : "deny"): \(example.decision.reason)\(rule)
          kernel: \(example.isAllowedByKernel ? "allow" : "deny")
          this is a mistake in uring-jail: please report it

      """
  }

  // MARK: JSON

  var json: JSON {
    .object([
      "policy": .string(name), "kernel": .string(kernel), "proven": .bool(proof.isComplete),
      "operations": .array(
        proof.parts.map { part in
          .object([
            "operation": .string(part.operation.name), "programs": .integer(Int64(part.programs.count)),
            "instructions": .integer(Int64(part.programs.reduce(0) { $0 + $1.instructions.count })),
            "outcome": .string(part.outcome.name),
          ])
        }),
      "counterexamples": .array(
        proof.counterexamples.map { example in
          .object([
            "request": .string(example.request.text),
            "policy": .string(example.decision.isAllowed ? "allow" : "deny"),
            "kernel": .string(example.isAllowedByKernel ? "allow" : "deny"),
            "reason": .string(example.decision.reason),
            "rule": example.decision.rule.map { .string(place($0)) },
          ])
        }),
    ])
  }

  private func place(_ span: SourceSpan) -> String { Report.place(span, in: sources) }
}

extension Proof.Outcome {
  fileprivate var isAgreed: Bool { if case .agreed = self { true } else { false } }

  /// For scripts.
  fileprivate var name: String {
    switch self {
    case .agreed: "agreed"
    case .differs: "differs"
    case .undecided: "undecided"
    }
  }

  fileprivate var description: String {
    switch self {
    case .agreed: "as the policy says"
    case .differs: "DIFFERS from the policy"
    case .undecided(let limit): "too large to decide (\(limit))"
    }
  }
}
