/// A file that was read, and what is needed to find the files that it names.
package struct FileContents: Hashable, Sendable {
  /// What messages call standard input.
  package static var standardInputName: String { "<stdin>" }

  /// The path as it was given, for messages.
  package let name: String
  package let bytes: [UInt8]
  /// Where relative paths in it begin: the directory part of the path as it was given, whatever symbolic links that
  /// goes through; see `FilePath.folder`. `nil` for what came out of a pipe or standard input.
  package let folder: [UInt8]?
  /// That of the open file which the bytes came from.
  package let identity: FileIdentity
  /// Why it should not be trusted, where the caller takes it nevertheless.
  package let distrust: Distrust?

  package init(
    name: String, bytes: [UInt8], folder: [UInt8]?, identity: FileIdentity, distrust: Distrust?
  ) {
    self.name = name
    self.bytes = bytes
    self.folder = folder
    self.identity = identity
    self.distrust = distrust
  }
}
