/// Writes diagnostics for people: `path:line:column`, the source line, carets under the span, notes and help.
package struct TextRenderer: Sendable {
  /// Escape sequences for a terminal; without them the output is plain text.
  private let colour: Bool

  /// Columns that there are for an excerpt, its line number included.
  private let columns: Int

  /// Longest and shortest stretch of a source line that is shown, in Unicode scalars.
  private static let widestExcerpt = 120
  private static let narrowestExcerpt = 16

  /// `columns`: the width of the terminal; `nil` if there is none, or it is not known.
  package init(colour: Bool, columns: Int? = nil) {
    self.colour = colour
    self.columns = columns ?? .max
  }

  /// All diagnostics in order of position, each followed by a newline; `sources` are the texts that the spans
  /// refer to.
  package func render(_ diagnostics: [Diagnostic], sources: [SourceText]) -> String {
    diagnostics.inOrderOfPlace().map { render($0, sources: sources) }.joined()
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
        output += "  \(label): \(Self.printable(note.message))\n"
      }
    }
    if let help = diagnostic.help {
      output += "  \(paint("help", .green)): \(Self.printable(help))\n"
    }
    return output
  }

  /// A remark that is no diagnostic, with the source line that it is about; `span` may be in none of the sources.
  package func remark(_ label: String, _ message: String, at span: SourceSpan?, sources: [SourceText]) -> String {
    guard let span else { return "\(label): \(Self.printable(message))\n" }
    return headline(label, message, span, sources) + "\n" + excerpt(span, sources)
  }

  private func headline(
    _ label: String, _ message: String, _ span: SourceSpan, _ sources: [SourceText]
  ) -> String {
    let message = Self.printable(message)
    guard let source = source(of: span, in: sources) else { return "\(label): \(message)" }
    let place = paint("\(Self.printable(source.name)):\(source.position(of: span.start)):", .bold)
    return "\(place) \(label): \(message)"
  }

  /// The source line with carets below it; for very long lines only the part around the span.
  private func excerpt(_ span: SourceSpan, _ sources: [SourceText]) -> String {
    guard let source = source(of: span, in: sources) else { return "" }
    let line = source.lineRange(containing: span.start)
    let number = String(source.position(of: span.start).line)

    let widest = max(Self.narrowestExcerpt, min(Self.widestExcerpt, columns - number.count - 3))
    let start = min(max(span.start, line.lowerBound), line.upperBound)
    let end = min(max(span.end, start), line.upperBound)
    let shownBefore = Self.tail(source.bytes[line.lowerBound..<start], widest / 2)
    let shownWithin = Self.head(source.bytes[start..<end], widest / 2)
    let room = widest - shownBefore.count - shownWithin.count
    // What was cut short is followed by nothing else.
    let isCut = shownWithin.count == widest / 2 && shownWithin.last == "…"
    let shownAfter = isCut ? [] : Self.head(source.bytes[end..<line.upperBound], room)

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

  /// Text safe for a terminal: invalid UTF-8 and control characters, escape sequences with them, become U+FFFD, as
  /// do the marks that turn the direction of writing and could show a line as something else than it is.
  private static func printable(_ bytes: ArraySlice<UInt8>) -> [Unicode.Scalar] {
    String(decoding: bytes, as: UTF8.self).unicodeScalars.map { scalar in
      switch scalar.value {
      case 0x09: scalar
      case 0..<0x20, 0x7F...0x9F, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: "\u{FFFD}"
      default: scalar
      }
    }
  }

  /// The text as it may be shown in one line of a terminal; see above for what is replaced.
  package static func printable(_ text: String) -> String {
    // Nearly always nothing is to be replaced.
    if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
    return Self.text(printable(Array(text.utf8)[...]))
  }

  private static func text(_ scalars: [Unicode.Scalar]) -> String {
    var text = String.UnicodeScalarView()
    for scalar in scalars { text.append(scalar) }
    return String(text)
  }

  /// The last scalars of a text; an ellipsis stands for those before them.
  private static func tail(_ bytes: ArraySlice<UInt8>, _ count: Int) -> [Unicode.Scalar] {
    // A scalar has four bytes at most, and a line may have millions.
    let scalars = printable(bytes.suffix(4 * count + 4))
    return scalars.count <= count && bytes.count <= 4 * count + 4 ? scalars : ["…"] + scalars.suffix(count - 1)
  }

  /// The first scalars of a text; an ellipsis stands for those after them.
  private static func head(_ bytes: ArraySlice<UInt8>, _ count: Int) -> [Unicode.Scalar] {
    guard count > 0 else { return [] }
    let scalars = printable(bytes.prefix(4 * count + 4))
    return scalars.count <= count && bytes.count <= 4 * count + 4 ? scalars : scalars.prefix(count - 1) + ["…"]
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
