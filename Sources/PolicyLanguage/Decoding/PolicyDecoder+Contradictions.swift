import Diagnostics
import Policy
import TOMLSyntax
import URingABI

/// Conditions on flags that exclude each other, so that nothing could ever satisfy them all.
extension PolicyDecoder {
  // MARK: One word of flags

  mutating func checkBothAllowedAndForbidden(_ rules: FlagRules) {
    guard let allowed = rules.allow.map(NamePlaces.init) else { return }
    for forbidden in rules.forbid {
      guard let other = allowed[forbidden.value] else { continue }
      reportContradiction("'\(forbidden.value.name)' is allowed and forbidden", forbidden.span, other)
    }
  }

  /// Reports conditions on the same word, of one table or of several, that no word satisfies together.
  ///
  /// - Returns: whether some word does.
  @discardableResult
  mutating func checkSatisfiable(_ rules: [FlagRules], _ vocabulary: FlagVocabulary) -> Bool {
    for (first, second) in rivals(among: rules.flatMap(\.require)) {
      reportContradiction(
        "'\(first.value.name)' and '\(second.value.name)' cannot both be set", second.span, first.span)
      return false
    }
    if FlagSatisfaction(rules, vocabulary).isPossible { return true }
    reportCause(rules, vocabulary)
    return false
  }

  /// RESOLVE_BENEATH and RESOLVE_IN_ROOT, which the kernel refuses together, and flags that want the same bits different.
  private func rivals(among required: [Located<Flag>]) -> [(Located<Flag>, Located<Flag>)] {
    let rivals = ["beneath", "in_root"]
    // Such flags are few, and flags by number may be many.
    let exclusive = required.enumerated().filter { element in
      element.element.value.mask != element.element.value.value || rivals.contains(element.element.value.name)
    }
    for (index, first) in exclusive.prefix(32) {
      for (other, second) in required.enumerated() where other != index {
        let differ = first.value.value & second.value.mask != second.value.value & first.value.mask
        let refused =
          first.value.name != second.value.name && rivals.contains(first.value.name)
          && rivals.contains(second.value.name)
        if differ || refused { return [index < other ? (first, second) : (second, first)] }
      }
    }
    return []
  }

  /// Names the first pair of conditions that excludes everything, if it takes only two.
  private mutating func reportCause(_ rules: [FlagRules], _ vocabulary: FlagVocabulary) {
    let required = rules.flatMap(\.require)
    // Of long lists the first flags will do: whoever writes more has a program write them.
    for flag in required.prefix(32) {
      let (mask, value) = (flag.value.mask, flag.value.value)
      for forbidden in rules.flatMap(\.forbid).prefix(256)
      where forbidden.value.mask & ~mask == 0 && value & forbidden.value.mask == forbidden.value.value {
        let isSame = forbidden.value == flag.value
        reportContradiction(
          isSame
            ? "'\(flag.value.name)' is required and forbidden"
            : "'\(flag.value.name)' is required, and '\(forbidden.value.name)' in it is forbidden",
          flag.span, forbidden.span)
        return
      }
      let alone = FlagRules(require: [flag])
      for list in rules {
        guard let allow = list.allow, allow.count <= 256,
          !FlagSatisfaction([alone, FlagRules(allow: allow)], vocabulary).isPossible
        else { continue }
        reportContradiction("'\(flag.value.name)' is required, but 'allow' does not list it", flag.span, list.span)
        return
      }
    }
    guard let place = required.last?.span ?? rules.compactMap(\.span).first else { return }
    reader.report(
      PolicyDiagnostics.contradictoryFlags, "no request can satisfy these conditions together", at: place,
      help: "remove one of them")
  }

  private mutating func reportContradiction(_ message: String, _ span: SourceSpan, _ other: SourceSpan?) {
    reader.report(
      PolicyDiagnostics.contradictoryFlags, message, at: span,
      notes: other.map { [Diagnostic.Note("the other condition is here", at: $0)] } ?? [],
      help: "remove one of the two: no request can satisfy both")
  }

