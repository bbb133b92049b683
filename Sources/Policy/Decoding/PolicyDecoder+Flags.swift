import Diagnostics
import TOMLSyntax
import URingABI

/// Conditions on flags, and `[open]`, which is made of them.
extension PolicyDecoder {
  /// The vocabulary is not made for what is not there.
  mutating func flagRules(
    _ entry: TOMLTable.Entry?, _ vocabulary: @autoclosure () -> FlagVocabulary, _ place: String
  ) -> FlagRules {
    guard let entry, let table = reader.table(entry.value, as: Language.flagTable(place)) else { return .none }
    let vocabulary = vocabulary()
    if table.entries.isEmpty {
      reader.report(
        PolicyDiagnostics.emptyEntry, "\(place) has no condition", at: entry.value.span,
        help: "add allow, forbid or require, or remove it")
    }
    let rules = FlagRules(
      allow: table["allow"].map { flags($0, vocabulary) }, forbid: flags(table["forbid"], vocabulary),
      require: flags(table["require"], vocabulary), span: entry.key.span)
    checkContradictions(rules, place)
    return rules
  }

  private mutating func flags(_ entry: TOMLTable.Entry?, _ vocabulary: FlagVocabulary) -> [Located<Flag>] {
    guard let entry else { return [] }
    var seen = NamePlaces()
    return reader.anyNumber(entry.value).flatMap { element -> [Located<Flag>] in
      var first: SourceSpan?
      let found = flag(element, vocabulary).filter { flag in
        guard let place = seen.update(flag.name, to: element.span) else { return true }
        first = first ?? place
        return false
      }
      reportDuplicate(first, "this", at: element.span)
      return found.map { Located($0, at: element.span) }
    }
  }

  /// The flags that one element stands for: a number of the mode can be several permissions at once.
  private mutating func flag(_ element: TOMLValue, _ vocabulary: FlagVocabulary) -> [Flag] {
    switch element.kind {
    case .string(let name):
      if let flag = vocabulary.flag(named: name) { return [flag] }
      if let advice = Self.notAFlag(name, vocabulary) {
        reader.report(
          PolicyDiagnostics.flagWithoutEffect, "'\(name)' cannot be restricted as a flag", at: element.span,
          help: advice)
      } else {
        reader.report(
          PolicyDiagnostics.unknownName, "unknown \(vocabulary.kind) \(quoting: name)", at: element.span,
          help: ValueReader.suggestion(for: name, among: vocabulary.flags.lazy.map(\.name))
            ?? "known names: \(vocabulary.flags.map(\.name).joined(separator: ", "))")
      }
    case .integer(let number):
      let largest = vocabulary.width == 64 ? UInt64(Int64.max) : 1 << UInt64(vocabulary.width) - 1
      guard let bits = UInt64(exactly: number), bits > 0, bits <= largest else {
        reader.report(
          PolicyDiagnostics.outOfRange, "\(vocabulary.kind) \(number) is out of range", at: element.span,
          help: "numbers from 1 to \(largest) are possible")
        return []
      }
      if bits & vocabulary.ignored != 0 {
        reader.report(
          PolicyDiagnostics.flagWithoutEffect, "this number has bits that are no flags", at: element.span,
          help: "the access mode is restricted with access; O_LARGEFILE is set by the kernel")
        return []
      }
      return vocabulary == OpenConstants.mode
        ? (0..<64).map { 1 << $0 }.filter { bits & $0 != 0 }.map(vocabulary.flag(numbered:))
        : [vocabulary.flag(numbered: bits)]
    default:
      let _: Void? = reader.mismatch(element, expected: "a name or a number")
    }
    return []
  }

  /// Why a name from open(2) is no flag here.
  private static func notAFlag(_ name: String, _ vocabulary: FlagVocabulary) -> String? {
    guard vocabulary == OpenConstants.flags else { return nil }
    return switch name {
    case "rdonly", "wronly", "rdwr", "accmode": "write access = [\"read\"], \"write\" or \"read-write\" in [open]"
    case "largefile": "the kernel sets it on every request of a 64-bit program"
    default: nil
    }
  }

  // MARK: Contradictions

  /// Reports conditions that exclude each other, so that nothing could ever satisfy them all.
  private mutating func checkContradictions(_ rules: FlagRules, _ place: String) {
    let allowed = rules.allow.map(NamePlaces.init)
    let forbidden = NamePlaces(rules.forbid)
    for required in rules.require {
      if let other = forbidden[required.value] {
        reportContradiction("'\(required.value.name)' is required and forbidden", required.span, other)
      }
      if let allowed, allowed[required.value] == nil {
        reportContradiction("'\(required.value.name)' is required but not among the allowed", required.span, rules.span)
      }
    }
    for forbidden in rules.forbid {
      guard let other = allowed?[forbidden.value] else { continue }
      reportContradiction("'\(forbidden.value.name)' is allowed and forbidden", forbidden.span, other)
    }
    // Flags that exclude others are few, and flags by number may be many.
    let all = Array(rules.require.enumerated())
    let exclusive = all.filter { Self.isExclusive($0.element.value) }
    for (index, first) in all {
      for (other, second) in Self.isExclusive(first.value) ? all : exclusive
      where other > index && Self.exclude(first.value, second.value) {
        reportContradiction(
          "'\(first.value.name)' and '\(second.value.name)' cannot both be set", second.span, first.span)
      }
    }
  }

