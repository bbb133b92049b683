import Foundation

/// The seeds of tests on random policies.
package enum Seeds {
  /// Those of the range, or those that `URING_JAIL_SEED` asks for: one, as failures print it, or FIRST-LAST.
  package static func seeds(_ range: Range<UInt64>) -> [UInt64] {
    guard let text = ProcessInfo.processInfo.environment["URING_JAIL_SEED"] else { return Array(range) }
    let ends = text.split(separator: "-").compactMap { UInt64($0) }
    guard let first = ends.first, let last = ends.last, first <= last else { return [] }
    return Array(first...last)
  }
}
