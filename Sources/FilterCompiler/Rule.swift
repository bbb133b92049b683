import URingABI

/// One alternative: allows a request if every word named here has a value of its set.
struct Rule: Sendable {
  private let conditions: [FilterContext.Word: IntervalSet]

  init(_ conditions: [FilterContext.Word: IntervalSet]) {
    self.conditions = conditions
  }

  /// The words that the rule looks at.
  var words: some Sequence<FilterContext.Word> { conditions.keys }

  /// The values that a word may have; every value where the rule does not look at it.
  func values(of word: FilterContext.Word) -> IntervalSet { conditions[word] ?? .everything }
}
