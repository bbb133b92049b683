/// A kernel release by its first two numbers, the granularity at which the interface grows.
package struct KernelRelease: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let major: UInt8
  package let minor: UInt8

  package init(_ major: UInt8, _ minor: UInt8) {
    self.major = major
    self.minor = minor
  }

  /// Reads the leading `MAJOR.MINOR` of a `uname -r` string such as `7.2.12+deb14-cloud-amd64`.
  package init?(utsname: String) {
    let parts = utsname.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count >= 2, let major = UInt8(parts[0]),
      let minor = UInt8(parts[1].prefix { $0.isASCII && $0.isNumber })
    else { return nil }
    self.init(major, minor)
  }

  package static func < (a: KernelRelease, b: KernelRelease) -> Bool {
    (a.major, a.minor) < (b.major, b.minor)
  }

  package var description: String { "\(major).\(minor)" }

  /// The first release with per-task restrictions and filters (`CONFIG_IO_URING_BPF`).
  package static let firstWithFilters = KernelRelease(7, 0)

  /// The newest release whose operations and filter data are in the tables of this program.
  package static let newestKnown = KernelRelease(7, 3)
}
