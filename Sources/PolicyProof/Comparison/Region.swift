package import Policy

/// Requests of one operation that have something in common: all constraints hold.
package struct Region: Sendable {
  /// A field has one of these values.
  enum Constraint: Hashable, Sendable {
    /// Ascending ranges that do not touch.
    case ranges(RegionField.Name, [ClosedRange<UInt128>])
    /// Any of these combinations of flags.
    case flags(RegionField.Name, [Combination])
  }

  /// The bits under the mask have the value's.
  struct Combination: Hashable, Sendable {
    let mask: UInt64
    let value: UInt64

    /// True if everything in the other one is in this one as well.
    func contains(_ other: Combination) -> Bool { mask & ~other.mask == 0 && (value ^ other.value) & mask == 0 }
  }

  /// By field, in the order of fields; fields without one are free.
  let constraints: [Constraint]
  /// A request inside the region.
  package let example: Request
}
