import TestSupport
import Testing

@testable import FilterAnalysis

/// Arithmetic on words of functions is arithmetic on words.
struct SymbolicWordTests {
  private static let values: [UInt32] = [
    0, 1, 2, 3, 5, 31, 32, 0x7FFF_FFFF, 0x8000_0000, 0x8000_0001, 0xFFFF_FFFE, 0xFFFF_FFFF, 0x0100_0100, 443,
  ]

  @Test(arguments: values) func constantsAreCalculated(a: UInt32) throws {
    var functions = BooleanFunctions(mostNodes: 1 << 12)
    for b in Self.values {
      let (x, y) = (SymbolicWord(a), SymbolicWord(b))
      #expect(try functions.add(x, y).constant == a &+ b)
      #expect(try functions.subtract(x, y).constant == a &- b)
      #expect(try functions.multiply(x, y).constant == a &* b)
      if b != 0 { #expect(try functions.divide(x, by: y).constant == a / b) }
      #expect(try functions.and(x, y).constant == a & b)
      #expect(try functions.or(x, y).constant == a | b)
      #expect(try functions.exclusiveOr(x, y).constant == a ^ b)
      #expect(try functions.shiftLeft(x, by: y).constant == a &<< b)
      #expect(try functions.shiftRight(x, by: y).constant == a &>> b)
      #expect(try functions.isEqual(x, y) == (a == b ? .always : .never))
      #expect(try functions.isAtLeast(x, y) == (a >= b ? .always : .never))
      #expect(try functions.isGreater(x, y) == (a > b ? .always : .never))
    }
  }

  /// A word of which four bits vary, each way.
  @Test(arguments: [0, 3, 14, 28]) func variableBitsAreCalculated(lowest: Int) throws {
    var functions = BooleanFunctions(mostNodes: 1 << 16)
    var bits = [BooleanFunctions.Function](repeating: .never, count: 32)
    for index in 0..<4 { bits[lowest + index] = try functions.variable(UInt32(index)) }
    bits[9] = .always
    let word = SymbolicWord(bits)
    for b in Self.values {
      let other = SymbolicWord(b)
      let sum = try functions.add(word, other)
      let difference = try functions.subtract(other, word)
      let product = try functions.multiply(word, other)
      let quotient = try functions.divide(other, by: word)
      let comparison = try functions.isAtLeast(word, other)
      for value in 0..<16 as Range<UInt32> {
        let a = value << UInt32(lowest) & ~(1 << 9) | 1 << 9
        func result(_ word: SymbolicWord) -> UInt32 {
          word.bits.enumerated().reduce(0) { number, bit in
            functions.value(of: bit.element) { value >> $0 & 1 == 1 } ? number | 1 << UInt32(bit.offset) : number
          }
        }
        #expect(result(sum) == a &+ b)
        #expect(result(difference) == b &- a)
        #expect(result(product) == a &* b)
        #expect(result(quotient) == b / a)
        #expect(functions.value(of: comparison) { value >> $0 & 1 == 1 } == (a >= b))
      }
    }
  }

  @Test func equalFunctionsAreOneFunction() throws {
    var functions = BooleanFunctions(mostNodes: 1 << 10)
    let (a, b, c) = (try functions.variable(0), try functions.variable(1), try functions.variable(2))
    let first = try functions.or(try functions.and(a, b), try functions.and(a, c))
    let second = try functions.and(a, try functions.or(c, b))
    #expect(first == second)
    #expect(try functions.not(try functions.not(first)) == first)
    #expect(try functions.exclusiveOr(first, second) == .never)
    #expect(functions.example(of: first) == [0, 2])
    #expect(functions.example(of: .never) == nil)
  }
}
