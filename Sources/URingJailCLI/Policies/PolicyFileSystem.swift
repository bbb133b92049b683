import Kernel
import Policy

/// Policy files on the running system.
struct PolicyFileSystem<Calls: SystemCalls>: PolicyFiles {
  /// Bytes. Policies are written by people; the largest sensible ones are lists of thousands of addresses.
  static var largestSize: Int { 8 << 20 }

  /// What to do about files that others than root and the caller could change.
  enum Trust {
    /// Somebody with privilege does not take orders from them.
    case refuse
    /// Say so as a finding.
    case warn
    case accept
  }

  private let calls: Calls
  private let trust: Trust

  init(_ calls: Calls, trust: Trust) {
    self.calls = calls
    self.trust = trust
  }

  func read(_ path: [UInt8]) throws(PolicyFileFailure) -> PolicyText {
    let file = FilePath(path)
    let bytes = try attempt { () throws(FileReader<Calls>.Failure) in
      try FileReader(calls).read(file, limit: Self.largestSize)
    }
    return PolicyText(name: file.description, bytes: bytes, folder: Self.folder(of: path), identity: nil)
  }

  func readStandardInput() throws(PolicyFileFailure) -> PolicyText {
    let bytes = try attempt { () throws(FileReader<Calls>.Failure) in
      try FileReader(calls).read(FilePath("/dev/stdin"), limit: Self.largestSize)
    }
    return PolicyText(name: "<stdin>", bytes: bytes, folder: nil, identity: nil)
  }

  /// The first of the candidates that exists.
  func readFirst(of candidates: [FilePath]) throws(PolicyFileFailure) -> PolicyText? {
    for candidate in candidates {
      do throws(PolicyFileFailure) {
        return try read(candidate.withoutTerminator)
      } catch {
        if error != Self.missing { throw error }
      }
    }
    return nil
  }

  /// What precedes the last slash.
  private static func folder(of path: [UInt8]) -> [UInt8] {
    let slash = UInt8(ascii: "/")
    guard let last = path.lastIndex(of: slash) else { return [] }
    return last == 0 ? [slash] : Array(path[..<last])
  }

  static var missing: PolicyFileFailure {
    PolicyFileFailure("there is no such file", help: "check the path; it is relative to the current directory")
  }

  private func attempt<Result>(
    _ body: () throws(FileReader<Calls>.Failure) -> Result
  ) throws(PolicyFileFailure) -> Result {
    do throws(FileReader<Calls>.Failure) {
      return try body()
    } catch {
      switch error {
      case .kernel(let error) where error.errno == .noSuchFile:
        throw Self.missing
      case .kernel(let error):
        throw PolicyFileFailure("\(error)")
      case .notAFile(let isDirectory):
        throw PolicyFileFailure("it is \(isDirectory ? "a directory" : "a device or socket"), not a file")
      case .tooLarge(let limit):
        throw PolicyFileFailure("it is larger than \(limit >> 20) MiB", help: "is it the right file?")
      }
    }
  }
}
