/// What capabilities(7) calls the capabilities of a file: `struct vfs_cap_data`, include/uapi/linux/capability.h.
package struct FileCapabilities: Hashable, Sendable {
  /// Bit n for capability n.
  package let permitted: UInt64
  /// A program has them from its first instruction on, or is not executed.
  package let areForced: Bool

  /// Those of a file; `nil` if it has none, or they cannot be read.
  package init?(of path: FilePath, _ calls: any SystemCalls) {
    guard let bytes = try? calls.fileCapabilities(path) else { return nil }
    self.init(bytes)
  }

  /// `bytes`: u32 revision and flags, then permitted and inheritable by words; little-endian.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= 12 else { return nil }
    func word(_ index: Int) -> UInt64 {
      bytes[(index * 4)..<(index * 4 + 4)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    let hasTwoWords = word(0) >> 24 >= 2 && bytes.count >= 20
    permitted = word(1) | (hasTwoWords ? word(3) << 32 : 0)
    // VFS_CAP_FLAGS_EFFECTIVE
    areForced = word(0) & 1 != 0
  }

  package var numbers: [UInt8] { (0..<64).filter { permitted & 1 << UInt64($0) != 0 } }
}
