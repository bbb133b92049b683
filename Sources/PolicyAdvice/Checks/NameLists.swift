import Diagnostics
import Policy
import PolicyLanguage

/// Pairs of lists, what is allowed and what is denied of it, in which a name can stand for a group.
enum NameLists {
  /// Warns of names that change nothing. Those of included files may be meant for other policies.
  static func check<Member: Hashable>(
    allow: [Located<Member>], deny: [Located<Member>], _ place: String, _ subject: CheckedPolicy
  ) -> [Diagnostic] {
    let denied = Dictionary(deny.map { ($0.value, $0.span) }) { first, _ in first }
    let allowed = Set(allow.map(\.value))
    let first = Dictionary(allow.map { ($0.span, $0.value) }) { first, _ in first }
    let allowedInVain = spans(of: allow, subject) { denied[$0] == nil }.map { span in
      let denial = first[span].flatMap { denied[$0] }
      return subject.warning(
        PolicyDiagnostics.neverTrue, "this allows nothing: all of it is denied", at: span,
        notes: denial.map { [Diagnostic.Note("denied here", at: $0)] } ?? [], help: "remove it, or the denial")
    }
    let deniedInVain = spans(of: deny, subject) { allowed.contains($0) }.map { span in
      subject.warning(
        PolicyDiagnostics.neverTrue, "this denies nothing: it is not allowed in the first place", at: span,
        help: "remove it; what \(place) allow does not list is denied")
    }
    return allowedInVain + deniedInVain
  }

  /// The places, in the policy's own text, all of whose members are without effect.
  private static func spans<Member>(
    of list: [Located<Member>], _ subject: CheckedPolicy, hasEffect: (Member) -> Bool
  ) -> [SourceSpan] {
    var effective: Set<SourceSpan> = []
    var spans: [SourceSpan] = []
    for element in list where element.span.source == subject.start.source {
      if spans.last != element.span { spans.append(element.span) }
      if hasEffect(element.value) { effective.insert(element.span) }
    }
    return spans.filter { !effective.contains($0) }
  }
}
