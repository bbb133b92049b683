package import Kernel

/// Where a policy is, as the user wrote it.
package enum PolicyReference: Hashable, Sendable {
  case standardInput
  case path(FilePath)
  /// To be looked for in the policy folders.
  case name([UInt8])
  /// A file in the current directory or, if there is none, in the policy folders.
  case fileOrName([UInt8])

  /// The value of `--policy`: `-`, a path with a slash, or a name. A name never means a file in the current directory,
  /// which may belong to somebody else.
  package init(option value: [UInt8]) {
    if value == [UInt8(ascii: "-")] {
      self = .standardInput
    } else if value.contains(UInt8(ascii: "/")) {
      self = .path(FilePath(value))
    } else {
      self = .name(value)
    }
  }

  /// The argument of a command that looks at policies and starts nothing: as for every other tool, a name is a path. Where
  /// no such file is, it is a policy's name as in `--policy`.
  package init(argument value: [UInt8]) {
    if value == [UInt8(ascii: "-")] {
      self = .standardInput
    } else {
      self = value.contains(UInt8(ascii: "/")) ? .path(FilePath(value)) : .fileOrName(value)
    }
  }

  /// As the user wrote it.
  package var description: String {
    switch self {
    case .standardInput: "<stdin>"
    case .path(let path): path.description
    case .name(let name), .fileOrName(let name): String(decoding: name, as: UTF8.self)
    }
  }
}
