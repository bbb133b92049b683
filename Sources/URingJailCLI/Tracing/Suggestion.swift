import Discovery
import Policy

/// The lines that would have allowed what was denied.
struct Suggestion {
  private let set: PolicySet

  init(_ set: PolicySet) {
    self.set = set
  }

  /// `time`: nanoseconds since 1970.
  mutating func add(_ observed: ObservedRequest, _ time: UInt64) {}

  var text: String { "" }
}
