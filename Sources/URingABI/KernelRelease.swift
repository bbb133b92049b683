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
    // Byte by byte: every launch asks, and what a character is takes long to find out.
    guard let dot = utsname.utf8.firstIndex(of: UInt8(ascii: ".")) else { return nil }
    let digits = utsname.utf8[dot...].dropFirst().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard let major = UInt8(utsname[..<dot]), let minor = UInt8(Substring(digits)) else { return nil }
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
