/// `[process]`: what happens to the process itself around the start of the target.
package struct ProcessRules: Sendable {
  package enum Exec: String, Sendable, CaseIterable {
    case allow
    /// The target is started; after that execve(2) and execveat(2) fail.
    case deny
  }

  /// Capabilities to give up before the target starts.
  package enum DroppedCapabilities: Sendable, Hashable {
    case all
    /// By number, ascending.
    case some([UInt8])
  }

  /// Set `no_new_privs`, so that no privilege is needed to enter the jail and none can be gained inside it.
  /// Without it the caller must hold CAP_SYS_ADMIN in its user namespace.
  package let noNewPrivileges: Bool
  package let exec: Located<Exec>?
  /// Descriptors above 2 that the program keeps.
  package let keepDescriptors: [Located<Int32>]
  package let droppedCapabilities: Located<DroppedCapabilities>?

  package init(
    noNewPrivileges: Bool = true, exec: Located<Exec>? = nil, keepDescriptors: [Located<Int32>] = [],
    droppedCapabilities: Located<DroppedCapabilities>? = nil
  ) {
    self.noNewPrivileges = noNewPrivileges
    self.exec = exec
    self.keepDescriptors = keepDescriptors
    self.droppedCapabilities = droppedCapabilities
  }
}

extension ProcessRules {
  /// True if the target is started without a capability, by its number.
  package func drops(_ capability: UInt8) -> Bool {
    switch droppedCapabilities?.value {
    case nil: false
    case .all: true
    case .some(.some(let numbers)): numbers.contains(capability)
    }
  }
}

/// `[kernel]`: what to do when the running kernel cannot do all that the policy says. Every default refuses to start
/// the target.
package struct KernelRules: Sendable {
  /// A kernel without filters.
  package enum Unsupported: String, Sendable, CaseIterable {
    case refuse
    /// io_uring_setup(2), io_uring_enter(2) and io_uring_register(2) fail with ENOSYS.
    case blockIOURing = "block-io-uring"
    case runUnconfined = "run-unconfined"
  }

  /// A condition on data that the kernel does not show to filters.
  package enum Unfilterable: String, Sendable, CaseIterable {
    case refuse
    case denyOperation = "deny-operation"
  }

  /// An open hole of the kernel whose mitigation takes something from the target.
  package enum Holes: String, Sendable, CaseIterable {
    case refuse
    case mitigate
    case accept
  }

  /// Classic restrictions in addition to filters.
  package enum Restrictions: String, Sendable, CaseIterable {
    /// Used where the task has none yet.
    case auto
    /// Filters only; the target can register restrictions for rings of its own.
    case never
  }

  package let unsupported: Located<Unsupported>?
  package let unfilterable: Located<Unfilterable>?
  package let holes: Located<Holes>?
  package let restrictions: Located<Restrictions>?

  package init(
    unsupported: Located<Unsupported>? = nil, unfilterable: Located<Unfilterable>? = nil,
    holes: Located<Holes>? = nil, restrictions: Located<Restrictions>? = nil
  ) {
    self.unsupported = unsupported
    self.unfilterable = unfilterable
    self.holes = holes
    self.restrictions = restrictions
  }
}

extension ProcessRules {
  /// What holds where several policies must all be satisfied: of every rule the strictest.
  package static func intersection(of rules: [ProcessRules]) -> ProcessRules {
    guard let first = rules.first else { return ProcessRules() }
    return rules.dropFirst().reduce(first) { $0.intersected(with: $1) }
  }

  private func intersected(with other: ProcessRules) -> ProcessRules {
    ProcessRules(
      noNewPrivileges: noNewPrivileges || other.noNewPrivileges,
      exec: exec?.value == .deny ? exec : other.exec ?? exec,
      keepDescriptors: keepDescriptors.filter { kept in other.keepDescriptors.contains { $0.value == kept.value } },
      droppedCapabilities: Self.union(droppedCapabilities, other.droppedCapabilities))
  }

  private static func union(
    _ first: Located<DroppedCapabilities>?, _ second: Located<DroppedCapabilities>?
  ) -> Located<DroppedCapabilities>? {
    guard let first, let second else { return first ?? second }
    guard case .some(let a) = first.value, case .some(let b) = second.value else {
      return first.value == .all ? first : second
    }
    return Located(.some(Set(a + b).sorted()), at: first.span)
  }
}

extension KernelRules {
  /// What holds where several policies must all be satisfied: of every rule the strictest, whose place is kept.
  package static func intersection(of rules: [KernelRules]) -> KernelRules {
    if rules.count == 1 { return rules[0] }
    return KernelRules(
      unsupported: first(of: rules.map(\.unsupported), from: .refuse),
      unfilterable: first(of: rules.map(\.unfilterable), from: .refuse),
      holes: first(of: rules.map(\.holes), from: .refuse),
      restrictions: rules.compactMap(\.restrictions).first { $0.value == .never })
  }

  /// The value that comes first among all that there are; a policy that is silent says the first. `nil` if that is
  /// what holds.
  private static func first<Value: CaseIterable & Equatable>(
    of values: [Located<Value>?], from default: Value
  ) -> Located<Value>? {
    for value in Value.allCases {
      if value == `default`, values.contains(where: { $0 == nil }) { return nil }
      if let found = values.first(where: { $0?.value == value }) { return found }
    }
    return nil
  }
}
