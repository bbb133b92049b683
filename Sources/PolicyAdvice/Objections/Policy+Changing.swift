import Diagnostics
package import Policy
import URingABI

extension Policy {
  /// The policy after a change. Nothing else of it is another.
  package func applying(_ change: PolicyChange) -> Policy {
    switch change.edit {
    case .allow(let operation):
      return with(operations: operations.with(allow: operations.allow + [change.located(operation)]))
    case .keepFromDenying(let operation):
      return with(operations: operations.with(deny: operations.deny.filter { $0.value != operation }))
    case .allowRegister(let operation):
      return with(register: register.map { $0.with(allow: ($0.allow ?? []) + [change.located(operation)]) })
    case .keepFromDenyingRegister(let operation):
      return with(register: register.map { $0.with(deny: $0.deny.filter { $0.value != operation }) })
    case .addFlags(let word, let flags):
      let rules = rules(of: word)
      return with(rules.with(allow: (rules.allow ?? []) + flags.map { change.located($0) }), for: word)
    case .removeFlag(let word, .forbid, let flag):
      let rules = rules(of: word)
      return with(rules.with(forbid: rules.forbid.filter { $0.value != flag }), for: word)
    case .removeFlag(let word, .require, let flag):
      let rules = rules(of: word)
      return with(rules.with(require: rules.require.filter { $0.value != flag }), for: word)
    case .freeFlags(let word):
      return with(.none, for: word)
    case .addUserData(let operation, let value):
      return with(conditions: conditions.map { $0.allowing(change.located(value...value), for: operation) })
    case .addAccess(let access):
      return with(open: open.map { $0.with(access: ($0.access ?? []) + [change.located(access)]) })
    case .freeAccess:
      return with(open: open.map { $0.with(access: nil) })
    case .addSocket(let entry):
      return with(
        socket: socket.map { SocketRules(allow: ($0.allow ?? []) + [entry], deny: $0.deny, span: $0.span) })
    case .removeSocketDenial(let entry):
      return with(socket: .some(socket?.withoutDenial(entry)))
    case .addPeer(let entry):
      return with(
        connect: connect.map { ConnectRules(allow: ($0.allow ?? []) + [entry], deny: $0.deny, span: $0.span) })
    case .removePeerDenial(let entry):
      return with(connect: .some(connect?.withoutDenial(entry)))
    case .freePeers:
      return with(connect: .some(nil))
    }
  }

  /// The conditions on a word of flags.
  package func rules(of word: FlagWord) -> FlagRules {
    switch word {
    case .requests: operations.flags
    case .operation(let operation): conditions(of: operation)?.flags ?? .none
    case .openFlags: open?.flags ?? .none
    case .openMode: open?.mode ?? .none
    case .openResolve: open?.resolve ?? .none
    }
  }

  private func with(_ rules: FlagRules, for word: FlagWord) -> Policy {
    switch word {
    case .requests: with(operations: operations.with(flags: rules))
    case .operation(let operation):
      with(conditions: conditions.map { $0.operation.value == operation ? $0.with(flags: rules) : $0 })
    case .openFlags: with(open: open.map { $0.with(flags: rules, access: $0.access) })
    case .openMode: with(open: open.map { $0.with(mode: rules, access: $0.access) })
    case .openResolve: with(open: open.map { $0.with(resolve: rules, access: $0.access) })
    }
  }

  /// What is not given stays; a table can be given as absent.
  private func with(
    operations: OperationRules? = nil, open: OpenRules? = nil, socket: SocketRules?? = nil,
    connect: ConnectRules?? = nil, conditions: [OperationConditions]? = nil, register: RegisterRules? = nil
  ) -> Policy {
    Policy(
      description: description, operations: operations ?? self.operations, open: open ?? self.open,
      socket: socket ?? self.socket, connect: connect ?? self.connect, conditions: conditions ?? self.conditions,
      register: register ?? self.register, process: process, kernel: kernel, tests: tests)
  }
}

extension PolicyChange {
  /// What is added stands at the first of the places.
  fileprivate func located<Value>(_ value: Value) -> Located<Value> {
    Located(value, at: places.first ?? SourceSpan(0..<0, in: SourceID(0)))
  }
}

extension OperationRules {
  fileprivate func with(
    allow: [Located<Operation>]? = nil, deny: [Located<Operation>]? = nil, flags: FlagRules? = nil
  ) -> OperationRules {
    OperationRules(
      byDefault: byDefault, allow: allow ?? self.allow, deny: deny ?? self.deny, flags: flags ?? self.flags,
      span: span)
  }
}

extension OperationConditions {
  fileprivate func with(flags: FlagRules) -> OperationConditions {
    OperationConditions(operation, flags: flags, userData: userData, span: span)
  }

  fileprivate func allowing(_ value: Located<ClosedRange<UInt64>>, for other: Operation) -> OperationConditions {
    guard operation.value == other, let userData else { return self }
    return OperationConditions(operation, flags: flags, userData: userData + [value], span: span)
  }
}

extension OpenRules {
  fileprivate func with(
    flags: FlagRules? = nil, mode: FlagRules? = nil, resolve: FlagRules? = nil, access: [Located<Access>]?
  ) -> OpenRules {
    OpenRules(
      access: access, flags: flags ?? self.flags, mode: mode ?? self.mode, resolve: resolve ?? self.resolve, span: span)
  }
}

extension FlagRules {
  fileprivate func with(
    allow: [Located<Flag>]? = nil, forbid: [Located<Flag>]? = nil, require: [Located<Flag>]? = nil
  ) -> FlagRules {
    FlagRules(
      allow: allow ?? self.allow, forbid: forbid ?? self.forbid, require: require ?? self.require, span: span)
  }
}

extension RegisterRules {
  fileprivate func with(
    allow: [Located<RegisterOperation>]? = nil, deny: [Located<RegisterOperation>]? = nil
  ) -> RegisterRules {
    RegisterRules(allow: allow ?? self.allow, deny: deny ?? self.deny, span: span)
  }
}

extension SocketRules {
  /// `nil` once nothing is left.
  fileprivate func withoutDenial(_ entry: SocketEntry) -> SocketRules? {
    let rest = deny.filter { !$0.isSame(as: entry) }
    return rest.isEmpty && allow == nil ? nil : SocketRules(allow: allow, deny: rest, span: span)
  }
}

extension ConnectRules {
  /// `nil` once nothing is left.
  fileprivate func withoutDenial(_ entry: ConnectEntry) -> ConnectRules? {
    let rest = deny.filter { !$0.isSame(as: entry) }
    return rest.isEmpty && allow == nil ? nil : ConnectRules(allow: allow, deny: rest, span: span)
  }
}

extension SocketEntry {
  /// True for the same conditions, wherever they stand.
  func isSame(as other: SocketEntry) -> Bool {
    families == other.families && types == other.types && protocols == other.protocols
  }
}

extension ConnectEntry {
  /// True for the same conditions, wherever they stand.
  func isSame(as other: ConnectEntry) -> Bool {
    networks?.map(\.value) == other.networks?.map(\.value) && ports?.map(\.value) == other.ports?.map(\.value)
      && families == other.families
  }
}
