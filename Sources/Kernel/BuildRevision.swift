private import CLinuxShims

/// What this program was built from.
package enum BuildRevision: Hashable, Sendable {
  /// A commit of git by the beginning of its name.
  case commit(String, isChanged: Bool)
  /// Not from a checkout, nor from an archive that git made.
  case unknown
  /// By the package manager alone, which does not tell it.
  case untold

  package static var current: BuildRevision {
    // SAFETY: a constant of the program, or NULL.
    guard let text = unsafe uj_revision() else { return .untold }
    // SAFETY: it ends with a zero, and lives as long as the program.
    return BuildRevision(unsafe String(cString: text))
  }

  /// `text`: as Scripts/revision prints it.
  package init(_ text: String) {
    let isChanged = text.hasSuffix("-dirty")
    let name = String(isChanged ? text.dropLast("-dirty".count) : text[...])
    self = name.isEmpty ? .unknown : .commit(name, isChanged: isChanged)
  }
}
