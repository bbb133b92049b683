package import URingABI

/// A way around the jail that some kernels leave open: what it is, where it may be, and what is done about it.
package struct KernelHole: Hashable, Sendable {
  package enum Name: String, Hashable, Sendable, CaseIterable {
    case h1 = "H1"
    case h2 = "H2"
    case h3 = "H3"
    case h4 = "H4"
    case h5 = "H5"
  }

  /// How it is closed.
  package enum Mitigation: Hashable, Sendable {
    /// The target cannot execute programs, which is taken from it only if the policy says so.
    case denyExecution
    /// seccomp holds the opcodes of io_uring_register(2), whoever calls it and on whatever ring.
    case filterRegistration
    /// Compiled filters deny IPv4 and IPv6 connections to port 0, which nobody makes on purpose.
    case denyPortZero
    /// Compiled filters compare the type of a socket under a mask.
    case maskSocketType

    /// The target notices: something is taken from it that it might use.
    package var takesSomething: Bool { self == .denyExecution }
  }

  /// How it is looked for.
  package enum Detection: Hashable, Sendable {
    /// A child tries it: `ExecutionHoleTrial`.
    case trial
    /// Not at all: it is closed wherever it could matter, whether it is there or not.
    case notNeeded
  }

  package let name: Name
  /// What it is, as the end of a sentence about a kernel: "this kernel ...".
  package let summary: String
  /// The public name, if it has one.
  package let advisory: String?
  /// The first release of each series that upstream corrected, oldest first; docs/kernel-facts.md tells what was tried.
  package let correctedIn: [KernelRelease]
  package let detection: Detection
  package let mitigation: Mitigation

  /// True if a kernel of this release cannot have it (`KernelRelease.implies`). A number rules a hole out and never in:
  /// vendors backport corrections. One that calls itself older than the first with filters is not believed:
  /// personality(2) has it say so (UNAME26).
  package func isRuledOut(by release: KernelRelease?) -> Bool { release?.implies(correctionIn: correctedIn) ?? false }

  /// The name, and the public one.
  package var title: String { name.rawValue + (advisory.map { ", \($0)" } ?? "") }

  /// Where upstream corrected it: "7.1.8 or a later 7.1, or 7.2 or newer".
  package var corrections: String {
    correctedIn.enumerated().map { index, release in
      index < correctedIn.count - 1 ? "\(release) or a later \(release.series)" : "\(release) or newer"
    }.joined(separator: ", or ")
  }

  /// Every hole that is known; docs/kernel-facts.md has what each was seen on.
  package static let all: [KernelHole] = [executionDropsTheJail] + closedAlways

  package static let executionDropsTheJail = KernelHole(
    name: .h1, summary: "drops the jail of a program that has made a ring when it calls execve",
    advisory: "CVE-2026-80713", correctedIn: [KernelRelease(7, 1, 8), KernelRelease(7, 2)], detection: .trial,
    mitigation: .denyExecution)

  private static let closedAlways = [
    KernelHole(
      name: .h2, summary: "does not apply restrictions of register opcodes to a ring that is not enabled yet",
      advisory: "CVE-2026-99096", correctedIn: [KernelRelease(7, 2, 11), KernelRelease(7, 3)], detection: .notNeeded,
      mitigation: .filterRegistration),
    KernelHole(
      name: .h3, summary: "does not apply restrictions of register opcodes to register calls without a ring",
      advisory: "CVE-2026-99802", correctedIn: [KernelRelease(7, 3, 2)], detection: .notNeeded,
      mitigation: .filterRegistration),
    KernelHole(
      name: .h4, summary: "shows filters port and address 0 of a connection whose address has 24 bytes",
      advisory: "CVE-2026-99042", correctedIn: [KernelRelease(7, 2, 11), KernelRelease(7, 3)], detection: .notNeeded,
      mitigation: .denyPortZero),
    KernelHole(
      name: .h5, summary: "shows filters the type of a socket with flags in it", advisory: "CVE-2026-99803",
      correctedIn: [KernelRelease(7, 3, 2)], detection: .notNeeded, mitigation: .maskSocketType),
  ]
}
