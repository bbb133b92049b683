package import Diagnostics
package import URingABI

/// What one policy says, includes merged in, typed: every name resolved to its number, every rule with its place in
/// the text.
package struct Policy: Sendable {
  /// The language version that this program reads.
  package static let languageVersion = 1

  /// Free text for the reader; no effect.
  package let description: String?
  package let operations: OperationRules
  /// Narrows `openat` and `openat2`; `nil` leaves their arguments free, as with the others.
  package let open: OpenRules?
  /// Narrows `socket`.
  package let socket: SocketRules?
  /// Narrows `connect`.
  package let connect: ConnectRules?
  /// `[operation.NAME]`, at most one for each operation.
  package let conditions: [OperationConditions]
  /// `nil` allows every register opcode.
  package let register: RegisterRules?
  package let process: ProcessRules
  package let kernel: KernelRules
  /// Expectations that the policy carries about itself.
  package let tests: [PolicyTest]

  package init(
    description: String? = nil, operations: OperationRules = OperationRules(), open: OpenRules? = nil,
    socket: SocketRules? = nil, connect: ConnectRules? = nil, conditions: [OperationConditions] = [],
    register: RegisterRules? = nil, process: ProcessRules = ProcessRules(), kernel: KernelRules = KernelRules(),
    tests: [PolicyTest] = []
  ) {
    self.description = description
    self.operations = operations
    self.open = open
    self.socket = socket
    self.connect = connect
    self.conditions = conditions
    self.register = register
    self.process = process
    self.kernel = kernel
    self.tests = tests
  }

  /// The conditions that `[operation.NAME]` sets for an operation.
  package func conditions(of operation: Operation) -> OperationConditions? {
    conditions.first { $0.operation.value == operation }
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

extension Located: Equatable where Value: Equatable {}
extension Located: Hashable where Value: Hashable {}
