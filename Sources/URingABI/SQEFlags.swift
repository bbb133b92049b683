/// The flags of a submission queue entry (`IOSQE_*`, include/uapi/linux/io_uring.h): `sqe->flags`, 8 bits.
package struct SQEFlags: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// A launch runs this: see docs/design/0013-speed-of-a-launch.md.
  package init(arrayLiteral elements: Self...) {
    var bits: UInt8 = 0
    for element in elements { bits |= element.rawValue }
    rawValue = bits
  }

  package static let fixedFile = SQEFlags(rawValue: 1 << 0)
  package static let ioDrain = SQEFlags(rawValue: 1 << 1)
  package static let ioLink = SQEFlags(rawValue: 1 << 2)
  package static let ioHardlink = SQEFlags(rawValue: 1 << 3)
  package static let async = SQEFlags(rawValue: 1 << 4)
  package static let bufferSelect = SQEFlags(rawValue: 1 << 5)
  package static let cqeSkipSuccess = SQEFlags(rawValue: 1 << 6)

  /// Every bit, those that no kernel has a meaning for yet included.
  package static let everyBit = SQEFlags(rawValue: 0xFF)

  package struct Entry: Sendable {
    package let name: String
    package let since: KernelRelease
  }

  /// Index is the bit number; the name is the C name in lower case without `IOSQE_`. Compared with the
  /// kernel's headers by Scripts/check-abi.
  package static let table: [Entry] = [
    Entry(name: "fixed_file", since: KernelRelease(5, 1)),
    Entry(name: "io_drain", since: KernelRelease(5, 2)),
    Entry(name: "io_link", since: KernelRelease(5, 3)),
    Entry(name: "io_hardlink", since: KernelRelease(5, 5)),
    Entry(name: "async", since: KernelRelease(5, 6)),
    Entry(name: "buffer_select", since: KernelRelease(5, 7)),
    Entry(name: "cqe_skip_success", since: KernelRelease(5, 17)),
  ]

  /// The flag with this policy name.
  package init?(name: String) {
    guard let bit = Self.table.firstIndex(where: { $0.name == name }) else { return nil }
    self.init(rawValue: 1 << UInt8(bit))
  }

  /// The same names as a vocabulary of conditions.
  package static let vocabulary = FlagVocabulary(
    "SQE flag", width: 8, table.indices.map { Flag(table[$0].name, 1 << UInt64($0)) })
}