  /// RESOLVE_BENEATH and RESOLVE_IN_ROOT, which the kernel refuses together.
  private static let rivals = ["beneath", "in_root"]

  /// True for a flag that others can exclude. Of two that are not, both can always be set.
  private static func isExclusive(_ flag: Flag) -> Bool { flag.mask != flag.value || rivals.contains(flag.name) }

  private static func exclude(_ a: Flag, _ b: Flag) -> Bool {
    // Both look at the same bits and want them different.
    if a.value & b.mask != b.value & a.mask { return true }
    return a.name != b.name && rivals.contains(a.name) && rivals.contains(b.name)
  }

  mutating func reportContradiction(_ message: String, _ span: SourceSpan, _ other: SourceSpan?) {
    reader.report(
      PolicyDiagnostics.contradictoryFlags, message, at: span,
      notes: other.map { [Diagnostic.Note("the other condition is here", at: $0)] } ?? [],
      help: "remove one of the two: no request can satisfy both")
  }

  /// Conditions in different tables that no request can satisfy together.
  mutating func checkFlagsAgree(_ policy: Policy) {
    for conditions in policy.conditions {
      checkPair(conditions.flags, policy.operations.flags)
      checkPair(policy.operations.flags, conditions.flags)
    }
    guard let open = policy.open, let access = open.access, let first = access.first else { return }
    let readsOnly = access.allSatisfy { $0.value == .read }
    let pathOnly = access.allSatisfy { $0.value == .path }
    let hasPath = access.contains { $0.value == .path }
    for flag in open.flags.require {
      let changes = flag.value.bits & OpenConstants.changing != 0
      let isPath = flag.value.bits == OpenConstants.path
      if readsOnly, changes {
        reportContradiction(
          "'\(flag.value.name)' changes the file system, which access = [\"read\"] excludes", flag.span,
          first.span)
      } else if isPath, !hasPath {
        reportContradiction("'path' is required but access does not have it", flag.span, first.span)
      }
    }
    if pathOnly, let forbidden = open.flags.forbid.first(where: { $0.value.bits == OpenConstants.path }) {
      reportContradiction("'path' is forbidden and all that access allows", forbidden.span, first.span)
    }
  }

  private mutating func checkPair(_ rules: FlagRules, _ others: FlagRules) {
    let allowed = others.allow.map(NamePlaces.init)
    let forbidden = NamePlaces(others.forbid)
    for required in rules.require {
      if let other = forbidden[required.value] {
        reportContradiction("'\(required.value.name)' is required and forbidden", required.span, other)
      } else if let allowed, allowed[required.value] == nil {
        reportContradiction(
          "'\(required.value.name)' is required but not among the allowed", required.span, others.span)
      }
    }
  }

  // MARK: [open]

  mutating func decodeOpen(_ entry: TOMLTable.Entry?) -> OpenRules? {
    guard let entry, let table = reader.table(entry.value, as: Language.open) else { return nil }
    if table.entries.isEmpty { reportEmptyTable("[open]", at: entry.key.span) }
    return OpenRules(
      access: table["access"].flatMap { accessList($0) },
      flags: flagRules(table["flags"], OpenConstants.flags, "[open] flags"),
      mode: flagRules(table["mode"], OpenConstants.mode, "[open] mode"),
      resolve: flagRules(table["resolve"], OpenConstants.resolve, "[open] resolve"), span: entry.key.span)
  }

  /// `nil` after an error, too: flags can be held only against an access that is known whole.
  private mutating func accessList(_ entry: TOMLTable.Entry) -> [Located<OpenRules.Access>]? {
    guard let elements = reader.oneOrMore(entry.value) else { return nil }
    var seen = NamePlaces()
    let accesses = elements.compactMap { element -> Located<OpenRules.Access>? in
      guard let access: OpenRules.Access = reader.choice(element, of: "access") else { return nil }
      reportDuplicate(seen.update(access.rawValue, to: element.span), "this", at: element.span)
      return Located(access, at: element.span)
    }
    return accesses.count == elements.count ? accesses : nil
  }

  mutating func reportEmptyTable(_ place: String, at span: SourceSpan) {
    reader.report(
      PolicyDiagnostics.emptyEntry, "\(place) has no condition", at: span, help: "add one, or remove the table")
  }
}
