import Diagnostics
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

  /// Conditions on SQE flags that filters hold, and that exclude `async` for an operation that the kernel itself gives it
  /// to: those of one operation always; those of all where restrictions are not used.
  static func forcedAsync(_ subject: CheckedPolicy) -> [Diagnostic] {
    let policy = subject.policy
    func finding(_ rules: FlagRules, _ operations: [Operation], _ place: SourceSpan) -> Diagnostic? {
      guard excludes(rules, UInt64(SQEFlags.async.rawValue)), let what = forced(operations, subject) else { return nil }
      return subject.warning(
        PolicyDiagnostics.forcedAsync, "this denies what the kernel itself makes async before filters look: \(what)",
        at: rules.span ?? place, help: "let these operations have 'async', or deny them in [operations]")
    }
    var findings = policy.conditions.compactMap { finding($0.flags, [$0.operation.value], $0.span) }
    if policy.kernel.restrictions?.value == .never {
      findings += [finding(policy.operations.flags, Operation.known, subject.start)].compactMap(\.self)
    }
    return findings
  }

  /// True if no request may have any of these flags.
  private static func excludes(_ rules: FlagRules, _ bits: UInt64) -> Bool {
    if let allow = rules.allow, !allow.contains(where: { $0.value.bits & bits != 0 }) { return true }
    return rules.forbid.reduce(0) { $0 | $1.value.bits } & bits == bits
  }

  /// What is permitted of the operations and gets the flag, in words; `nil` if nothing is.
  private static func forced(_ operations: [Operation], _ subject: CheckedPolicy) -> String? {
    let words = operations.compactMap { operation -> String? in
      guard subject.policy.operations.permits(operation) else { return nil }
      switch ForcedAsync(operation) {
      case nil: return nil
      case .always: return operation.name
      case .sometimes(let what):
        if operation == .openat || operation == .openat2, changesNothing(subject) { return nil }
        return "\(operation.name) that \(what)"
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
}
