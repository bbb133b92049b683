package import Diagnostics

/// A text with numbered markers such as `⟨1⟩`, which name places in it and are no part of it.
package struct MarkedSource {
  package let source: SourceText
  private let offsets: [Int: Int]

  package init(_ marked: String, name: String = "test.toml") {
    var bytes: [UInt8] = []
    var offsets: [Int: Int] = [:]
    var number: Int?
    for scalar in marked.unicodeScalars {
      switch (scalar, number) {
      case ("⟨", _): number = 0
      case ("⟩", let found?):
        offsets[found] = bytes.count
        number = nil
      case (_, let found?): number = found * 10 + Int(scalar.value) - 48
      default: bytes += String(Character(scalar)).utf8
      }
    }
    self.source = SourceText(name: name, bytes: bytes)
    self.offsets = offsets
  }

  /// Where the marker stands, in bytes.
  package func offset(_ marker: Int) -> Int {
    guard let offset = offsets[marker] else { preconditionFailure("the source has no marker ⟨\(marker)⟩") }
    return offset
  }

  /// What stands between two markers.
  package func span(_ start: Int, _ end: Int) -> SourceSpan {
    SourceSpan(offset(start)..<offset(end), in: source.id)
  }
}
