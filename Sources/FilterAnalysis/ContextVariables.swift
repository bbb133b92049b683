import BPF
package import URingABI

/// The bits of a filter's context as variables: what the kernel always fills in the same way is constant, the rest is
/// free.
///
/// Bits are asked for in the order of their weight, high ones first, and words in the order of their place, but the
/// flags of the entry first. Where a word is in network byte order, its weight is that of the number it means.
package struct ContextVariables: Sendable {
  package typealias Function = BooleanFunctions.Function

  package let operation: Operation
  /// The variable of each bit, by 32 · word + bit; `nil` where the kernel always shows 0 or always the same.
  private let variables: [UInt32?]
  /// What the kernel always shows in bits without a variable.
  private let fixed: [UInt32]
  /// The flags of the entry are those that the kernel has made of what the program set.
  private var addsFlags = false

  /// The context of one operation's requests.
  ///
  /// Of operations without arguments that a filter can see, all 24 bytes behind the header are zero.
  package init(of operation: Operation) {
    self.operation = operation
    let size = Int(operation.arguments.size)
    var fixed = [UInt32](repeating: 0, count: FilterContext.size / 4)
    fixed[FilterContext.Header.opcodeOffset / 4] = Self.headerWord(operation, size)
    self.fixed = fixed

    var order = Self.bits(ofWordAt: FilterContext.Header.sqeFlags.offset)
      .filter { FilterContext.Header.sqeFlags.mask >> UInt32($0 % 32) & 1 == 1 }
    for word in [FilterContext.Header.userData.high, FilterContext.Header.userData.low] {
      order += Self.bits(ofWordAt: word.offset)
    }
    for offset in Self.payloadWords(operation, size) {
      let isNetworkOrder = operation.arguments == .connect && offset != FilterContext.Connect.family.offset
      order += isNetworkOrder ? Self.bitsInMemoryOrder(ofWordAt: offset) : Self.bits(ofWordAt: offset)
    }
    if operation.arguments == .connect {
      // Two bytes of padding behind the port.
      let bytes = Self.bitsInMemoryOrder(ofWordAt: FilterContext.Connect.port.offset)
      order.removeAll { bytes[16...].contains($0) }
    }
    var variables = [UInt32?](repeating: nil, count: FilterContext.size * 8)
    for (number, bit) in order.enumerated() { variables[bit] = UInt32(number) }
    self.variables = variables
  }

  private static func payloadWords(_ operation: Operation, _ size: Int) -> [Int] {
    func words(_ fields: [FilterContext.Wide]) -> [Int] { fields.flatMap { [$0.high.offset, $0.low.offset] } }
    return switch operation.arguments {
    // openat has no resolve flags.
    case .openat: words([FilterContext.Open.flags, FilterContext.Open.mode])
    case .openat2: words([FilterContext.Open.flags, FilterContext.Open.mode, FilterContext.Open.resolve])
    case .none, .socket, .connect:
      Array(stride(from: FilterContext.Header.length, to: FilterContext.Header.length + size, by: 4))
    }
  }

  /// The word with opcode, flags and size; the flags are variable.
  private static func headerWord(_ operation: Operation, _ size: Int) -> UInt32 {
    let bytes: [UInt8] = [operation.code, 0, UInt8(size), 0]
    return bytes.enumerated().reduce(0) { word, byte in
      word | UInt32(byte.element) << UInt32(bitOfByte(byte.offset))
    }
  }

  /// The lowest bit of the byte at this place in memory, in a word that is loaded.
  private static func bitOfByte(_ index: Int) -> Int {
    #if _endian(little)
      8 * index
    #else
      24 - 8 * index
    #endif
  }

  private static func bits(ofWordAt offset: Int) -> [Int] { (0..<32).reversed().map { offset / 4 * 32 + $0 } }

  private static func bitsInMemoryOrder(ofWordAt offset: Int) -> [Int] {
    (0..<4).flatMap { byte in (0..<8).reversed().map { offset / 4 * 32 + bitOfByte(byte) + $0 } }
  }

  // MARK: Words

  /// What a program loads from an offset that is a multiple of 4 below 40.
  func word(at offset: Int, in functions: inout BooleanFunctions) throws(AnalysisLimit) -> SymbolicWord {
    var bits: [Function] = []
    for bit in 0..<32 { bits.append(try self.bit(bit, ofWordAt: offset, in: &functions)) }
    return SymbolicWord(bits)
  }

  /// The number of a bit's variable; `nil` if the kernel always shows the same.
  package func variable(_ bit: Int, ofWordAt offset: Int) -> UInt32? { variables[offset / 4 * 32 + bit] }

  /// One bit of a word that a program can load.
  package func bit(
    _ bit: Int, ofWordAt offset: Int, in functions: inout BooleanFunctions
  ) throws(AnalysisLimit) -> Function {
    if let variable = variables[offset / 4 * 32 + bit] {
      let isSet = try functions.variable(variable)
      guard addsFlags, offset == FilterContext.Header.sqeFlags.offset, bit == Self.asyncBit else { return isSet }
      return try functions.or(isSet, try isMadeAsync(in: &functions))
    }
    return fixed[offset / 4] >> UInt32(bit) & 1 == 1 ? .always : .never
  }

  // MARK: Flags that the kernel sets

  private static let asyncBit = FilterContext.Header.sqeFlagsShift + 4
  private static let drainBit = FilterContext.Header.sqeFlagsShift + 1

  /// The same variables, standing for the request as the program made it, while bits are what filters see of it.
  package var seenByFilters: ContextVariables {
    var result = self
    result.addsFlags = true
    return result
  }

  /// Where the kernel sets IOSQE_ASYNC itself: on requests with IOSQE_IO_DRAIN, and on those of some operations.
  private func isMadeAsync(in functions: inout BooleanFunctions) throws(AnalysisLimit) -> Function {
    let flags = FilterContext.Header.sqeFlags.offset
    guard let drain = variables[flags / 4 * 32 + Self.drainBit] else { return .never }
    var result = try functions.variable(drain)
    switch operation.forcedAsync {
    case .never, .whereAdviceIsSlow: break
    case .always: return .always
    case .whereFilesChange:
      for bit in 0..<64 where OpenConstants.changing >> UInt64(bit) & 1 == 1 {
        let word = bit < 32 ? FilterContext.Open.flags.low : FilterContext.Open.flags.high
        result = try functions.or(result, try self.bit(bit % 32, ofWordAt: word.offset, in: &functions))
      }
    }
    return result
  }

  /// The words of the context in which exactly these variables are set.
  package func context(setting set: Set<UInt32>) -> [UInt32] {
    var words = fixed
    for (bit, variable) in variables.enumerated() {
      if let variable, set.contains(variable) { words[bit / 32] |= 1 << UInt32(bit % 32) }
    }
    return words
  }

  /// True if the kernel could show this context: everything that is fixed is as it must be.
  package func contains(_ context: [UInt32]) -> Bool {
    variables.enumerated().allSatisfy { bit, variable in
      variable != nil || (context[bit / 32] ^ fixed[bit / 32]) >> UInt32(bit % 32) & 1 == 0
    }
  }

  /// The value of a function for one context.
  package func value(of function: Function, for context: [UInt32], in functions: BooleanFunctions) -> Bool {
    var set: Set<UInt32> = []
    for (bit, variable) in variables.enumerated() {
      if let variable, context[bit / 32] >> UInt32(bit % 32) & 1 == 1 { set.insert(variable) }
    }
    return functions.value(of: function) { set.contains($0) }
  }
}
