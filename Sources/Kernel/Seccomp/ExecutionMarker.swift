/// 128 random bits by which a seccomp filter tells the execve(2) of this launcher from every other.
///
/// They travel in arguments 5 and 6 of a call that has three, so the kernel looks at them nowhere but in the filter.
/// Why nobody else can know them: docs/design/0009-system-call-filters.md.
package struct ExecutionMarker: Hashable, Sendable {
  package let fifth: UInt64
  package let sixth: UInt64

  package init(fifth: UInt64, sixth: UInt64) {
    self.fifth = fifth
    self.sixth = sixth
  }

  /// A fresh one.
  package init(_ calls: any SystemCalls) throws(KernelError) {
    let bytes = try attempt("getrandom") { () throws(Errno) in try calls.randomBytes(16) }
    guard bytes.count == 16 else { throw KernelError("getrandom", .tryAgain) }
    self.init(fifth: Self.number(bytes[..<8]), sixth: Self.number(bytes[8...]))
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
