import Foundation

/// Files of the repository that tests look at.
enum Repository {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The example policies, by name.
  static func examples() throws -> [URL] {
    let files = try FileManager.default.contentsOfDirectory(
      at: root.appending(path: "examples"), includingPropertiesForKeys: nil)
    return files.filter { $0.pathExtension == "toml" }.sorted { $0.lastPathComponent < $1.lastPathComponent }
  }
}
