package import Diagnostics
package import URingABI

/// What a policy says of the arguments of an operation's requests.
package enum ArgumentRules: Sendable {
  /// Nothing: filters see no arguments of the operation, or the policy has no conditions on them.
  case free
  case open(OpenRules)
  case socket(SocketRules)
  case connect(ConnectRules)

  package var isFree: Bool { if case .free = self { true } else { false } }

  /// The header of the table.
  package var span: SourceSpan? {
    switch self {
    case .free: nil
    case .open(let rules): rules.span
    case .socket(let rules): rules.span
    case .connect(let rules): rules.span
    }
  }

  /// The name of the table.
  package var table: String? {
    switch self {
    case .free: nil
    case .open: "open"
    case .socket: "socket"
    case .connect: "connect"
    }
  }
}

extension Policy {
  /// The conditions on the arguments of an operation: the one place that knows which table is about which arguments.
  package func argumentRules(of operation: Operation) -> ArgumentRules {
    switch operation.arguments {
    case .none: .free
    case .openat, .openat2: open.map(ArgumentRules.open) ?? .free
    case .socket: socket.map(ArgumentRules.socket) ?? .free
    case .connect: connect.map(ArgumentRules.connect) ?? .free
    }
  }
}
