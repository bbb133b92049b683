import Diagnostics

/// What an entry of `[socket]` or `[connect]` matches, as far as entries are compared.
protocol EntryRegion {
  func covers(_ other: Self) -> Bool
  func meets(_ other: Self) -> Bool
  /// True if nothing matches.
  var isEmpty: Bool { get }
}

/// Entries that another one makes superfluous, and those that never match.
enum EntryChecks {
  struct Entry<Region: EntryRegion> {
    let region: Region
    let span: SourceSpan
  }

  /// Entries that are compared with each other. Comparing takes time with the square of their number; whoever writes
  /// more has a program write them.
  private static let mostCompared = 400

  static func check<Region>(
    allow: [Entry<Region>]?, deny: [Entry<Region>], _ place: String, _ subject: CheckedPolicy
  ) -> [Diagnostic] {
    guard (allow?.count ?? 0) <= mostCompared, deny.count <= mostCompared else { return [] }
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
        PolicyDiagnostics.shadowed, "another entry matches all that this one does", at: entry.span,
        notes: [Diagnostic.Note("this one", at: entries[other].span)], help: "remove it, or narrow the other")
    }
  }
}
