/// What fstat(2) tells of a file.
package struct FileStatus: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case regular
    case directory
    case pipe
    case symbolicLink
    /// A device or a socket.
    case other
  }

  package let kind: Kind
  /// Bytes; meaningful for regular files.
  package let size: Int64
  /// The user that the file belongs to.
  package let owner: UInt32
  /// The lowest twelve bits of the mode: what owner, group and others may do, and set-user-id, set-group-id, sticky.
  package let permissions: UInt16
  /// Names that lead to the file; 0 if it never had one or the last was removed.
  package let links: UInt64
  package let identity: FileIdentity

  package init(
    kind: Kind, size: Int64, owner: UInt32, permissions: UInt16, links: UInt64, identity: FileIdentity
  ) {
    self.kind = kind
    self.size = size
    self.owner = owner
    self.permissions = permissions
    self.links = links
    self.identity = identity
  }

  /// Something that a text can be read from to its end.
  var holdsText: Bool { kind == .regular || kind == .pipe }
  var isWritableByGroup: Bool { permissions & 0o020 != 0 }
  var isWritableByOthers: Bool { permissions & 0o002 != 0 }
  var isSticky: Bool { permissions & 0o1000 != 0 }
}

/// Tells files apart for as long as they exist, whatever path leads to them.
package struct FileIdentity: Hashable, Sendable {
  package let device: UInt64
  package let inode: UInt64

  package init(device: UInt64, inode: UInt64) {
    self.device = device
    self.inode = inode
  }
}
