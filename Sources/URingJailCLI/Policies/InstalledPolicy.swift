import Diagnostics
import Kernel
import Policy

/// A policy that `--policy NAME` can name.
struct InstalledPolicy {
  let name: String
  let path: String
  /// What it says of itself; for a precompiled one, that it is one.
  let description: String?
  /// True if it can be read, and has no errors.
  let isUsable: Bool
  /// True if a directory before its own has a policy of the same name, which is taken in its place.
  let isHidden: Bool

  /// All of them, by name, as the directories are searched.
  static func all(_ calls: any SystemCalls) -> [InstalledPolicy] {
    var found: [InstalledPolicy] = []
    for folder in PolicyFolders(calls).folders {
      let folder = String(decoding: folder, as: UTF8.self)
      // One that is not there has no policies.
      for file in ((try? DirectoryNames.list(FilePath(folder), calls)) ?? []).sorted() {
        guard let name = name(of: file) else { continue }
        let path = "\(folder)/\(file)"
        let isHidden = found.contains { $0.name == name }
        let set = try? PolicySet.load([.path(FilePath(path))], trust: .accept, isLaunch: true, calls: calls)
        let isUsable = set.map { !$0.diagnostics.hasErrors } ?? false
        let description = set.flatMap { $0.precompiled.isEmpty ? $0.policies.first?.description : "precompiled" }
        found.append(
          InstalledPolicy(name: name, path: path, description: description, isUsable: isUsable, isHidden: isHidden))
      }
    }
    return found.sorted { $0.name < $1.name }
  }

  /// `.toml` may be left out, `.jail` may not.
  private static func name(of file: String) -> String? {
    if file.hasSuffix(".jail"), file != ".jail" { return file }
    return file.hasSuffix(".toml") && file != ".toml" ? String(file.dropLast(5)) : nil
  }
}
