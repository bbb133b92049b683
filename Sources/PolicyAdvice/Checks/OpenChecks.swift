import Diagnostics
import Policy
import PolicyLanguage
import URingABI

/// `[open]`
enum OpenChecks {
  /// What a policy allows that is about files being changed.
  private static let changing = [
    "fallocate", "ftruncate", "renameat", "unlinkat", "mkdirat", "symlinkat", "linkat",
    "setxattr", "fsetxattr",
  ]
  /// These change files, or send to what the others make.
  private static let writing = ["write", "writev", "write_fixed", "writev_fixed"]
  private static let connecting = ["socket", "connect", "accept"]

  /// Files that can be opened in any way, under a policy that seems to be about reading them.
  static func unrestricted(_ subject: CheckedPolicy) -> [Diagnostic] {
    let operations = subject.policy.operations
    func permitsAny(_ names: [String]) -> Bool {
      names.compactMap(Operation.init(name:)).contains(where: operations.permits)
    }
    let opening = [Operation.openat, .openat2].filter(operations.permits)
    let changesFiles = permitsAny(changing) || (permitsAny(writing) && !permitsAny(connecting))
    guard subject.policy.open == nil, operations.byDefault == .deny, !opening.isEmpty, !changesFiles else { return [] }
    let permission = operations.allow.first { opening.contains($0.value) }
    let names = opening.map { "'\($0.name)'" }.joined(separator: " and ")
    return [
      subject.warning(
        PolicyDiagnostics.openUnrestricted,
        "\(names) can also create, truncate and write files, because there is no [open]",
        at: permission?.span ?? subject.start, help: "add [open] with access = [\"read\"]")
    ]
  }

  /// `openat` has no resolve flags, so a required one denies it.
  static func resolveUnchecked(_ subject: CheckedPolicy) -> [Diagnostic] {
    let operations = subject.policy.operations
    guard let open = subject.policy.open, let required = open.resolve.require.first, operations.permits(.openat) else {
      return []
    }
    let permission = operations.allow.first { $0.value == .openat }
    return [
      subject.warning(
        PolicyDiagnostics.resolveUnchecked,
        "'openat' is allowed but can never satisfy this: it has no resolve flags, so every openat is denied",
        at: required.span, notes: permission.map { [Diagnostic.Note("'openat' is allowed here", at: $0.span)] } ?? [],
        help: "allow only openat2, or say deny = [\"openat\"] in [operations]")
    ]
  }

  static func withoutEffect(_ subject: CheckedPolicy) -> [Diagnostic] {
    guard let open = subject.policy.open else { return [] }
    var findings: [Diagnostic] = []
    func report(_ message: String, _ span: SourceSpan?) {
      findings.append(subject.warning(PolicyDiagnostics.alwaysTrue, message, at: span ?? open.span, help: "remove it"))
    }
    if let access = open.access, access.allSatisfy({ $0.value == .read || $0.value == .path }) {
      if !open.mode.isEmpty { report("[open] mode has no effect: access lets no file be created", open.mode.span) }
      for flag in open.flags.forbid
      where flag.value.bits & OpenConstants.changing != 0 && access.allSatisfy({ $0.value == .read }) {
        report("forbidding '\(flag.value.name)' has no effect: access excludes it already", flag.span)
      }
    }
    if !open.resolve.isEmpty, open.resolve.require.isEmpty, !subject.policy.operations.permits(.openat2) {
      report("[open] resolve has no effect: only openat2 has resolve flags, and it is not allowed", open.resolve.span)
    }
    return findings
  }
}
