/// Why a file cannot be trusted.
package enum Distrust: Hashable, Sendable, CustomStringConvertible {
  /// The file, or a directory on the way to it, may be written to by users that are neither root nor the caller.
  case writable(FilePath, byGroup: Bool, byOthers: Bool)
  /// The file, or a directory or symbolic link on the way to it, belongs to a user that is neither.
  case foreign(FilePath, owner: UInt32, isLink: Bool)
  /// The file, or a directory or symbolic link on the way to it, belongs to whoever has no number here; see
  /// `OverflowUser`.
  case nobodys(FilePath, owner: UInt32, isLink: Bool)
  /// The file that was opened is not the one that the path led to a moment before.
  case replaced(FilePath)
  /// The current directory, where the path begins, is not below the root directory.
  case unreachableDirectory
  /// The way could not be looked at.
  case unchecked(KernelError)

  /// The reason, for people: a sentence without its full stop.
  package var description: String {
    switch self {
    case .writable(let path, let byGroup, let byOthers):
      let writers = [byGroup ? "group" : nil, byOthers ? "others" : nil].compactMap { $0 }
      return "'\(path)' is writable by \(writers.joined(separator: " and "))"
    case .foreign(let path, let owner, let isLink):
      return "\(isLink ? "the symbolic link " : "")'\(path)' belongs to user \(owner)"
    case .nobodys(let path, let owner, let isLink):
      return "\(isLink ? "the symbolic link " : "")'\(path)' belongs to the overflow user 'nobody' (user \(owner))"
    case .replaced(let path):
      return "'\(path)' was replaced while it was being checked"
    case .unreachableDirectory:
      return "the current directory is not below '/'"
    case .unchecked(let error):
      return "the path to it could not be checked: \(error)"
    }
  }
}
