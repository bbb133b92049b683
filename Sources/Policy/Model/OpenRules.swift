package import Diagnostics
import URingABI

/// `[open]`: what `openat` and `openat2` may ask for.
package struct OpenRules: Sendable {
  /// What a file may be opened for. The four exclude each other; a request with the access mode 3, which gives a
  /// descriptor for ioctl(2) only, is none of them.
  package enum Access: String, Sendable, CaseIterable {
    /// O_RDONLY without O_CREAT, O_TRUNC and O_TMPFILE, which change the file system.
    case read
    case write
    case readWrite = "read-write"
    /// O_PATH, whatever else is asked for.
    case path

    /// What the flags of a request open a file for; `nil` for what is none of the four.
    package init?(flags: UInt64) {
      if flags & OpenConstants.path != 0 {
        self = .path
        return
      }
      switch flags & OpenConstants.accessMask {
      case OpenConstants.readOnly where flags & OpenConstants.changing == 0: self = .read
      case OpenConstants.writeOnly: self = .write
      case OpenConstants.readWrite: self = .readWrite
      default: return nil
      }
    }
  }

  /// Any of these; `nil` leaves access free.
  package let access: [Located<Access>]?
  /// Flags beyond what `access` is about.
  package let flags: FlagRules
  /// The mode of files that the request creates; requests that create none are not concerned.
  package let mode: FlagRules
  /// `openat` has no resolve flags, which counts as none set.
  package let resolve: FlagRules
  /// The header of the table.
  package let span: SourceSpan

  package init(
    access: [Located<Access>]? = nil, flags: FlagRules = .none, mode: FlagRules = .none, resolve: FlagRules = .none,
    span: SourceSpan
  ) {
    self.access = access
    self.flags = flags
    self.mode = mode
    self.resolve = resolve
    self.span = span
  }

  /// True if O_PATH is decided by `access` and no matter of `flags`.
  package var accessAllowsPath: Bool { access?.contains { $0.value == .path } ?? false }
}
