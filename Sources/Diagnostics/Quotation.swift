/// What an author wrote, as a message quotes it: a word of a megabyte would hide what the message says.
package enum Quotation {
  /// How many bytes of a text are quoted where nothing else is said.
  package static let usualLength = 60

  /// The text; a long one is cut between two characters and gets an ellipsis.
  package static func shortened(_ bytes: ArraySlice<UInt8>, to longest: Int = usualLength) -> String {
    guard bytes.count > longest else { return String(decoding: bytes, as: UTF8.self) }
    var end = bytes.startIndex + longest
    while end > bytes.startIndex, SourceText.continuesScalar(bytes[end]) { end -= 1 }
    return String(decoding: bytes[..<end], as: UTF8.self) + "…"
  }

  /// The text; a long one is cut between two characters and gets an ellipsis.
  package static func shortened(_ text: some StringProtocol, to longest: Int = usualLength) -> String {
    shortened(Array(text.utf8.prefix(longest + 1))[...], to: longest)
  }
}

extension DefaultStringInterpolation {
  /// Quotes what an author wrote, in single quotes and not longer than a message can bear.
  package mutating func appendInterpolation(
    quoting text: some StringProtocol, upTo longest: Int = Quotation.usualLength
  ) {
    appendLiteral("'")
    appendLiteral(Quotation.shortened(text, to: longest))
    appendLiteral("'")
  }
}
