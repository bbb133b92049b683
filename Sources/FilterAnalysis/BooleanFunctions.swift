/// Functions of bits, each stored once as a reduced ordered binary decision diagram, so that two functions are the same
/// if and only if they are the same node.
///
/// Bits are variables, numbered in the order in which they are asked for. Which order is chosen changes how much room
/// functions take and nothing else.
package struct BooleanFunctions {
  /// A function of this store; meaningless in another one.
  package struct Function: Hashable, Sendable {
    let index: UInt32

    package static let never = Function(index: 0)
    package static let always = Function(index: 1)

    /// True if the function does not depend on any bit.
    var isConstant: Bool { index <= 1 }
  }

  private struct Node {
    let variable: UInt32
    /// What is left of the function where the variable is 0, and where it is 1.
    let low: UInt32
    let high: UInt32
  }

  private struct Remembered {
    var condition: UInt32 = .max
    var then: UInt32 = 0
    var otherwise: UInt32 = 0
    var result: UInt32 = 0
  }

  private static let constant = UInt32.max

  /// The constants first. A node comes behind the nodes that it leads to.
  private var nodes = [
    Node(variable: constant, low: 0, high: 0), Node(variable: constant, low: 1, high: 1),
  ]
  /// Nodes by what they are, with open addressing; 0 is an empty place.
  private var places = [UInt32](repeating: 0, count: 1 << 12)
  /// Results of `choose`, the newest of those that share a place.
  private var memory = [Remembered](repeating: Remembered(), count: 1 << 11)
  private let mostNodes: Int

  /// `mostNodes`: where to give up; each takes about 30 bytes.
  package init(mostNodes: Int) {
    self.mostNodes = min(mostNodes, 1 << 30)
  }

  /// How many different functions have been made.
  package var count: Int { nodes.count }

  // MARK: Making functions

  /// The value of one bit.
  package mutating func variable(_ number: UInt32) throws(AnalysisLimit) -> Function {
    Function(index: try node(number, low: 0, high: 1))
  }

  package mutating func not(_ a: Function) throws(AnalysisLimit) -> Function {
    try choose(a, .never, .always)
  }

  package mutating func and(_ a: Function, _ b: Function) throws(AnalysisLimit) -> Function {
    try choose(a, b, .never)
  }

  package mutating func or(_ a: Function, _ b: Function) throws(AnalysisLimit) -> Function {
    try choose(a, .always, b)
  }

  package mutating func exclusiveOr(_ a: Function, _ b: Function) throws(AnalysisLimit) -> Function {
    if a == b { return .never }
    return try choose(a, try not(b), b)
  }

  /// Of any number; those with the last variables first, so that each step adds on top of what is there.
  package mutating func all(of functions: [Function]) throws(AnalysisLimit) -> Function {
    var result = Function.always
    for function in functions.sorted(by: { first(of: $0) > first(of: $1) }) { result = try and(function, result) }
    return result
  }

  /// Of any number.
  package mutating func any(of functions: ArraySlice<Function>) throws(AnalysisLimit) -> Function {
    switch functions.count {
    case 0: return .never
    case 1: return functions[functions.startIndex]
    default:
      let middle = functions.startIndex + functions.count / 2
      let low = try any(of: functions[..<middle])
      return try or(low, try any(of: functions[middle...]))
    }
  }

  /// One function where the condition holds, another one elsewhere.
  package mutating func choose(
    _ condition: Function, _ then: Function, _ otherwise: Function
  ) throws(AnalysisLimit) -> Function {
    Function(index: try choose(condition.index, then.index, otherwise.index))
  }

  private mutating func choose(
    _ condition: UInt32, _ then: UInt32, _ otherwise: UInt32
  ) throws(AnalysisLimit) -> UInt32 {
    if condition == 1 || then == otherwise { return then }
    if condition == 0 { return otherwise }
    let then = then == condition ? 1 : then
    let otherwise = otherwise == condition ? 0 : otherwise
    if then == 1, otherwise == 0 { return condition }
    if then == otherwise { return then }

    let place = Self.mix(condition, then, otherwise) & (memory.count - 1)
    let known = memory[place]
    if known.condition == condition, known.then == then, known.otherwise == otherwise { return known.result }

    let (a, b, c) = (nodes[Int(condition)], nodes[Int(then)], nodes[Int(otherwise)])
    let variable = min(a.variable, min(b.variable, c.variable))
    let low = try choose(
      a.variable == variable ? a.low : condition, b.variable == variable ? b.low : then,
      c.variable == variable ? c.low : otherwise)
    let high = try choose(
      a.variable == variable ? a.high : condition, b.variable == variable ? b.high : then,
      c.variable == variable ? c.high : otherwise)
    let result = try node(variable, low: low, high: high)
    // The memory may have grown meanwhile.
    memory[Self.mix(condition, then, otherwise) & (memory.count - 1)] = Remembered(
      condition: condition, then: then, otherwise: otherwise, result: result)
    return result
  }

  private mutating func node(_ variable: UInt32, low: UInt32, high: UInt32) throws(AnalysisLimit) -> UInt32 {
    if low == high { return low }
    var place = Self.mix(variable, low, high) & (places.count - 1)
    while places[place] != 0 {
      let node = nodes[Int(places[place])]
      if node.variable == variable, node.low == low, node.high == high { return places[place] }
      place = (place + 1) & (places.count - 1)
    }
    guard nodes.count < mostNodes else { throw AnalysisLimit(.functions(mostNodes)) }
    let index = UInt32(nodes.count)
    nodes.append(Node(variable: variable, low: low, high: high))
    places[place] = index
    if nodes.count > places.count / 2 { grow() }
    return index
  }

  private mutating func grow() {
    places = [UInt32](repeating: 0, count: places.count * 4)
    for (index, node) in nodes.enumerated().dropFirst(2) {
      var place = Self.mix(node.variable, node.low, node.high) & (places.count - 1)
      while places[place] != 0 { place = (place + 1) & (places.count - 1) }
      places[place] = UInt32(index)
    }
    if memory.count < 1 << 20 { memory = [Remembered](repeating: Remembered(), count: memory.count * 4) }
  }

  private static func mix(_ a: UInt32, _ b: UInt32, _ c: UInt32) -> Int {
    var hash = UInt64(a) &* 0x9E37_79B9_7F4A_7C15
    hash = (hash ^ UInt64(b)) &* 0xBF58_476D_1CE4_E5B9
    hash = (hash ^ (hash >> 29) ^ UInt64(c)) &* 0x94D0_49BB_1331_11EB
    return Int(truncatingIfNeeded: (hash ^ (hash >> 32)) >> 1)
  }

  // MARK: Looking at functions

  /// The variable that a function asks for first; larger than every variable for a constant.
  package func first(of function: Function) -> UInt32 { nodes[Int(function.index)].variable }

  /// What is left of a function that is no constant where its first variable is 0, and where it is 1.
  package func branches(of function: Function) -> (low: Function, high: Function) {
    let node = nodes[Int(function.index)]
    return (Function(index: node.low), Function(index: node.high))
  }

  /// The value of a function where exactly the bits with a true value are set.
  package func value(of function: Function, _ isSet: (UInt32) -> Bool) -> Bool {
    var function = function
    while !function.isConstant {
      let (low, high) = branches(of: function)
      function = isSet(first(of: function)) ? high : low
    }
    return function == .always
  }

  /// Variables that must be set, the others being clear, for the function to hold: the smallest numbers that do, if
  /// earlier variables are the higher digits. `nil` if it never holds.
  package func example(of function: Function) -> Set<UInt32>? {
    if function == .never { return nil }
    var set: Set<UInt32> = []
    var function = function
    while !function.isConstant {
      let (low, high) = branches(of: function)
      if low == .never { set.insert(first(of: function)) }
      function = low == .never ? high : low
    }
    return set
  }
}

/// An analysis that was given up because it outgrew its bound. Nothing is known then.
package struct AnalysisLimit: Error, Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// Different functions, at most.
    case functions(Int)
    /// Different states of a machine, at most.
    case states(Int)
  }

  package let kind: Kind

  init(_ kind: Kind) {
    self.kind = kind
  }
}

extension AnalysisLimit: CustomStringConvertible {
  package var description: String {
    switch kind {
    case .functions(let most): "more than \(most) functions"
    case .states(let most): "more than \(most) states"
    }
  }
}
