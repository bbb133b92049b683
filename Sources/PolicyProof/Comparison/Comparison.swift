import FilterAnalysis
package import Policy
package import URingABI

/// What one policy allows that another one does not, and the reverse, decided for every request that there can be.
package struct Comparison: Sendable {
  package enum Direction: String, Sendable, CaseIterable {
    /// The new one allows it, the old one does not.
    case looser
    /// The old one allows it, the new one does not.
    case stricter
  }

  /// Requests about which the two disagree, in one phrase.
  package struct Difference: Sendable {
    package let direction: Direction
    /// Operations of which the same can be said.
    package let operations: [Operation]
    /// Which of their requests, in the words of the policy language.
    package let text: String
    package let example: Request
  }

  /// Something else that changed.
  package struct Change: Sendable {
    package let direction: Direction
    /// The key of the policy.
    package let key: String
    package let text: String
    /// What the text is about, where it names only the first of many.
    package var names: [String] = []
  }

  package let differences: [Difference]
  package let changes: [Change]
  /// Operations with more differences than are listed.
  package let truncated: [Operation]
  /// Operations about which nothing is known, because they are too large.
  package let undecided: [Operation]

  /// `operation`: look at this one only, and at nothing but its requests.
  package init(_ old: Meaning, _ new: Meaning, operation: Operation? = nil, mostFunctions: Int = Proof.mostFunctions) {
    // Those that no kernel has yet as well: they can be allowed and denied by number.
    let operations = operation.map { [$0] } ?? (0...UInt8.max).map(Operation.init(code:))
    var found = Findings()
    for operation in operations {
      do throws(AnalysisLimit) {
        try found.compare(old, new, operation, mostFunctions)
      } catch {
        found.undecided.append(operation)
      }
    }
    differences = found.merged
    truncated = found.truncated
    undecided = found.undecided
    changes = operation == nil ? SettingChanges.between(old, new) : []
  }

  /// True if there is anything of this kind.
  package func has(_ direction: Direction) -> Bool {
    differences.contains { $0.direction == direction } || changes.contains { $0.direction == direction }
  }

  /// What is found while operations are compared.
  private struct Findings {
    private var differences: [Difference] = []
    var truncated: [Operation] = []
    var undecided: [Operation] = []

    mutating func compare(
      _ old: Meaning, _ new: Meaning, _ operation: Operation, _ mostFunctions: Int
    ) throws(AnalysisLimit) {
      var rules = RuleFunctions(operation, mostFunctions: mostFunctions)
      let before = try old.allowed(&rules)
      let after = try new.allowed(&rules)
      if before == after { return }
      let shown = try rules.functions.and(try rules.possible(), try rules.shown())
      try add(.looser, allowed: after, denied: before, shown, rules)
      try add(.stricter, allowed: before, denied: after, shown, rules)
    }

    private mutating func add(
      _ direction: Direction, allowed: BooleanFunctions.Function, denied: BooleanFunctions.Function,
      _ shown: BooleanFunctions.Function, _ rules: RuleFunctions
    ) throws(AnalysisLimit) {
      var rules = rules
      let difference = try rules.functions.and(allowed, try rules.functions.not(denied))
      let observable = try rules.functions.and(difference, shown)
      guard let example = rules.functions.example(of: observable) else { return }
      let care = try rules.functions.and(allowed, shown)
      let finder = try RegionFinder(difference, care: care, rules.context, rules.functions)
      if finder.isTruncated { truncated.append(rules.context.operation) }
      let everything =
        direction == .looser
        ? "everything that the new policy allows of it" : "everything that the old policy allowed of it"
      var phrases = RegionText.phrases(of: finder.regions, everything: everything)
      if phrases.isEmpty {
        // Whatever became of taking it apart, the difference is there.
        let context = rules.context.context(setting: example)
        let request = Request.submission(Submission(rules.context.operation, context: context))
        phrases = [("requests of too many kinds to list", request)]
      }
      for (text, example) in phrases {
        differences.append(
          Difference(direction: direction, operations: [rules.context.operation], text: text, example: example))
      }
    }

    /// Operations that have all their differences in common, with those of the first.
    var merged: [Difference] {
      var result: [Difference] = []
      for direction in Direction.allCases {
        var texts: [(operation: Operation, texts: [String])] = []
        for difference in differences where difference.direction == direction {
          if texts.last?.operation == difference.operations[0] {
            texts[texts.count - 1].texts.append(difference.text)
          } else {
            texts.append((difference.operations[0], [difference.text]))
          }
        }
        for (index, own) in texts.enumerated() where !texts[..<index].contains(where: { $0.texts == own.texts }) {
          let operations = texts.filter { $0.texts == own.texts }.map(\.operation)
          result += differences.filter { $0.direction == direction && $0.operations[0] == own.operation }.map {
            Difference(direction: direction, operations: operations, text: $0.text, example: $0.example)
          }
        }
      }
      return result
    }
  }
}

extension RuleFunctions {
  /// Requests that programs can make, as kernels show them.
  ///
  /// The kernel sets O_LARGEFILE itself, but not beside O_PATH. `openat` keeps of its arguments only what it knows, nearly
  /// nothing beside O_PATH, and the mode only where a file can be created (build_open_how(), fs/open.c).
  fileprivate mutating func shown() throws(AnalysisLimit) -> Function {
    guard context.operation == .openat || context.operation == .openat2 else { return .always }
    let flags = FilterContext.Open.flags
    let isPath = try bits(OpenConstants.path, of: flags, are: OpenConstants.path)
    let isLarge = try bits(OpenConstants.largeFile, of: flags, are: OpenConstants.largeFile)
    let large = OpenConstants.largeFile == 0 ? Function.always : try functions.or(isPath, isLarge)
    guard context.operation == .openat else { return large }
    let (validWithPath, valid) = (OpenConstants.validWithPath, OpenConstants.valid)
    let creates = try functions.not(try bits(OpenConstants.creating, of: flags, are: 0))
    return try functions.all(of: [
      large,
      try functions.choose(
        isPath, try bits(~validWithPath, of: flags, are: 0), try bits(~valid, of: flags, are: 0)),
      try functions.choose(
        creates, try bits(~OpenConstants.validMode, of: FilterContext.Open.mode, are: 0),
        try bits(.max, of: FilterContext.Open.mode, are: 0)),
    ])
  }

  /// The bits of a field under the mask have the value's.
  private mutating func bits(
    _ mask: UInt64, of field: FilterContext.Wide, are value: UInt64
  ) throws(AnalysisLimit) -> Function {
    var parts: [Function] = []
    for bit in 0..<64 where mask >> UInt64(bit) & 1 == 1 {
      let word = bit < 32 ? field.low : field.high
      let isSet = try context.bit(bit % 32, ofWordAt: word.offset, in: &functions)
      parts.append(value >> UInt64(bit) & 1 == 1 ? isSet : try functions.not(isSet))
    }
    return try functions.all(of: parts)
  }
}
