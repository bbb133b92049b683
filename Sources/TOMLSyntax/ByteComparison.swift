extension String {
  /// True if every byte is the same, as TOML compares. For `==`, the two spellings of an accented letter are one name.
  package func hasSameBytes(as other: String) -> Bool {
    let bytes = utf8.span
    let others = other.utf8.span
    guard bytes.count == others.count else { return false }
    for index in bytes.indices where bytes[index] != others[index] { return false }
    return true
  }
}
