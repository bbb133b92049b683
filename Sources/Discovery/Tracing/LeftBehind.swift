package import Kernel

/// What runs of this program that were killed left in tracefs.
package enum LeftBehind {
  /// Removes it. What cannot be removed, because somebody looks at it, stays for the next time.
  ///
  /// - Returns: how many instances were removed.
  @discardableResult
  package static func remove(from folder: String, _ files: some TraceFiles) -> Int {
    var removed = 0
    for name in (try? files.names(in: "\(folder)/instances")) ?? [] {
      guard let session = SessionName(instance: name), !session.isAlive(files) else { continue }
      if (try? files.removeFolder("\(folder)/instances/\(name)")) != nil { removed += 1 }
    }
    for group in (try? files.names(in: "\(folder)/events")) ?? [] {
      guard let session = SessionName(group: group), !session.isAlive(files) else { continue }
      removeProbes(of: group, from: folder, files)
    }
    return removed
  }

  /// Removes the probes of a group, whose instances are gone.
  static func removeProbes(of group: String, from folder: String, _ files: some TraceFiles) {
    for source in EventSource.allCases where source.function != nil {
      // ENOENT for those that were never defined.
      try? files.append("-:\(group)/\(source.rawValue)\n", to: "\(folder)/kprobe_events")
    }
  }
}
