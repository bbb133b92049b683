package import URingABI

/// A word of flags that a policy can have conditions on.
package enum FlagWord: Hashable, Sendable {
  /// Of every request.
  case requests
  /// Of the requests of one operation.
  case operation(Operation)
  case openFlags
  case openMode
  case openResolve

  package var vocabulary: FlagVocabulary {
    switch self {
    case .requests, .operation: SQEFlags.vocabulary
    case .openFlags: OpenConstants.flags
    case .openMode: OpenConstants.mode
    case .openResolve: OpenConstants.resolve
    }
  }

  /// The table of the policy that has the conditions, without brackets.
  package var table: String {
    switch self {
    case .requests: "operations"
    case .operation(let operation): "operation.\(operation.name)"
    case .openFlags, .openMode, .openResolve: "open"
    }
  }

  /// The key in that table.
  package var key: String {
    switch self {
    case .requests, .operation, .openFlags: "flags"
    case .openMode: "mode"
    case .openResolve: "resolve"
    }
  }
}
