import Kernel

/// The release of this program.
enum Version {
  static let current = "0.1.0"

  /// What `--version` prints.
  static var line: String { line(BuildRevision.current) }

  static func line(_ revision: BuildRevision) -> String {
    let origin =
      switch revision {
      case .commit(let name, isChanged: false): "revision \(name)"
      case .commit(let name, isChanged: true): "revision \(name), with changes"
      case .unknown: "revision unknown: not built in a git checkout"
      case .untold: "revision unknown: not built by Scripts/build"
      }
    return "uring-jail \(current) (\(origin))"
  }
}
