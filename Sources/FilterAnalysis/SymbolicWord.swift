/// A 32-bit value whose bits are functions of the context; arithmetic is modulo 2³², as in the kernel's machine.
struct SymbolicWord: Hashable, Sendable {
  typealias Function = BooleanFunctions.Function

  /// Index is the number of the bit, the lowest first.
  let bits: [Function]

  init(_ bits: [Function]) {
    precondition(bits.count == 32, "a word has 32 bits")
    self.bits = bits
  }

  init(_ constant: UInt32) {
    bits = (0..<32).map { constant >> UInt32($0) & 1 == 1 ? .always : .never }
  }

  /// The value, if it does not depend on the context.
  var constant: UInt32? {
    var value: UInt32 = 0
    for (index, bit) in bits.enumerated() {
      guard bit.isConstant else { return nil }
      if bit == .always { value |= 1 << UInt32(index) }
    }
    return value
  }

  // MARK: Shifts by constants

  func shiftedLeft(by distance: Int) -> SymbolicWord {
    SymbolicWord([Function](repeating: .never, count: distance) + bits.dropLast(distance))
  }

  func shiftedRight(by distance: Int) -> SymbolicWord {
    SymbolicWord(bits.dropFirst(distance) + [Function](repeating: .never, count: distance))
  }
}

extension BooleanFunctions {
  // MARK: Bitwise

  mutating func and(_ a: SymbolicWord, _ b: SymbolicWord) throws(AnalysisLimit) -> SymbolicWord {
    try combine(a, b) { (store, a, b) throws(AnalysisLimit) in try store.and(a, b) }
  }

  mutating func or(_ a: SymbolicWord, _ b: SymbolicWord) throws(AnalysisLimit) -> SymbolicWord {
    try combine(a, b) { (store, a, b) throws(AnalysisLimit) in try store.or(a, b) }
  }

  mutating func exclusiveOr(_ a: SymbolicWord, _ b: SymbolicWord) throws(AnalysisLimit) -> SymbolicWord {
    try combine(a, b) { (store, a, b) throws(AnalysisLimit) in try store.exclusiveOr(a, b) }
  }

  mutating func not(_ a: SymbolicWord) throws(AnalysisLimit) -> SymbolicWord {
    try exclusiveOr(a, SymbolicWord(.max))
  }

  mutating func choose(
    _ condition: Function, _ then: SymbolicWord, _ otherwise: SymbolicWord
  ) throws(AnalysisLimit) -> SymbolicWord {
    try combine(then, otherwise) { (store, a, b) throws(AnalysisLimit) in try store.choose(condition, a, b) }
  }

  private mutating func combine(
    _ a: SymbolicWord, _ b: SymbolicWord,
    _ operation: (inout BooleanFunctions, Function, Function) throws(AnalysisLimit) -> Function
  ) throws(AnalysisLimit) -> SymbolicWord {
    var bits: [Function] = []
    bits.reserveCapacity(32)
    for index in 0..<32 { bits.append(try operation(&self, a.bits[index], b.bits[index])) }
    return SymbolicWord(bits)
  }

  // MARK: Arithmetic

  mutating func add(
    _ a: SymbolicWord, _ b: SymbolicWord, carry: Function = .never
  ) throws(AnalysisLimit) -> SymbolicWord {
    var carry = carry
    var bits: [Function] = []
    bits.reserveCapacity(32)
    for (a, b) in zip(a.bits, b.bits) {
      let half = try exclusiveOr(a, b)
      bits.append(try exclusiveOr(half, carry))
      carry = try choose(half, carry, a)
    }
    return SymbolicWord(bits)
  }

  mutating func subtract(_ a: SymbolicWord, _ b: SymbolicWord) throws(AnalysisLimit) -> SymbolicWord {
    try add(a, try not(b), carry: .always)
  }

  mutating func multiply(_ a: SymbolicWord, _ b: SymbolicWord) throws(AnalysisLimit) -> SymbolicWord {
    let (a, b) = a.constant == nil ? (a, b) : (b, a)
    var product = SymbolicWord(0)
    for (index, bit) in b.bits.enumerated() where bit != .never {
      let summand = try choose(bit, a.shiftedLeft(by: index), SymbolicWord(0))
      product = try add(product, summand)
    }
    return product
  }

  /// Long division. The result where `b` is 0 means nothing.
  mutating func divide(_ a: SymbolicWord, by b: SymbolicWord) throws(AnalysisLimit) -> SymbolicWord {
    var quotient = [Function](repeating: .never, count: 32)
    var rest = SymbolicWord(0)
    for index in (0..<32).reversed() {
      // What is shifted out counts: then the rest is larger than any divisor.
      let overflow = rest.bits[31]
      rest = SymbolicWord([a.bits[index]] + rest.bits.dropLast())
      let fits = try or(overflow, try isAtLeast(rest, b))
      rest = try choose(fits, try subtract(rest, b), rest)
      quotient[index] = fits
    }
    return SymbolicWord(quotient)
  }

  /// By the low five bits of another word.
  mutating func shiftLeft(_ a: SymbolicWord, by distance: SymbolicWord) throws(AnalysisLimit) -> SymbolicWord {
    var result = a
    for index in 0..<5 { result = try choose(distance.bits[index], result.shiftedLeft(by: 1 << index), result) }
    return result
  }

  /// By the low five bits of another word.
  mutating func shiftRight(_ a: SymbolicWord, by distance: SymbolicWord) throws(AnalysisLimit) -> SymbolicWord {
    var result = a
    for index in 0..<5 { result = try choose(distance.bits[index], result.shiftedRight(by: 1 << index), result) }
    return result
  }

  // MARK: Comparisons, unsigned

  mutating func isEqual(_ a: SymbolicWord, _ b: SymbolicWord) throws(AnalysisLimit) -> Function {
    var same: [Function] = []
    for (a, b) in zip(a.bits, b.bits) { same.append(try not(try exclusiveOr(a, b))) }
    return try all(of: same)
  }

  mutating func isAtLeast(_ a: SymbolicWord, _ b: SymbolicWord) throws(AnalysisLimit) -> Function {
    // From the lowest bit: a higher one that differs outweighs all below it.
    var result = Function.always
    for (a, b) in zip(a.bits, b.bits) { result = try choose(try exclusiveOr(a, b), a, result) }
    return result
  }

  mutating func isGreater(_ a: SymbolicWord, _ b: SymbolicWord) throws(AnalysisLimit) -> Function {
    try not(try isAtLeast(b, a))
  }

  /// True where some bit is set.
  mutating func isNonzero(_ a: SymbolicWord) throws(AnalysisLimit) -> Function {
    var clear: [Function] = []
    for bit in a.bits { clear.append(try not(bit)) }
    return try not(try all(of: clear))
  }
}
