import Diagnostics
import URingABI

extension Policy {
  /// The policy after a change. Nothing else of it is another.
  package func applying(_ change: PolicyChange) -> Policy {
    switch change.edit {
    case .allow(let operation):
      return with(operations: operations.with(allow: operations.allow + [change.located(operation)]))
    case .keepFromDenying(let operation):
      return with(operations: operations.with(deny: operations.deny.filter { $0.value != operation }))
    case .allowRegister, .keepFromDenyingRegister:
      return with(register: register.map { $0.applying(change) })
    case .addFlags(let word, _), .removeFlag(let word, _, _), .freeFlags(let word):
      return with(rules(of: word).applying(change), for: word)
    case .addUserData(let operation, let value):
      return with(conditions: conditions.map { $0.allowing(change.located(value...value), for: operation) })
    case .addAccess(let access):
      return with(open: open.map { $0.with(access: ($0.access ?? []) + [change.located(access)]) })
    case .freeAccess:
      return with(open: open.map { $0.with(access: nil) })
    case .addSocket, .removeSocketDenial:
      return with(socket: .some(socket.flatMap { $0.applying(change) }))
    case .addPeer, .removePeerDenial, .freePeers:
      return with(connect: .some(connect.flatMap { $0.applying(change) }))
    }
  }

  /// The conditions on a word of flags.
  package func rules(of word: PolicyChange.FlagWord) -> FlagRules {
    switch word {
    case .requests: operations.flags
    case .operation(let operation): conditions(of: operation)?.flags ?? .none
    case .openFlags: open?.flags ?? .none
    case .openMode: open?.mode ?? .none
    case .openResolve: open?.resolve ?? .none
    }
  }

  private func with(_ rules: FlagRules, for word: PolicyChange.FlagWord) -> Policy {
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
  fileprivate func applying(_ change: PolicyChange) -> FlagRules {
    switch change.edit {
    case .addFlags(_, let flags):
      FlagRules(
        allow: (allow ?? []) + flags.map { change.located($0) }, forbid: forbid, require: require, span: span)
    case .removeFlag(_, .forbid, let flag):
      FlagRules(allow: allow, forbid: forbid.filter { $0.value != flag }, require: require, span: span)
    case .removeFlag(_, .require, let flag):
      FlagRules(allow: allow, forbid: forbid, require: require.filter { $0.value != flag }, span: span)
    default: .none
    }
  }
}

extension RegisterRules {
  fileprivate func applying(_ change: PolicyChange) -> RegisterRules {
    switch change.edit {
    case .allowRegister(let operation):
      RegisterRules(allow: (allow ?? []) + [change.located(operation)], deny: deny, span: span)
    case .keepFromDenyingRegister(let operation):
      RegisterRules(allow: allow, deny: deny.filter { $0.value != operation }, span: span)
    default: self
    }
  }
}

extension SocketRules {
  /// `nil` once nothing is left.
  fileprivate func applying(_ change: PolicyChange) -> SocketRules? {
    switch change.edit {
    case .addSocket(let entry): return SocketRules(allow: (allow ?? []) + [entry], deny: deny, span: span)
    case .removeSocketDenial(let entry):
      let rest = deny.filter { !$0.isSame(as: entry) }
      return rest.isEmpty && allow == nil ? nil : SocketRules(allow: allow, deny: rest, span: span)
    default: return self
    }
  }
}

extension ConnectRules {
  /// `nil` once nothing is left.
  fileprivate func applying(_ change: PolicyChange) -> ConnectRules? {
    switch change.edit {
    case .addPeer(let entry): return ConnectRules(allow: (allow ?? []) + [entry], deny: deny, span: span)
    case .removePeerDenial(let entry):
      let rest = deny.filter { !$0.isSame(as: entry) }
      return rest.isEmpty && allow == nil ? nil : ConnectRules(allow: allow, deny: rest, span: span)
    case .freePeers: return nil
    default: return self
    }
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
