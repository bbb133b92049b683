import FilterAnalysis

/// The combinations of flags that lead to each rest of a function.
struct CombinationPaths {
  typealias Function = BooleanFunctions.Function

  private let variables: [UInt32]
  private let limit: Int
  private var order: [Function] = []
  private var grouped: [Function: [Region.Combination]] = [:]
  private var count = 0
  private(set) var isTruncated = false

  init(_ variables: [UInt32], limit: Int) {
    self.variables = variables
    self.limit = limit
  }

  mutating func add(_ function: Function, _ functions: BooleanFunctions) {
    walk(function, Region.Combination(mask: 0, value: 0), functions)
  }

  private mutating func walk(_ function: Function, _ path: Region.Combination, _ functions: BooleanFunctions) {
    if isTruncated { return }
    let first = functions.first(of: function)
    guard let index = variables.firstIndex(of: first) else {
      if grouped[function] == nil { order.append(function) }
      grouped[function, default: []].append(path)
      count += 1
      isTruncated = count > limit
      return
    }
    let bit = UInt64(1) << UInt64(variables.count - 1 - index)
    let (low, high) = functions.branches(of: function)
    walk(low, Region.Combination(mask: path.mask | bit, value: path.value), functions)
    walk(high, Region.Combination(mask: path.mask | bit, value: path.value | bit), functions)
  }

  var combinations: [(rest: Function, combinations: [Region.Combination])] { order.map { ($0, grouped[$0] ?? []) } }
}
