/// How often something was seen.
package struct Tally: Sendable, Equatable {
  package var count: UInt64
  /// Seconds since 1970, of the first time; 0 if nobody knows.
  package var first: UInt64
  /// The first request that had it, in the language of requests; empty if nobody knows.
  package var example: String

  package init(count: UInt64 = 1, first: UInt64 = 0, example: String = "") {
    self.count = count
    self.first = first
    self.example = example
  }

  /// What two runs have seen together. An unknown time counts as the earlier one.
  package func merged(with other: Tally) -> Tally {
    let earlier = first <= other.first ? self : other
    let example = earlier.example.isEmpty ? (self.example.isEmpty ? other.example : self.example) : earlier.example
    return Tally(count: count + other.count, first: earlier.first, example: example)
  }
}

/// Tallies of things that are told apart, in the order in which they were first seen.
package struct Tallies<Key: Hashable & Sendable>: Sendable {
  package private(set) var keys: [Key] = []
  private var tallies: [Key: Tally] = [:]

  package init() {}

  package var isEmpty: Bool { keys.isEmpty }
  package var count: Int { keys.count }
  package subscript(key: Key) -> Tally? { tallies[key] }
  package func contains(_ key: Key) -> Bool { tallies[key] != nil }

  /// `example` is made only for what is new.
  package mutating func add(_ key: Key, _ time: UInt64, example: () -> String) {
    if tallies[key] != nil {
      tallies[key]?.count += 1
      return
    }
    keys.append(key)
    tallies[key] = Tally(count: 1, first: time, example: example())
  }

  package mutating func merge(_ key: Key, _ tally: Tally) {
    if let known = tallies[key] {
      tallies[key] = known.merged(with: tally)
    } else {
      keys.append(key)
      tallies[key] = tally
    }
  }

  /// Those with these keys alone.
  package func filter(_ isWanted: (Key) -> Bool) -> Tallies {
    var result = Tallies()
    for key in keys where isWanted(key) { if let tally = tallies[key] { result.merge(key, tally) } }
    return result
  }

  /// With other keys; those that become the same are merged.
  package func map<Other>(_ transform: (Key) -> Other) -> Tallies<Other> {
    var result = Tallies<Other>()
    for key in keys { if let tally = tallies[key] { result.merge(transform(key), tally) } }
    return result
  }

  /// All of them together; `nil` if there are none.
  package var total: Tally? { keys.compactMap { tallies[$0] }.reduce(nil) { $0?.merged(with: $1) ?? $1 } }
}
