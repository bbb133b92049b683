import Diagnostics
import Policy
import PolicyLanguage
import URingABI

/// Conditions on flags, wherever they stand.
enum FlagChecks {
  /// Lists of every flag there is.
  static func alwaysTrue(_ subject: CheckedPolicy) -> [Diagnostic] {
    let policy = subject.policy
    var rules: [(FlagRules, FlagVocabulary)] = [(policy.operations.flags, SQEFlags.vocabulary)]
    rules += policy.conditions.map { ($0.flags, SQEFlags.vocabulary) }
    if let open = policy.open {
      rules += [
        (open.flags, OpenConstants.flags), (open.mode, OpenConstants.mode), (open.resolve, OpenConstants.resolve),
      ]
    }
    return rules.compactMap { rules, vocabulary in
      guard let allow = rules.allow, Set(vocabulary.flags).isSubset(of: allow.map(\.value)) else { return nil }
      return subject.warning(
        PolicyDiagnostics.alwaysTrue, "this allows every \(vocabulary.kind) there is",
        at: rules.span ?? subject.start, help: "remove allow")
    }
  }

  /// Conditions on SQE flags that filters hold, and that flags break which the kernel sets itself: those of one operation
  /// always; those of all where restrictions do not hold them.
  static func forcedAsync(_ subject: CheckedPolicy) -> [Diagnostic] {
    let policy = subject.policy
    var findings = policy.conditions.compactMap {
      addedFlags($0.flags, [$0.operation.value], $0.span, subject)
    }
    if [policy].holdCommonFlagsByFilters() {
      let common = addedFlags(policy.operations.flags, Operation.known, subject.start, subject)
      findings += [common].compactMap(\.self)
    }
    return findings
  }

  private static func addedFlags(
    _ rules: FlagRules, _ operations: [Operation], _ place: SourceSpan, _ subject: CheckedPolicy
  ) -> Diagnostic? {
    if rules.isEmpty || !operations.contains(where: subject.policy.operations.permits) { return nil }
    let denied: String
    if denies(rules, once: Circumstances.behindDrain) {
      let own = forced(operations, subject).map { "requests of \($0), and " } ?? ""
      denied = "'async': \(own)every request that has 'io_drain' or comes after one"
    } else if denies(rules, once: Circumstances.behindDrainedLink) {
      denied = "'io_drain': the request after linked requests of which one has it"
    } else {
      return nil
    }
    return subject.warning(
      PolicyDiagnostics.forcedAsync, "this also denies requests on which the kernel itself sets \(denied)",
      at: rules.span ?? place,
      help: "allow 'async' and 'io_drain', or accept that such requests are denied")
  }

  /// True if the conditions hold for some word of flags, and no longer once the kernel has added to it.
  private static func denies(_ rules: FlagRules, once added: SQEFlags) -> Bool {
    (0...UInt64(UInt8.max)).contains { word in
      ReferenceEvaluator.satisfies(rules, word) && !ReferenceEvaluator.satisfies(rules, word | UInt64(added.rawValue))
    }
  }

  /// What is permitted of the operations and gets the flag, in words; `nil` if nothing is.
  private static func forced(_ operations: [Operation], _ subject: CheckedPolicy) -> String? {
    let words = operations.compactMap { operation -> String? in
      guard subject.policy.operations.permits(operation) else { return nil }
      switch operation.forcedAsync {
      case .never: return nil
      case .always: return operation.name
      case .whereFilesChange:
        return changesNothing(subject) ? nil : "\(operation.name) that creates or truncates a file"
      case .whereAdviceIsSlow: return "\(operation.name) that is about more than the order of access"
      }
    }
    return words.isEmpty ? nil : words.joined(separator: ", ")
  }

  /// True if [open] lets no file be created or truncated.
  private static func changesNothing(_ subject: CheckedPolicy) -> Bool {
    guard let open = subject.policy.open else { return false }
    if let access = open.access, access.allSatisfy({ $0.value == .read }) { return true }
    return excludes(open.flags, OpenConstants.changing)
  }

  /// True if no request may have any of these flags.
  private static func excludes(_ rules: FlagRules, _ bits: UInt64) -> Bool {
    if let allow = rules.allow, !allow.contains(where: { $0.value.bits & bits != 0 }) { return true }
    return rules.forbid.reduce(0) { $0 | $1.value.bits } & bits == bits
  }
}
