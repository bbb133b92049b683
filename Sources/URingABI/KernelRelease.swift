/// A kernel release by upstream's numbers: `7.1.8` is 7, 1 and 8.
package struct KernelRelease: Hashable, Sendable {
  /// How far a release had come when it got its number.
  package enum Stage: UInt8, Hashable, Sendable {
    /// A release candidate. What its release or an older one has, it may lack.
    case candidate
    /// `7.2.0-5-generic`: the first release of a series, with a vendor's own text behind it. Some vendors name their
    /// builds of candidates so.
    case unclear
    case final
  }

  package let major: UInt8
  package let minor: UInt8
  /// The number within the series MAJOR.MINOR; 0 is the series' first release.
  package let patch: UInt16
  package let stage: Stage

  package init(_ major: UInt8, _ minor: UInt8, _ patch: UInt16 = 0, stage: Stage = .final) {
    self.major = major
    self.minor = minor
    self.patch = patch
    self.stage = stage
  }

  /// The first release with per-task restrictions and filters (`CONFIG_IO_URING_BPF`).
  package static let firstWithFilters = KernelRelease(7, 0)

  /// The newest series whose operations and filter data are in the tables of this program.
  package static let newestKnown = KernelRelease(7, 3)
}

// MARK: - What a number may be asked

/// A number tells what upstream put into a release, and nothing of what a vendor added or removed. It is good for
/// looking at a policy without running it. At a launch it decides one thing: whether a trial can be left out, because
/// upstream's own number implies a correction. Everything else is asked of the kernel.
extension KernelRelease {
  /// The first release of the series.
  package var series: KernelRelease { KernelRelease(major, minor) }

  /// True if upstream's number alone implies a correction.
  ///
  /// That is so for releases of the same series from the corrected one on, and for all series behind the last; never
  /// for candidates, nor for the first of a series that may be one and could lack it.
  ///
  /// `releases`: where upstream corrected it, oldest first: the first release of each series that has the correction.
  package func implies(correctionIn releases: [KernelRelease]) -> Bool {
    if stage == .candidate { return false }
    guard let last = releases.last else { return false }
    // What came into a stable release may have come into a candidate of the next series before.
    if series > last.series { return stage == .final || last.patch == 0 }
    return stage == .final && releases.contains { $0.series == series && $0.patch <= patch }
  }
}

extension KernelRelease: Comparable {
  package static func < (a: KernelRelease, b: KernelRelease) -> Bool {
    (a.major, a.minor, a.patch, a.stage.rawValue) < (b.major, b.minor, b.patch, b.stage.rawValue)
  }
}

extension KernelRelease: CustomStringConvertible {
  /// Upstream's numbers, without the 0 of the first in a series.
  package var description: String {
    "\(major).\(minor)\(patch == 0 ? "" : ".\(patch)")\(stage == .candidate ? "-rc" : "")"
  }
}
