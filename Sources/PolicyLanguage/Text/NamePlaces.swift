import Diagnostics
import Policy
import TOMLSyntax
import URingABI

/// Where names stand in the text.
struct NamePlaces {
  private var index = NameIndex()
  private var spans: [SourceSpan] = []

  subscript(name: String) -> SourceSpan? { index[name].map { spans[$0] } }

  /// Where the name stood before, if it did.
  mutating func update(_ name: String, to span: SourceSpan) -> SourceSpan? {
    guard let number = index[name] else {
      index.add(name)
      spans.append(span)
      return nil
    }
    defer { spans[number] = span }
    return spans[number]
  }
}

extension NamePlaces {
  /// The first place of each flag. In one vocabulary, a flag's name is its own.
  init(_ flags: [Located<Flag>]) {
    for flag in flags where self[flag.value.name] == nil { _ = update(flag.value.name, to: flag.span) }
  }

  subscript(flag: Flag) -> SourceSpan? { self[flag.name] }
}
