/// The text of one policy file, and what is needed to find the files that it includes.
package struct PolicyText: Sendable {
  /// The name shown in messages: the path as it was reached.
  package let name: String
  package let bytes: [UInt8]
  /// Where relative includes are looked for, without a slash at the end unless it is the root; `nil` for a text that
  /// came from a stream.
  package let folder: [UInt8]?
  /// Tells files apart, whatever path leads to them; `nil` for a stream.
  package let identity: Identity?
  /// What a warning about the file itself says, such as that others could change it.
  package let distrust: String?

  package struct Identity: Hashable, Sendable {
    package let device: UInt64
    package let inode: UInt64

    package init(device: UInt64, inode: UInt64) {
      self.device = device
      self.inode = inode
    }
  }

  package init(
    name: String, bytes: [UInt8], folder: [UInt8]?, identity: Identity?, distrust: String? = nil
  ) {
    self.name = name
    self.bytes = bytes
    self.folder = folder
    self.identity = identity
    self.distrust = distrust
  }
}

/// Where included files come from. Each call reads one file, through one descriptor.
package protocol PolicyFiles {
  /// `path`: absolute, or relative to the current directory; no byte is NUL.
  func read(_ path: [UInt8]) throws(PolicyFileFailure) -> PolicyText
}

/// Why a policy file cannot be used.
package struct PolicyFileFailure: Error, Hashable, Sendable {
  /// What is wrong, as the end of a sentence that begins with the path.
  package let message: String
  /// The way out.
  package let help: String?
  /// True if there is nothing at the path.
  package let isMissing: Bool

  package init(_ message: String, help: String? = nil, isMissing: Bool = false) {
    self.message = message
    self.help = help
    self.isMissing = isMissing
  }
}
