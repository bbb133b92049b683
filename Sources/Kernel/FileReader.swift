/// Reads a whole file through one descriptor: what was looked at is what is read.
package struct FileReader {
  private let calls: any SystemCalls
  private let trust: FileTrust

  package init(_ calls: any SystemCalls, trust: FileTrust) {
    self.calls = calls
    self.trust = trust
  }

  package typealias Failure = FileReadFailure

  /// The bytes of a regular file, or all that comes out of a pipe. Trust, where it is required, is looked at before
  /// the file is opened and again, by its descriptor, before it is read.
  package func read(_ path: FilePath, limit: Int) throws(Failure) -> FileContents {
    let way = try way(to: path)
    let descriptor = try attempting("open") { () throws(Errno) in try calls.open(path, directory: false) }
    // A close that fails has still released the descriptor, and nothing was written through it.
    defer { try? calls.close(descriptor) }
    return try contents(of: descriptor, path, way, limit: limit)
  }

  /// All that comes out of standard input, whatever it is. Trust is no question: the caller opened it.
  package func readStandardInput(limit: Int) throws(Failure) -> FileContents {
    let standardInput: Int32 = 0
    let status = try attempting("fstat(standard input)") { () throws(Errno) in try calls.fileStatus(standardInput) }
    if status.kind == .directory { throw .notAFile(isDirectory: true) }
    return FileContents(
      name: FileContents.standardInputName, bytes: try bytes(of: standardInput, status, limit: limit), folder: nil,
      identity: status.identity, distrust: nil)
  }

  private func contents(
    of descriptor: Int32, _ path: FilePath, _ way: Way, limit: Int
  ) throws(Failure) -> FileContents {
    let status = try attempting("fstat") { () throws(Errno) in try calls.fileStatus(descriptor) }
    try requireFile(status)
    let distrust = try distrust(of: status, way)
    if status.kind == .regular, status.size > Int64(limit) { throw .tooLarge(limit: limit) }
    return FileContents(
      name: path.description, bytes: try bytes(of: descriptor, status, limit: limit),
      folder: status.kind == .pipe ? nil : path.folder, identity: status.identity, distrust: distrust)
  }

  private func requireFile(_ status: FileStatus) throws(Failure) {
    guard status.holdsText else { throw .notAFile(isDirectory: status.kind == .directory) }
  }

  private func bytes(of descriptor: Int32, _ status: FileStatus, limit: Int) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    // One byte more than the file has lets the first read find its end. Files of /proc have something, and say that
    // they do not.
    let size =
      status.kind != .regular ? 65_536 : status.size == 0 ? 4096 : min(Int(status.size), limit) + 1
    var buffer = [UInt8](repeating: 0, count: size)
    while true {
      let count = try attempting("read") { () throws(Errno) in try readThroughInterrupts(descriptor, &buffer) }
      if count == 0 {
        // Every call has the same words, so that what answers the first answers all.
        if bytes.isEmpty, status.kind == .regular, status.size > 0 { throw .kernel(KernelError("read", .pretended)) }
        return bytes
      }
      bytes += buffer[..<count]
      // The file may grow while it is read.
      if bytes.count > limit { throw .tooLarge(limit: limit) }
      // More was asked for, and there was no more.
      if status.kind == .regular, bytes.count == status.size { return bytes }
    }
  }

  private func readThroughInterrupts(_ descriptor: Int32, _ buffer: inout [UInt8]) throws(Errno) -> Int {
    while true {
      do throws(Errno) {
        return try calls.read(descriptor, into: &buffer)
      } catch {
        if error != .interrupted { throw error }
      }
    }
  }

  private func attempting<Result>(
    _ call: String, _ body: () throws(Errno) -> Result
  ) throws(Failure) -> Result {
    do throws(Errno) {
      return try body()
    } catch {
      throw .kernel(KernelError(call, error))
    }
  }

  // MARK: Trust

  /// What the walk to the file found.
  private enum Way {
    case notLookedAt
    case clear(PathWalk.Target, TrustRule)
    /// Known, and accepted.
    case distrusted(Distrust)
  }

  private func way(to path: FilePath) throws(Failure) -> Way {
    guard let rule = trust.rule else { return .notLookedAt }
    let target: PathWalk.Target
    do throws(PathWalk.Obstacle) {
      target = try PathWalk.follow(path, calls, rule)
    } catch {
      switch error {
      case .distrusted(let reason): return .distrusted(try accepted(reason))
      case .kernel(let error):
        if case .required = trust { throw .kernel(error) }
        return .distrusted(.unchecked(error))
      }
    }
    // To open a device can do something to it.
    try requireFile(target.status)
    return .clear(target, rule)
  }

  private func distrust(of status: FileStatus, _ way: Way) throws(Failure) -> Distrust? {
    switch way {
    case .notLookedAt: return nil
    case .distrusted(let reason): return reason
    case .clear(let target, let rule):
      guard status.identity == target.status.identity else { return try accepted(.replaced(target.path)) }
      guard let flaw = rule.flaw(of: status, at: target.path, isUnnamed: target.isUnnamed) else { return nil }
      return try accepted(flaw)
    }
  }

  private func accepted(_ reason: Distrust) throws(Failure) -> Distrust {
    if case .required = trust { throw .distrusted(reason) }
    return reason
  }
}

/// Why a file was not read.
package enum FileReadFailure: Error, Hashable, Sendable {
  case kernel(KernelError)
  /// A directory, device or socket: not something to read a text from.
  case notAFile(isDirectory: Bool)
  /// More than the given number of bytes.
  case tooLarge(limit: Int)
  /// Others could have written it. Nothing was read.
  case distrusted(Distrust)
}
