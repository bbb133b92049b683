import Kernel

/// The folders in which `--policy NAME` is looked for.
struct PolicyFolders {
  /// Where administrators put policies.
  static var administrator: String { "/etc/uring-jail" }

  private let calls: any SystemCalls

  init(_ calls: any SystemCalls) {
    self.calls = calls
  }

  /// The files that a name can mean, in the order of preference: the first that is there is meant, whatever it is.
  /// `.toml` may be left out, `.jail` may not.
  func candidates(for reference: PolicyReference) -> [FilePath] {
    let name: [UInt8]
    switch reference {
    case .standardInput, .path: return []
    case .name(let wanted), .fileOrName(let wanted): name = wanted
    }
    let isWhole = [".toml", ".jail"].contains { name.suffix(5).elementsEqual($0.utf8) }
    let file = isWhole ? name : name + Array(".toml".utf8)
    return folders.map { FilePath($0 + [UInt8(ascii: "/")] + file) }
  }

  /// In the order of preference.
  var folders: [[UInt8]] {
    var folders = [Array(Self.administrator.utf8)]
    if let installed { folders.append(installed) }
    return folders
  }

  /// PREFIX/share/uring-jail/policies for a program in PREFIX/bin.
  private var installed: [UInt8]? {
    guard let program = try? calls.readLink("/proc/self/exe") else { return nil }
    let parts = program.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count >= 3, parts[parts.count - 2] == "bin" else { return nil }
    return Array((parts.dropLast(2) + ["share", "uring-jail", "policies"]).joined(separator: "/").utf8)
  }
}
