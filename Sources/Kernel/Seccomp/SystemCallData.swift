/// `struct seccomp_data` (include/uapi/linux/seccomp.h): what a seccomp filter sees of a system call. 64 bytes, words in
/// the machine's own order.
package enum SystemCallData {
  package static let size = 64
  static let number = 0
  static let architecture = 4

  /// The low half of an argument, 0 to 5. It is all that there is of an argument that the kernel takes as an `int`.
  static func low(argument: Int) -> Int { 16 + argument * 8 + (isLittleEndian ? 0 : 4) }

  static func high(argument: Int) -> Int { 16 + argument * 8 + (isLittleEndian ? 4 : 0) }

  private static var isLittleEndian: Bool { UInt32(littleEndian: 1) == 1 }

  /// The context of a call, for the simulator: word i is what stands at offset 4·i.
  package static func context(number: UInt32, architecture: UInt32, arguments: [UInt64]) -> [UInt32] {
    var words = [UInt32](repeating: 0, count: size / 4)
    words[0] = number
    words[1] = architecture
    for (index, argument) in arguments.enumerated() {
      words[low(argument: index) / 4] = UInt32(truncatingIfNeeded: argument)
      words[high(argument: index) / 4] = UInt32(truncatingIfNeeded: argument >> 32)
    }
    return words
  }
}
