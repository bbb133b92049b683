/// Writes findings as one JSON object. Members may be added in later releases, and are never renamed.
package enum JSONRenderer {
  /// `members`: what else the object has to say.
  package static func render(
    _ diagnostics: [Diagnostic], sources: [SourceText], adding members: [JSON.Member] = []
  ) -> String {
    JSON.object(
      [
        JSON.Member("version", .integer(1)),
        JSON.Member("files", .array(sources.map { .string($0.name) })),
        JSON.Member("errors", .integer(Int64(diagnostics.count { $0.severity == .error }))),
        JSON.Member("warnings", .integer(Int64(diagnostics.count { $0.severity == .warning }))),
        JSON.Member("diagnostics", array(diagnostics, sources: sources)),
      ] + members
    ).pretty
  }

  /// The findings alone, to be part of something else.
  package static func array(_ diagnostics: [Diagnostic], sources: [SourceText]) -> JSON {
    .array(diagnostics.inOrderOfPlace().map { .object(members(of: $0, sources)) })
  }

  /// One finding, to be written with more.
  package static func members(of diagnostic: Diagnostic, _ sources: [SourceText]) -> [JSON.Member] {
    place(diagnostic.span, sources) + [
      JSON.Member("severity", .string(diagnostic.severity.rawValue)),
      JSON.Member("id", .string(diagnostic.id.name)),
      JSON.Member("message", .string(diagnostic.message)),
      JSON.Member("help", diagnostic.help.map(JSON.string) ?? .null),
      JSON.Member(
        "notes",
        .array(
          diagnostic.notes.map { note in
            .object(
              (note.span.map { place($0, sources) } ?? []) + [JSON.Member("message", .string(note.message))])
          })),
    ]
  }

  private static func place(_ span: SourceSpan, _ sources: [SourceText]) -> [JSON.Member] {
    guard let location = Location(span, sources) else { return [] }
    return [
      JSON.Member("file", .string(location.file)),
      JSON.Member("line", .integer(Int64(location.start.line))),
      JSON.Member("column", .integer(Int64(location.start.column))),
      JSON.Member("end_line", .integer(Int64(location.end.line))),
      JSON.Member("end_column", .integer(Int64(location.end.column))),
    ]
  }
}
