import Diagnostics
import Policy
import TOMLSyntax
import URingABI

/// Conditions on flags, and `[open]`, which is made of them.
extension PolicyDecoder {
  /// The vocabulary is not made for what is not there.
  ///
  /// `isWhole`: nothing else decides about the word, so that it can be told by the conditions alone whether any word
  /// satisfies them.
  mutating func flagRules(
    _ entry: TOMLTable.Entry?, _ vocabulary: @autoclosure () -> FlagVocabulary, _ place: String, isWhole: Bool = true
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
    for key in ["forbid", "require"] { reportEmptyList(table[key]) }
    checkBothAllowedAndForbidden(rules)
    if isWhole { checkSatisfiable([rules], vocabulary) }
    return rules
  }

  /// A list that says nothing: of denials, for instance.
  mutating func reportEmptyList(_ entry: TOMLTable.Entry?) {
    guard let entry, case .array(let elements) = entry.value.kind, elements.isEmpty else { return }
    reader.warn(
      PolicyDiagnostics.alwaysTrue, "'\(entry.key.name)' has no effect: the list is empty", at: entry.value.span,
      help: "remove it, or write what was meant")
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
          help: NameAdvice.help(for: name, among: vocabulary.flags.lazy.map(\.name))
            ?? "known names: \(vocabulary.flags.map(\.name).joined(separator: ", "))")
      }
    case .integer(let number):
      let isMode = vocabulary == OpenConstants.mode
      let largest = vocabulary.largestNumber
      guard let bits = UInt64(exactly: number), bits > 0, bits <= largest else {
        reader.report(
          PolicyDiagnostics.outOfRange, "\(vocabulary.kind) \(number) is out of range", at: element.span,
          help: isMode
            ? "numbers from 1 to 0o7777 are possible; the kernel refuses files with other bits"
            : "numbers from 1 to \(largest) are possible")
        return []
      }
      if isMode, bits > 7, !element.hasRadixPrefix {
        let written = String(bits)
        let meant = written.utf8.allSatisfy { $0 < UInt8(ascii: "8") } ? "0o\(written)" : "0o\(String(bits, radix: 8))"
        reader.report(
          PolicyDiagnostics.decimalMode, "the mode \(bits) is written in decimal", at: element.span,
          help: "permissions are octal: write \(meant)")
        return []
      }
      if bits & vocabulary.ignored != 0 {
        reader.report(
          PolicyDiagnostics.flagWithoutEffect, "this number has bits that are not flags", at: element.span,
          help: "the access mode is restricted with access; O_LARGEFILE is set by the kernel")
        return []
      }
      return isMode
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

  // MARK: [open]

  mutating func decodeOpen(_ entry: TOMLTable.Entry?) -> OpenRules? {
    guard let entry, let table = reader.table(entry.value, as: Language.open) else { return nil }
    if table.entries.isEmpty { reportEmptyTable("[open]", at: entry.key.span) }
    return OpenRules(
      access: table["access"].flatMap { accessList($0) },
      flags: flagRules(table["flags"], OpenConstants.flags, "[open] flags", isWhole: table["access"] == nil),
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
