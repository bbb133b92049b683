/// What capabilities(7) calls the capabilities of a file.
package struct FileCapabilities: Hashable, Sendable {
  /// Bit n for capability n.
  package let permitted: UInt64
  /// A program has them from its first instruction on, or is not executed.
  package let areForced: Bool

  package init(permitted: UInt64, areForced: Bool) {
    self.permitted = permitted
    self.areForced = areForced
  }

  package var numbers: [UInt8] { (0..<64).filter { permitted & 1 << UInt64($0) != 0 } }
}
