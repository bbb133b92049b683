package import Diagnostics
package import URingABI

/// What one policy file says, typed: every name resolved to its number, every rule with its place in the text.
package struct Policy: Sendable {
  /// The language version that this program reads.
  package static let languageVersion = 1

  /// Free text for the reader; no effect.
  package let description: String?
  package let operations: OperationRules
  /// Narrows `socket`; `nil` leaves its arguments free.
  package let socket: SocketRules?
  package let process: ProcessRules

  package init(
    description: String? = nil, operations: OperationRules, socket: SocketRules? = nil,
    process: ProcessRules = ProcessRules()
  ) {
    self.description = description
    self.operations = operations
    self.socket = socket
    self.process = process
  }
}

/// A value from the text and where it stands there.
package struct Located<Value: Sendable>: Sendable {
  package let value: Value
  package let span: SourceSpan

  package init(_ value: Value, at span: SourceSpan) {
    self.value = value
    self.span = span
  }
}

/// `[operations]`: which operations may be requested at all.
package struct OperationRules: Sendable {
  package enum Default: String, Sendable, CaseIterable {
    case deny
    case allow
  }

  /// What holds for operations in neither list.
  package let byDefault: Default
  package let allow: [Located<Operation>]
  /// Wins over `allow`.
  package let deny: [Located<Operation>]

  package init(byDefault: Default = .deny, allow: [Located<Operation>] = [], deny: [Located<Operation>] = []) {
    self.byDefault = byDefault
    self.allow = allow
    self.deny = deny
  }

  /// True if requests for the operation can be allowed; conditions may still narrow them.
  package func permits(_ operation: Operation) -> Bool {
    if deny.contains(where: { $0.value == operation }) { return false }
    return byDefault == .allow || allow.contains { $0.value == operation }
  }
}

/// `[socket]`: a request must match one entry.
package struct SocketRules: Sendable {
  package let allow: [SocketEntry]

  package init(allow: [SocketEntry]) {
    self.allow = allow
  }
}

/// One alternative of `[socket] allow`: all its conditions must hold. A list of values means any of them; `nil`
/// means the argument is free.
package struct SocketEntry: Sendable {
  /// `AF_*`.
  package let families: [UInt32]?
  /// `SOCK_*` without SOCK_CLOEXEC and SOCK_NONBLOCK, 0 to 15.
  package let types: [UInt32]?
  /// `IPPROTO_*`, or another family's protocol number.
  package let protocols: [UInt32]?
  package let span: SourceSpan

  package init(families: [UInt32]?, types: [UInt32]?, protocols: [UInt32]?, span: SourceSpan) {
    self.families = families
    self.types = types
    self.protocols = protocols
    self.span = span
  }
}

/// `[process]`: what happens to the process itself before the target starts.
package struct ProcessRules: Sendable {
  /// Set `no_new_privs`, so that no privilege is needed to enter the jail and none can be gained inside it.
  /// Without it the caller must hold CAP_SYS_ADMIN in its user namespace.
  package let noNewPrivileges: Bool

  package init(noNewPrivileges: Bool = true) {
    self.noNewPrivileges = noNewPrivileges
  }
}