  // MARK: The whole policy

  /// Conditions in different tables that no request can satisfy together, and those that filters cannot hold.
  mutating func checkFlagsAgree(_ policy: Policy) {
    let common = policy.operations.flags
    for conditions in policy.conditions where !conditions.flags.isEmpty && !common.isEmpty {
      // Each by itself has been looked at.
      let alone = [conditions.flags, common].allSatisfy { FlagSatisfaction([$0], SQEFlags.vocabulary).isPossible }
      if alone { checkSatisfiable([conditions.flags, common], SQEFlags.vocabulary) }
    }
    for conditions in policy.conditions where conditions.flags.areMetByAddedFlags {
      reportFlagOfTheKernel(
        conditions.flags,
        "filters enforce [operation.\(conditions.operation.value.name)] and cannot require 'async' or 'io_drain'",
        help: "require it in [operations] flags, which restrictions enforce, or remove the condition")
    }
    if [policy].holdCommonFlagsByFilters(), common.areMetByAddedFlags {
      let isNever = policy.kernel.restrictions?.value == .never
      reportFlagOfTheKernel(
        common,
        isNever
          ? "with restrictions = \"never\", filters enforce these flags and cannot require 'async' or 'io_drain'"
          : "filters enforce flags of several bits and cannot require 'async' or 'io_drain'",
        help: isNever
          ? "remove restrictions = \"never\" from [kernel], or the condition"
          : "name single flags in allow and forbid, so that restrictions can enforce them, or remove the condition")
    }
    if let open = policy.open { checkAccess(open) }
  }

  private mutating func reportFlagOfTheKernel(_ rules: FlagRules, _ message: String, help: String) {
    guard let place = rules.placeOfAddedFlags else { return }
    reader.report(
      PolicyDiagnostics.flagOfTheKernel, "\(message): the kernel sets them itself before filters run", at: place,
      help: help)
  }

  // MARK: [open]

  /// Flags beside `access`: at least one of its words must leave some way to open a file.
  private mutating func checkAccess(_ open: OpenRules) {
    guard let access = open.access, let first = access.first else { return }
    let exempt = open.accessAllowsPath ? OpenConstants.path : 0
    let isPossible = access.contains { access in
      FlagSatisfaction(
        [open.flags], OpenConstants.flags, exempting: exempt, fixing: access.value.fixedFlags
      ).isPossible
    }
    if isPossible { return }
    if !FlagSatisfaction([open.flags], OpenConstants.flags, exempting: exempt).isPossible {
      reportCause([open.flags], OpenConstants.flags)
      return
    }
    for flag in open.flags.require {
      if flag.value.bits & OpenConstants.changing != 0, access.allSatisfy({ $0.value == .read }) {
        reportContradiction(
          "'\(flag.value.name)' changes the file system, which access = [\"read\"] excludes", flag.span, first.span)
        return
      }
      if flag.value.bits & OpenConstants.path != 0, exempt == 0 {
        reportContradiction("'\(flag.value.name)' is required but access does not have it", flag.span, first.span)
        return
      }
    }
    if let forbidden = open.flags.forbid.first(where: { $0.value.bits == OpenConstants.path }) {
      reportContradiction("'path' is forbidden, but access allows nothing else", forbidden.span, first.span)
      return
    }
    reader.report(
      PolicyDiagnostics.contradictoryFlags, "no request can satisfy access and these flags together",
      at: open.flags.span ?? open.span, help: "remove one of the conditions")
  }
}

extension OpenRules.Access {
  /// Bits beyond the access mode that every request for it has.
  fileprivate var fixedFlags: (mask: UInt64, value: UInt64) {
    switch self {
    case .read: (OpenConstants.path | OpenConstants.changing, 0)
    case .write, .readWrite: (OpenConstants.path, 0)
    case .path: (OpenConstants.path, OpenConstants.path)
    }
  }
}
