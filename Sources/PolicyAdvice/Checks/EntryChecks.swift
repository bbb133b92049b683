import Diagnostics
import PolicyLanguage

/// What an entry of `[socket]` or `[connect]` matches, as far as entries are compared.
protocol EntryRegion {
  func covers(_ other: Self) -> Bool
  func meets(_ other: Self) -> Bool
  /// True if nothing matches.
  var isEmpty: Bool { get }
  /// How many values and ranges a comparison may look at.
  var size: Int { get }
}

/// Entries that another one makes superfluous, and those that never match.
enum EntryChecks {
  struct Entry<Region: EntryRegion> {
    let region: Region
    let span: SourceSpan
  }

  /// What comparing all entries of two lists may look at. It grows with the square of the number of entries; whoever
  /// writes more has a program write them.
  private static let mostLookedAt = 4_000_000

  /// True if it takes no long time to compare every entry of one list with every entry of the other.
  static func areComparable<Region: EntryRegion>(_ first: [Region], _ second: [Region]) -> Bool {
    func size(_ regions: [Region]) -> Int { regions.reduce(0) { $0 + $1.size } }
    return first.count * size(second) + second.count * size(first) <= mostLookedAt
  }

  static func check<Region>(
    allow: [Entry<Region>]?, deny: [Entry<Region>], _ place: String, _ subject: CheckedPolicy
  ) -> [Diagnostic] {
    let (allowed, denied) = ((allow ?? []).map(\.region), deny.map(\.region))
    guard areComparable(allowed, allowed), areComparable(denied, denied), areComparable(allowed, denied) else {
      return []
    }
    var findings = shadowed(allow ?? [], subject) + shadowed(deny, subject)
    for entry in allow ?? [] where !entry.region.isEmpty {
      guard let denial = deny.first(where: { $0.region.covers(entry.region) }) else { continue }
      findings.append(
        subject.warning(
          PolicyDiagnostics.neverTrue, "this allows nothing: all of it is denied", at: entry.span,
          notes: [Diagnostic.Note("denied here", at: denial.span)], help: "remove it, or narrow the denial"))
    }
    if let allow {
      for denial in deny where !denial.region.isEmpty && !allow.contains(where: { $0.region.meets(denial.region) }) {
        findings.append(
          subject.warning(
            PolicyDiagnostics.neverTrue, "this denies nothing: no entry of \(place) allow reaches it", at: denial.span,
            help: "remove it; what allow does not list is denied"))
      }
    }
    return findings
  }

  private static func shadowed<Region>(_ entries: [Entry<Region>], _ subject: CheckedPolicy) -> [Diagnostic] {
    entries.indices.compactMap { index in
      let entry = entries[index]
      let other = entries.indices.first { other in
        // Of two equal entries the second is the superfluous one.
        other != index && entries[other].region.covers(entry.region)
          && (other < index || !entry.region.covers(entries[other].region))
      }
      guard let other, !entry.region.isEmpty else { return nil }
      return subject.warning(
        PolicyDiagnostics.shadowed, "another entry matches everything that this one matches", at: entry.span,
        notes: [Diagnostic.Note("this one", at: entries[other].span)], help: "remove it, or narrow the other")
    }
  }
}
