/// Writes diagnostics for people: `path:line:column`, the source line, carets under the span, notes and help.
package struct TextRenderer: Sendable {
  /// Escape sequences for a terminal; without them the output is plain text.
  private let colour: Bool

  /// Longest stretch of a source line that is shown, in Unicode scalars.
  private static let widestExcerpt = 120

  package init(colour: Bool) {
    self.colour = colour
  }

  /// All diagnostics in order of position, each followed by a newline.
  ///
  /// - Parameter sources: the texts that the spans refer to.
  package func render(_ diagnostics: [Diagnostic], sources: [SourceText]) -> String {
    let sorted = diagnostics.enumerated().sorted {
      ($0.element.span.source.rawValue, $0.element.span.start, $0.offset)
        < ($1.element.span.source.rawValue, $1.element.span.start, $1.offset)
    }
    return sorted.map { render($0.element, sources: sources) }.joined()
  }

  func render(_ diagnostic: Diagnostic, sources: [SourceText]) -> String {
    let label = paint(diagnostic.severity.rawValue, diagnostic.severity == .error ? .red : .yellow)
    var output = headline(label, diagnostic.message, diagnostic.span, sources)
    output += " [\(diagnostic.id)]\n"
    output += excerpt(diagnostic.span, sources)
    for note in diagnostic.notes {
      let label = paint("note", .cyan)
      if let span = note.span {
        output += headline(label, note.message, span, sources) + "\n" + excerpt(span, sources)
      } else {
        output += "  \(label): \(note.message)\n"
      }
    }
    if let help = diagnostic.help {
      output += "  \(paint("help", .green)): \(help)\n"
    }
    return output
  }

  private func headline(
    _ label: String, _ message: String, _ span: SourceSpan, _ sources: [SourceText]
  ) -> String {
    let message = Self.text(Self.printable(Array(message.utf8)[...]))
    guard let source = source(of: span, in: sources) else { return "\(label): \(message)" }
    let place = paint("\(source.name):\(source.position(of: span.start)):", .bold)
    return "\(place) \(label): \(message)"
  }

  /// The source line with carets below it; for very long lines only the part around the span.
  private func excerpt(_ span: SourceSpan, _ sources: [SourceText]) -> String {
    guard let source = source(of: span, in: sources) else { return "" }
    let line = source.lineRange(containing: span.start)
    let number = String(source.position(of: span.start).line)

    let before = Self.printable(source.bytes[line.lowerBound..<min(span.start, line.upperBound)])
    let within = Self.printable(
      source.bytes[min(span.start, line.upperBound)..<min(max(span.end, span.start), line.upperBound)])
    let after = Self.printable(source.bytes[min(max(span.end, span.start), line.upperBound)..<line.upperBound])

    let shownBefore = Self.tail(before, Self.widestExcerpt / 2)
    let shownWithin = Self.head(within, Self.widestExcerpt / 2)
    let room = within.count > Self.widestExcerpt / 2 ? 0 : Self.widestExcerpt / 2
    let shownAfter = Self.head(after, room)

    // A tab takes a tab's width below itself, too, so that the carets stay under their text.
    let padding = String(String.UnicodeScalarView(shownBefore.map { $0 == "\t" ? "\t" : " " }))
    let carets = String(repeating: "^", count: max(1, shownWithin.count))
    let gutter = String(repeating: " ", count: number.count)
    return
      "\(number) | \(Self.text(shownBefore))\(Self.text(shownWithin))\(Self.text(shownAfter))\n"
      + "\(gutter) | \(padding)\(paint(carets, .green))\n"
  }

  private func source(of span: SourceSpan, in sources: [SourceText]) -> SourceText? {
    sources.first { $0.id == span.source }
  }

  /// Text safe for a terminal: invalid UTF-8 and control characters, escape sequences with them, become U+FFFD.
  private static func printable(_ bytes: ArraySlice<UInt8>) -> [Unicode.Scalar] {
    String(decoding: bytes, as: UTF8.self).unicodeScalars.map { scalar in
      let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
      return isControl && scalar != "\t" ? "\u{FFFD}" : scalar
    }
  }

  private static func text(_ scalars: [Unicode.Scalar]) -> String {
    String(String.UnicodeScalarView(scalars))
  }

  private static func tail(_ scalars: [Unicode.Scalar], _ count: Int) -> [Unicode.Scalar] {
    scalars.count <= count ? scalars : ["…"] + scalars.suffix(count - 1)
  }

  private static func head(_ scalars: [Unicode.Scalar], _ count: Int) -> [Unicode.Scalar] {
    scalars.count <= count ? scalars : scalars.prefix(max(0, count - 1)) + ["…"]
  }

  private enum Style: String {
    case bold = "1"
    case red = "1;31"
    case green = "32"
    case yellow = "1;33"
    case cyan = "36"
  }

  private func paint(_ text: String, _ style: Style) -> String {
    colour ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }
}
