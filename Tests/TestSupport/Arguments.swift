package import Kernel

/// An argument vector as C has it, from any bytes; lives as long as this object.
@safe
package final class Arguments {
  private let base: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  /// - Precondition: no byte is NUL.
  package init(_ arguments: [[UInt8]]) {
    count = arguments.count
    // SAFETY: one pointer for each argument and a NULL behind them, all freed with this object.
    unsafe base = .allocate(capacity: arguments.count + 1)
    unsafe base.initialize(repeating: nil, count: arguments.count + 1)
    for (index, argument) in arguments.enumerated() {
      precondition(!argument.contains(0), "a C string has no NUL")
      let text = UnsafeMutablePointer<CChar>.allocate(capacity: argument.count + 1)
      for (offset, byte) in (argument + [0]).enumerated() {
        unsafe (text + offset).initialize(to: CChar(bitPattern: byte))
      }
      unsafe base[index] = text
    }
  }

  package convenience init(_ arguments: [String]) {
    self.init(arguments.map { Array($0.utf8) })
  }

  deinit {
    for index in 0..<count { unsafe base[index]?.deallocate() }
    unsafe base.deallocate()
  }

  /// Hands out the vector; it must not be kept.
  package func withVector<Result, Failure: Error>(
    _ body: (ArgumentVector) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // SAFETY: the vector is well formed, and this object outlives the call.
    let result = try body(unsafe ArgumentVector(base: base, count: count))
    extendLifetime(self)
    return result
  }
}

extension ArgumentVector {
  /// All arguments, byte for byte.
  package var allBytes: [[UInt8]] { (0..<count).map { bytes(at: $0) } }
}
