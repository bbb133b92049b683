import FilterAnalysis
import Policy
import URingABI

/// Takes a function of a request's bits apart into regions, field by field.
///
/// For each field, the values that lead to the same rest of the function belong together. Numbers are joined to ranges.
/// Flags are combinations of bits, each made as simple as it can be without saying anything else about the requests of
/// `care`: a flag that those never have need not be named as missing.
struct RegionFinder {
  typealias Function = BooleanFunctions.Function

  /// What one field is taken apart into, at most.
  private static let mostRanges = 1 << 17
  private static let mostCombinations = 1 << 12
  /// More regions of one operation are counted and not shown.
  static let mostRegions = 256

  private let context: ContextVariables
  private let fields: [RegionField]
  private var functions: BooleanFunctions
  private let whole: Function
  private let care: Function
  private var cares: [RegionField.Name: Function] = [:]
  private(set) var regions: [Region] = []
  /// True if there are more regions than those found.
  private(set) var isTruncated = false

  /// A part that has been walked so far.
  private struct Path {
    var parts: [Part] = []
    /// Variables that are set in the example.
    var example: Set<UInt32> = []
    /// The address family, where the operation has one.
    var family: UInt32?
  }

  /// A constraint, and where it holds.
  private struct Part {
    let constraint: Region.Constraint
    let values: Function

    var isAboutFlags: Bool { if case .flags = constraint { true } else { false } }
  }

  init(
    _ function: Function, care: Function, _ context: ContextVariables, _ functions: BooleanFunctions
  ) throws(AnalysisLimit) {
    self.context = context
    whole = function
    self.functions = functions
    self.care = care
    fields = RegionField.all(of: context)
    try walk(function, 0, Path())
  }

  private mutating func walk(_ function: Function, _ index: Int, _ path: Path) throws(AnalysisLimit) {
    if function == .never || isTruncated { return }
    guard index < fields.count else {
      try add(path)
      return
    }
    let field = fields[index]
    if let family = path.family, family != SocketConstants.inet, family != SocketConstants.inet6 {
      // Of other families the kernel shows nothing more: all bits behind are zero.
      if functions.value(of: function, { _ in false }) { try walk(.always, fields.count, path) }
      return
    }
    if functions.first(of: function) > field.range.upperBound, field.name != .family || context.operation != .connect {
      try walk(function, index + 1, path)
      return
    }
    switch field.form {
    case .number: try walkNumber(function, field, index, path)
    case .flags: try walkFlags(function, field, index, path)
    }
  }

  /// A region without constraints that say nothing new about the requests of `care`.
  private mutating func add(_ path: Path) throws(AnalysisLimit) {
    var parts = path.parts
    for index in parts.indices.reversed() where parts[index].isAboutFlags {
      var fewer = parts
      fewer.remove(at: index)
      if try isInside(fewer) { parts = fewer }
    }
    // Where flags make the difference, what else the requests are about does not.
    let flags = parts.filter(\.isAboutFlags)
    if !flags.isEmpty, flags.count < parts.count, try isInside(flags) { parts = flags }
    let constraints = parts.map(\.constraint)
    if regions.contains(where: { $0.constraints == constraints }) { return }
    if regions.count == Self.mostRegions {
      isTruncated = true
      return
    }
    let request = Submission(context.operation, context: context.context(setting: path.example))
    regions.append(Region(constraints: constraints, example: .submission(request)))
  }

  /// True if all requests of `care` for which the parts hold are in what is taken apart.
  private mutating func isInside(_ parts: [Part]) throws(AnalysisLimit) -> Bool {
    let requests = try functions.and(care, try functions.all(of: parts.map(\.values)))
    return try functions.and(requests, try functions.not(whole)) == .never
  }

  // MARK: Numbers

  private mutating func walkNumber(
    _ function: Function, _ field: RegionField, _ index: Int, _ path: Path
  ) throws(AnalysisLimit) {
    var parts = RangeParts(field.variables, limit: Self.mostRanges)
    parts.add(function, functions)
    if parts.isTruncated { isTruncated = true }
    // Of IPv4 only the first 32 bits of the address are shown; what is behind them is zero.
    if field.name == .address, path.family == SocketConstants.inet {
      parts.keepFirst32Bits()
    }
    for (rest, ranges) in parts.ranges where rest != .never {
      if field.name == .family, context.operation == .connect {
        let values = try functions.values(leadingTo: rest, from: function, upTo: field.range.upperBound)
        try walkFamilies(ranges, values, rest, field, index, path)
        continue
      }
      var next = path
      if ranges != [parts.everything] {
        let values = try functions.values(leadingTo: rest, from: function, upTo: field.range.upperBound)
        next.parts.append(Part(constraint: .ranges(field.name, ranges), values: values))
      }
      next.example.formUnion(Self.setting(ranges[0].lowerBound, field))
      try walk(rest, index + 1, next)
    }
  }

