/// Finds the target as execvp(3) does and becomes it.
package struct Execution {
  private let calls: any SystemCalls

  package init(_ calls: any SystemCalls) {
    self.calls = calls
  }

  package enum Failure: Error, Hashable, Sendable {
    /// No file of that name, or none in any folder of the search path.
    case notFound(Errno)
    /// It is there and cannot be executed; where it is.
    case notExecutable(FilePath, Errno)
  }

  /// Replaces this process by the target, whose first argument is its name; returns only to throw.
  ///
  /// A name with a slash is a path; any other is looked for in `searchPath` (`PATH`), where an empty element means the
  /// current directory. Unlike execvp, a file that is no program is not handed to a shell. `marker`: what a filter for
  /// system calls asks of this execution, if there is one.
  package func become(
    _ arguments: ArgumentVector, searchPath: [UInt8]?, marker: ExecutionMarker?
  ) throws(Failure) -> Never {
    let name = arguments.bytes(at: 0)
    let slash = UInt8(ascii: "/")
    guard !name.isEmpty else { throw .notFound(.noSuchFile) }
    if name.contains(slash) {
      let path = FilePath(name)
      let error = refusal(of: path, arguments, marker)
      throw Self.isAbsence(error) ? .notFound(error) : .notExecutable(path, error)
    }

    // The default of execvp(3) where PATH is not set.
    let folders = searchPath ?? Array("/bin:/usr/bin".utf8)
    var found: (path: FilePath, error: Errno)?
    for folder in folders.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) {
      let path = FilePath(folder.isEmpty ? name : folder + [slash] + name)
      let error = refusal(of: path, arguments, marker)
      if Self.isAbsence(error) || Self.isFolderAway(error) { continue }
      // A file that may not be executed does not end the search: another folder may have one that may.
      if error != .accessDenied { throw .notExecutable(path, error) }
      found = found ?? (path, error)
    }
    if let found { throw .notExecutable(found.path, found.error) }
    throw .notFound(.noSuchFile)
  }

  private func refusal(of path: FilePath, _ arguments: ArgumentVector, _ marker: ExecutionMarker?) -> Errno {
    do throws(Errno) {
      try calls.execute(path, arguments, marker)
    } catch {
      return error
    }
  }

  private static func isAbsence(_ error: Errno) -> Bool {
    error == .noSuchFile || error == .notDirectory
  }

  /// A network file system does not answer: execvp(3) goes on to the next folder then.
  private static func isFolderAway(_ error: Errno) -> Bool {
    error == .staleHandle || error == .noSuchDevice || error == .timedOut
  }
}
