extension BooleanFunctions {
  /// Where the variables of a range have values with which the function can hold, whatever the others are.
  package mutating func projection(
    of function: Function, on range: ClosedRange<UInt32>
  ) throws(AnalysisLimit) -> Function {
    var known: [Function: Function] = [:]
    return try projection(of: function, on: range, &known)
  }

  private mutating func projection(
    of function: Function, on range: ClosedRange<UInt32>, _ known: inout [Function: Function]
  ) throws(AnalysisLimit) -> Function {
    if function.isConstant { return function }
    let variable = first(of: function)
    // Every function but the one that never holds does so for some values.
    if variable > range.upperBound { return .always }
    if let result = known[function] { return result }
    let (low, high) = branches(of: function)
    let result: Function
    if range.contains(variable) {
      let otherwise = try projection(of: low, on: range, &known)
      let then = try projection(of: high, on: range, &known)
      result = try choose(try self.variable(variable), then, otherwise)
    } else {
      let otherwise = try projection(of: low, on: range, &known)
      result = try or(otherwise, try projection(of: high, on: range, &known))
    }
    known[function] = result
    return result
  }

  /// Where the variables up to the last one lead to this rest of the function.
  package mutating func values(
    leadingTo rest: Function, from function: Function, upTo last: UInt32
  ) throws(AnalysisLimit) -> Function {
    var known: [Function: Function] = [:]
    return try values(leadingTo: rest, from: function, upTo: last, &known)
  }

  private mutating func values(
    leadingTo rest: Function, from function: Function, upTo last: UInt32, _ known: inout [Function: Function]
  ) throws(AnalysisLimit) -> Function {
    if first(of: function) > last { return function == rest ? .always : .never }
    if let result = known[function] { return result }
    let (low, high) = branches(of: function)
    let otherwise = try values(leadingTo: rest, from: low, upTo: last, &known)
    let then = try values(leadingTo: rest, from: high, upTo: last, &known)
    let result = try choose(try variable(first(of: function)), then, otherwise)
    known[function] = result
    return result
  }

  /// Where the variables with a bit in the mask have the value's; the first variable is the highest bit.
  package mutating func equality(
    of variables: [UInt32], mask: UInt64, value: UInt64
  ) throws(AnalysisLimit) -> Function {
    var parts: [Function] = []
    for (index, number) in variables.enumerated() {
      let bit = UInt64(variables.count - 1 - index)
      guard mask >> bit & 1 == 1 else { continue }
      let variable = try self.variable(number)
      parts.append(value >> bit & 1 == 1 ? variable : try not(variable))
    }
    return try all(of: parts)
  }
}
