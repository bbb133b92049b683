/// Finds the name that a mistyped one was probably meant to be.
package enum Spelling {
  /// The candidate nearest to `word`, if it is near enough to be worth suggesting: at most one edit for every
  /// three letters, one in a word of two letters, swapped neighbours counting as one and case as none. Only the first
  /// thousand candidates are looked at: nobody remembers more names, so that a program must have written them.
  package static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    // Cost is length times length per candidate; nothing that long was ever a name.
    guard word.utf8.count <= 64 else { return nil }
    let letters = Array(word.lowercased().utf8)
    let allowed = letters.count < 2 ? 0 : max(1, letters.count / 3)
    var best: (name: String, distance: Int)?
    for candidate in candidates.prefix(1_000) {
      let other = Array(candidate.lowercased().utf8)
      // Every letter that one has more than the other is an edit.
      guard abs(other.count - letters.count) <= allowed else { continue }
      let distance = editDistance(letters, other)
      if distance <= allowed, distance < best?.distance ?? Int.max {
        best = (candidate, distance)
      }
    }
    return best?.name
  }

  /// Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.
  static func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    if a.isEmpty { return b.count }
    if b.isEmpty { return a.count }
    var twoBack = [Int](repeating: 0, count: b.count + 1)
    var previous = Array(0...b.count)
    for i in 1...a.count {
      var current = [Int](repeating: i, count: b.count + 1)
      for j in 1...b.count {
        let substitution = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
        current[j] = min(substitution, previous[j] + 1, current[j - 1] + 1)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          current[j] = min(current[j], twoBack[j - 2] + 1)
        }
      }
      twoBack = previous
      previous = current
    }
    return previous[b.count]
  }
}
