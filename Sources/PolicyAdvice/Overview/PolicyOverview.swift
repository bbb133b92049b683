package import Diagnostics
package import Policy
package import URingABI

/// What one policy allows, in plain words: for a report to people, or as data.
package struct PolicyOverview: Sendable {
  /// One thing that is said of the policy, and the rules that say so.
  package struct Statement: Sendable {
    package let text: String
    /// The operations that it is about, by number.
    package let operations: [Operation]
    /// Empty where the absence of a rule says it.
    package let places: [SourceSpan]
    /// What narrows it.
    package let details: [Statement]

    init(_ text: String, _ operations: [Operation] = [], at places: [SourceSpan?] = [], _ details: [Statement] = []) {
      self.text = text
      self.operations = operations
      self.places = places.compactMap(\.self)
      self.details = details
    }
  }

  /// What policies are explained in parts of. The names are stable.
  package enum Part: String, CaseIterable, Sendable {
    case files
    case data
    case sockets
    case connections
    case waiting
    case ring
    case unknown
    case requests
    case register
    case process
    case kernel

    package var title: String {
      switch self {
      case .files: "Files"
      case .data: "Reading and writing open files"
      case .sockets: "Sockets"
      case .connections: "Connections and their data"
      case .waiting: "Waiting"
      case .ring: "Drivers, buffers and rings"
      case .unknown: "Operations that uring-jail does not know by name"
      case .requests: "Conditions on every request"
      case .register: "Setting up a ring: io_uring_register(2)"
      case .process: "The process"
      case .kernel: "Kernels that cannot enforce all of this"
      }
    }
  }

  package struct Section: Sendable {
    package let part: Part
    package let statements: [Statement]
    /// Operations, or register opcodes, of this part that are denied.
    package let denied: [String]
  }

  package let description: String?
  /// What holds for everything that is not named.
  package let summary: Statement
  package let sections: [Section]
  /// What filters for io_uring cannot restrict under this policy.
  package let limits: [Limit]
  /// What systemd can enforce in addition.
  package let directives: [Directive]

  package init(_ policy: Policy) {
    description = policy.description
    summary = Self.summary(policy.operations)
    let allowsNothing = Self.permitted(policy).isEmpty
    let operations = allowsNothing ? [] : Self.operationSections(policy)
    sections =
      operations + [
        Section(
          part: .register, statements: RegisterWords.statements(policy.register), denied: RegisterWords.denied(policy)),
        Section(part: .process, statements: ProcessWords.statements(policy.process), denied: []),
        Section(part: .kernel, statements: ProcessWords.kernel(policy), denied: []),
      ]
    limits = Limit.all(policy)
    directives = Directive.all(policy)
  }

  // MARK: Operations

  /// Every code that requests can be allowed for, those without a name included.
  static func permitted(_ policy: Policy) -> [Operation] {
    (0...UInt8.max).map { Operation(code: $0) }.filter(policy.operations.permits)
  }

  private static func summary(_ rules: OperationRules) -> Statement {
    let allowed = (0...UInt8.max).contains { rules.permits(Operation(code: $0)) }
    if !allowed { return Statement("No operation is allowed: every request is denied.", at: [rules.span]) }
    return switch rules.byDefault {
    case .deny: Statement("Everything that is not listed here is denied.", at: [rules.span])
    case .allow:
      Statement(
        "Everything that is not denied is allowed, including operations that newer kernels add.", at: [rules.span])
    }
  }

  private static func operationSections(_ policy: Policy) -> [Section] {
    let parts: [Part] = [.files, .data, .sockets, .connections, .waiting, .ring]
    var sections = parts.map { part in section(part, policy) }
    let unnamed = permitted(policy).filter { $0.since == nil }
    if !unnamed.isEmpty, policy.operations.byDefault == .deny {
      let numbers = unnamed.map(\.name).joined(separator: ", ")
      sections.append(
        Section(
          part: .unknown,
          statements: [Statement("by number: \(numbers)", unnamed, at: places(of: unnamed, policy))], denied: []))
    }
    let flags = FlagWords.statements(policy.operations.flags, .requests)
    if !flags.isEmpty { sections.append(Section(part: .requests, statements: flags, denied: [])) }
    return sections
  }

  private static func section(_ part: Part, _ policy: Policy) -> Section {
    let abilities = Ability.all.filter { $0.part == part }
    let statements = abilities.compactMap { ability -> Statement? in
      let allowed = ability.operations.filter(policy.operations.permits)
      if allowed.isEmpty { return nil }
      return Statement(
        ability.text, allowed, at: places(of: allowed, policy),
        argumentDetails(allowed, policy) + allowed.flatMap { ownConditions($0, policy) })
    }
    let denied = abilities.flatMap(\.operations).filter { !policy.operations.permits($0) }
    return Section(part: part, statements: statements, denied: denied.sorted().map(\.name))
  }

  /// Where operations are allowed, each place once; the table's where everything is.
  private static func places(of operations: [Operation], _ policy: Policy) -> [SourceSpan?] {
    let rules = policy.operations
    if rules.byDefault == .allow { return [rules.span] }
    var places: [SourceSpan] = []
    for operation in operations {
      guard let place = rules.allow.first(where: { $0.value == operation })?.span else { continue }
      if !places.contains(place) { places.append(place) }
    }
    return places
  }

  private static func argumentDetails(_ operations: [Operation], _ policy: Policy) -> [Statement] {
    guard let narrowed = operations.first(where: { $0.arguments != .none }) else { return [] }
    switch narrowed.arguments {
    case .none: return []
    case .openat, .openat2: return OpenWords.statements(policy.open, operations)
    case .socket: return SocketWords.statements(policy.socket)
    case .connect: return PeerWords.statements(policy.connect)
    }
  }

  /// `[operation.NAME]`
  private static func ownConditions(_ operation: Operation, _ policy: Policy) -> [Statement] {
    guard let conditions = policy.conditions(of: operation) else { return [] }
    var statements = FlagWords.statements(conditions.flags, .operation(operation)).map { statement in
      Statement("\(operation.name) \(statement.text)", [operation], at: statement.places)
    }
    if let userData = conditions.userData {
      let values = userData.map { range in
        range.value.lowerBound == range.value.upperBound
          ? "\(range.value.lowerBound)" : "\(range.value.lowerBound) to \(range.value.upperBound)"
      }
      statements.append(
        Statement(
          "\(operation.name) only with user_data \(Words.alternatives(values))", [operation], at: [conditions.span]))
    }
    return statements
  }
}