  /// What is behind a family depends on which it is.
  private mutating func walkFamilies(
    _ ranges: [ClosedRange<UInt128>], _ values: Function, _ rest: Function, _ field: RegionField, _ index: Int,
    _ path: Path
  ) throws(AnalysisLimit) {
    var others = ranges
    var otherValues = values
    for family in [UInt128(SocketConstants.inet), UInt128(SocketConstants.inet6)] {
      guard ranges.contains(where: { $0.contains(family) }) else { continue }
      others = others.flatMap { range in
        [
          range.lowerBound < family ? range.lowerBound...min(range.upperBound, family - 1) : nil,
          range.upperBound > family ? max(range.lowerBound, family + 1)...range.upperBound : nil,
        ].compactMap { $0 }
      }
      var next = path
      next.family = UInt32(family)
      let values = try functions.equality(of: field.variables, mask: .max, value: UInt64(family))
      otherValues = try functions.and(otherValues, try functions.not(values))
      next.parts.append(Part(constraint: .ranges(.family, [family...family]), values: values))
      next.example.formUnion(Self.setting(family, field))
      try walk(rest, index + 1, next)
    }
    guard let first = others.first else { return }
    var next = path
    // The kernel shows 16 bits of a family; 3 is one that is neither IPv4 nor IPv6, but any will do.
    next.family = UInt32(truncatingIfNeeded: first.lowerBound)
    next.parts.append(Part(constraint: .ranges(.family, others), values: otherValues))
    next.example.formUnion(Self.setting(first.lowerBound, field))
    try walk(rest, index + 1, next)
  }

  private static func setting(_ value: UInt128, _ field: RegionField) -> Set<UInt32> {
    let count = field.variables.count
    return Set(
      field.variables.enumerated().filter { value >> UInt128(count - 1 - $0.offset) & 1 == 1 }.map(\.element))
  }

  // MARK: Flags

  private mutating func walkFlags(
    _ function: Function, _ field: RegionField, _ index: Int, _ path: Path
  ) throws(AnalysisLimit) {
    var paths = CombinationPaths(field.variables, limit: Self.mostCombinations)
    paths.add(function, functions)
    if paths.isTruncated { isTruncated = true }
    for (rest, combinations) in paths.combinations where rest != .never {
      let values = try functions.values(leadingTo: rest, from: function, upTo: field.range.upperBound)
      let care = try self.care(for: field)
      // Values that nothing of `care` has may be in or out, whichever is simpler to say.
      let other = try functions.and(care, try functions.not(values))
      if try functions.and(care, values) == .never { continue }
      var simple: [Region.Combination] = []
      for combination in combinations {
        let shown = try simplified(combination, field, avoiding: other)
        if simple.contains(where: { $0.contains(shown) }) { continue }
        simple.removeAll { shown.contains($0) }
        simple.append(shown)
      }
      var next = path
      if !simple.contains(where: { $0.mask == 0 }) {
        simple = try withoutRedundant(simple, field, care)
        next.parts.append(Part(constraint: .flags(field.name, simple), values: values))
      }
      let example = try functions.and(care, values)
      next.example.formUnion(functions.example(of: example) ?? [])
      try walk(rest, index + 1, next)
    }
  }

  /// Combinations of which none is only what the others are as well, of the last ones first.
  private mutating func withoutRedundant(
    _ combinations: [Region.Combination], _ field: RegionField, _ care: Function
  ) throws(AnalysisLimit) -> [Region.Combination] {
    var kept: [(combination: Region.Combination, values: Function)] = []
    for combination in combinations {
      let values = try functions.equality(of: field.variables, mask: combination.mask, value: combination.value)
      kept.append((combination, try functions.and(care, values)))
    }
    for index in kept.indices.reversed() where kept.count > 1 {
      var others = kept
      others.remove(at: index)
      let together = try functions.any(of: others.map(\.values)[...])
      if try functions.and(kept[index].values, try functions.not(together)) == .never { kept = others }
    }
    return kept.map(\.combination)
  }

  /// The values of a field that requests have with which `care` holds.
  private mutating func care(for field: RegionField) throws(AnalysisLimit) -> Function {
    if let known = cares[field.name] { return known }
    let result = try functions.projection(of: care, on: field.range)
    cares[field.name] = result
    return result
  }

  /// As few bits as tell the combination from the values to avoid; bits that are clear go first, of those that no name
  /// explains all at once.
  private mutating func simplified(
    _ combination: Region.Combination, _ field: RegionField, avoiding other: Function
  ) throws(AnalysisLimit) -> Region.Combination {
    guard let vocabulary = RegionField.vocabulary(of: field.name) else { return combination }
    var result = combination
    let named = vocabulary.flags.reduce(vocabulary.ignored) { $0 | $1.bits | $1.mask }
    var steps = [result.mask & ~result.value & ~named]
    let clear = result.mask & ~result.value & named
    steps += (0..<64).map { clear & 1 << UInt64($0) }
    steps += (0..<64).map { result.mask & result.value & 1 << UInt64($0) }
    for step in steps where step != 0 {
      let mask = result.mask & ~step
      let candidate = Region.Combination(mask: mask, value: result.value & mask)
      let values = try functions.equality(of: field.variables, mask: candidate.mask, value: candidate.value)
      if try functions.and(values, other) == .never { result = candidate }
    }
    return result
  }
}
