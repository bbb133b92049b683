/// A kind of machine, by what filters depend on: flags of open(2) have other numbers on each, and words are loaded in
/// the machine's own byte order.
package struct Machine: RawRepresentable, Hashable, Sendable {
  /// `AUDIT_ARCH_*`, include/uapi/linux/audit.h, in which bits for the byte order and the size of words are included.
  package let rawValue: UInt32

  package init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  package static let x86 = Machine(rawValue: 0xC000_003E)
  package static let arm = Machine(rawValue: 0xC000_00B7)

  /// The one that this program was built for.
  package static var native: Machine {
    #if arch(x86_64)
      .x86
    #elseif arch(arm64)
      .arm
    #else
      #error("the number of this architecture is not known")
    #endif
  }

  /// As `uname -m` says it; the number where that is not known.
  package var name: String {
    switch self {
    case .x86: "x86_64"
    case .arm: "aarch64"
    default: "0x" + String(rawValue, radix: 16)
    }
  }
}
