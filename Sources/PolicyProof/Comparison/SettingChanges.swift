import Policy
import URingABI

/// What differs between policies beside requests: register opcodes, the process, and what is done where the kernel
/// cannot do all that a policy says.
enum SettingChanges {
  static func between(_ old: Meaning, _ new: Meaning) -> [Comparison.Change] {
    var changes: [Comparison.Change] = []
    changes += registrations(old, new)
    if let before = old.process, let after = new.process { changes += process(before, after) }
    if let before = old.kernel, let after = new.kernel { changes += kernel(before, after) }
    return changes
  }

  private static func registrations(_ old: Meaning, _ new: Meaning) -> [Comparison.Change] {
    let known = KernelAbilities.everyOperation.registerOperations
    func change(_ direction: Comparison.Direction, _ allowed: Meaning, _ denied: Meaning) -> [Comparison.Change] {
      let differing = known.filter { allowed.allows($0) && !denied.allows($0) }
      if differing.isEmpty { return [] }
      let unnamed = differing.filter { $0.since == nil }
      // A list that ends with the opcodes that are known, or one that goes on.
      let areAll = unnamed.count == known.count { $0.since == nil }
      let names =
        areAll && unnamed.count > 1
        ? differing.filter { $0.since != nil }.map(\.name) + ["every opcode that newer kernels add"]
        : differing.map(\.name)
      let verb = direction == .looser ? "may be called" : "may no longer be called"
      return [
        Comparison.Change(
          direction: direction, key: "[register]", text: "\(RegionText.list(names)) \(verb)", names: names)
      ]
    }
    return change(.looser, new, old) + change(.stricter, old, new)
  }

  // MARK: [process]

  private static func process(_ old: ProcessRules, _ new: ProcessRules) -> [Comparison.Change] {
    var changes: [Comparison.Change] = []
    func add(_ isLooser: Bool, _ key: String, _ text: String) {
      changes.append(
        Comparison.Change(direction: isLooser ? .looser : .stricter, key: "[process] \(key)", text: text))
    }
    if old.noNewPrivileges != new.noNewPrivileges {
      add(
        old.noNewPrivileges, "no-new-privileges",
        old.noNewPrivileges
          ? "the target may gain privileges by executing setuid programs" : "the target no longer gains privileges")
    }
    let (before, after) = (old.exec?.value ?? .allow, new.exec?.value ?? .allow)
    if before != after {
      add(
        before == .deny, "exec",
        before == .deny ? "the target may execute programs" : "the target may no longer execute programs")
    }
    let (kept, keeps) = (Set(old.keepDescriptors.map(\.value)), Set(new.keepDescriptors.map(\.value)))
    let (added, removed) = (keeps.subtracting(kept).sorted(), kept.subtracting(keeps).sorted())
    func list(_ numbers: [Int32]) -> String {
      "the descriptor\(numbers.count == 1 ? "" : "s") \(numbers.map(String.init).joined(separator: ", "))"
    }
    if !added.isEmpty { add(true, "keep-fds", "the target keeps \(list(added))") }
    if !removed.isEmpty { add(false, "keep-fds", "the target no longer keeps \(list(removed))") }
    let (dropped, drops) = (Self.dropped(old), Self.dropped(new))
    let (regained, given) = (dropped.subtracting(drops).sorted(), drops.subtracting(dropped).sorted())
    if !regained.isEmpty { add(true, "capabilities", "the target keeps \(names(regained))") }
    if !given.isEmpty { add(false, "capabilities", "the target loses \(names(given))") }
    return changes
  }

  /// By number.
  private static func dropped(_ rules: ProcessRules) -> Set<UInt8> {
    switch rules.droppedCapabilities?.value {
    case nil: []
    case .all: Set(0..<UInt8(64))
    case .some(.some(let numbers)): Set(numbers)
    }
  }

  private static func names(_ numbers: [UInt8]) -> String {
    let named = numbers.filter { $0 < Capability.names.count }.map { Capability.names[Int($0)] }
    if named.count <= 8 { return named.joined(separator: ", ") }
    return "\(named.count) capabilities, among them \(named.prefix(4).joined(separator: ", "))"
  }

  // MARK: [kernel]

  private static func kernel(_ old: KernelRules, _ new: KernelRules) -> [Comparison.Change] {
    var changes: [Comparison.Change] = []
    /// Values are in order from the strictest to the loosest: each starts the target where the one before refuses.
    func compare<Value: RawRepresentable<String> & CaseIterable & Equatable>(
      _ key: String, _ old: Value?, _ new: Value?, _ where: String
    ) {
      let values = Array(Value.allCases)
      guard let before = values.firstIndex(of: old ?? values[0]), let after = values.firstIndex(of: new ?? values[0]),
        before != after
      else { return }
      changes.append(
        Comparison.Change(
          direction: after > before ? .looser : .stricter, key: "[kernel] \(key)",
          text: "\(`where`): \(values[after].rawValue) instead of \(values[before].rawValue)"))
    }
    compare("unsupported", old.unsupported?.value, new.unsupported?.value, "on a kernel without filters")
    compare(
      "unfilterable", old.unfilterable?.value, new.unfilterable?.value,
      "on a kernel that does not show what a condition is about")
    compare("holes", old.holes?.value, new.holes?.value, "on a kernel with an open hole")
    compare(
      "restrictions", old.restrictions?.value, new.restrictions?.value, "classic restrictions in addition to filters")
    return changes
  }
}
