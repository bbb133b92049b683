import Diagnostics
import Discovery
import Kernel
import Policy

/// Policies that would have allowed what was denied: each includes the one that denied it.
struct Suggestion {
  private let set: PolicySet
  private var observations = Observations(ephemeral: EphemeralRange.current)

  init(_ set: PolicySet) {
    self.set = set
  }

  /// `time`: nanoseconds since 1970.
  mutating func add(_ observed: ObservedRequest, _ time: UInt64) {
    observations.add(observed, time / 1_000_000_000)
  }

  var text: String {
    if observations.operations.isEmpty, observations.registrations.isEmpty { return "# nothing to add\n" }
    return set.policies.enumerated().map { index, policy in text(index, policy) }.joined()
  }

  private func text(_ index: Int, _ policy: Policy) -> String {
    let name = set.roots[index].name
    let missing = Missing(in: policy, observations)
    let tables = PolicyWriter(missing.observations, missing.extents).tables
    let conflicts = missing.conflicts.map { conflict in
      let place = conflict.place.map { Report.place($0, in: set.sources) + ": " } ?? ""
      return "# \(place)\(conflict.message); adding does not help\n"
    }
    if tables.isEmpty, conflicts.isEmpty { return "# nothing to add to \(Report.printable(name))\n" }
    let heading = "# add to \(Report.printable(name)):\n" + conflicts.joined()
    if tables.isEmpty { return heading }
    // A file of its own, since a table cannot be there twice.
    guard let path = try? LearnedText.absolute(name), set.roots[index].name != FileContents.standardInputName else {
      return heading + tables
    }
    return heading + "policy = 1\ninclude = [\(PolicyWriter.quoted(path))]\n\n" + tables
  }
}
