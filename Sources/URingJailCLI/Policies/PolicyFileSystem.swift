import Kernel
import Policy
import PolicyLanguage

/// Policy files on the running system.
struct PolicyFileSystem: PolicyFiles {
  /// Bytes. Policies are written by people; the largest sensible ones are lists of thousands of addresses.
  static var largestSize: Int { 8 << 20 }

  /// What to do about files that others than root and the caller could change, if the caller has privileges.
  enum Trust {
    /// Somebody with privilege does not take orders from them.
    case refuse
    /// Say so as a finding.
    case warn
    case accept
  }

  private let calls: any SystemCalls
  private let reader: FileReader

  init(_ calls: any SystemCalls, trust: Trust) throws(PolicyFileFailure) {
    let demanded: FileTrust
    do throws(KernelError) {
      demanded =
        switch trust {
        case .accept: .notNeeded
        case .refuse: try FileTrust.demanded(by: calls, acceptsDistrusted: false)
        case .warn: try FileTrust.demanded(by: calls, acceptsDistrusted: true)
        }
    } catch {
      throw PolicyFileFailure("cannot read the privileges of this process: \(error)")
    }
    self.calls = calls
    reader = FileReader(calls, trust: demanded)
  }

  func read(_ path: [UInt8]) throws(PolicyFileFailure) -> PolicyText {
    try text { () throws(FileReadFailure) in try reader.read(FilePath(path), limit: Self.largestSize) }
  }

  func readStandardInput() throws(PolicyFileFailure) -> PolicyText {
    try text { () throws(FileReadFailure) in try reader.readStandardInput(limit: Self.largestSize) }
  }

  /// The first of the candidates that is there. One that is there and cannot be read is a failure: what comes behind
  /// it is another policy.
  func readFirst(of candidates: [FilePath]) throws(PolicyFileFailure) -> PolicyText? {
    for candidate in candidates {
      do throws(PolicyFileFailure) {
        return try read(candidate.withoutTerminator)
      } catch {
        if error.isMissing, try isAbsent(candidate) { continue }
        throw PolicyFileFailure(
          "'\(candidate)' \(error.isMissing ? "exists, but leads to no file" : "cannot be used: \(error.message)")",
          help: error.isMissing
            ? "make it point to a policy, or remove it; uring-jail uses no other policy instead" : error.help)
      }
    }
    return nil
  }

  private func isAbsent(_ candidate: FilePath) throws(PolicyFileFailure) -> Bool {
    do throws(KernelError) {
      return try PolicyEntry.isAbsent(candidate, calls)
    } catch {
      throw PolicyFileFailure(
        "uring-jail cannot determine whether '\(candidate)' exists: \(error)",
        help: "correct the path to it; uring-jail uses no other policy instead")
    }
  }

  static var missing: PolicyFileFailure {
    PolicyFileFailure(
      "there is no such file",
      help: "check the path; without a leading '/' it is relative to the current directory", isMissing: true)
  }

  private func text(
    _ body: () throws(FileReadFailure) -> FileContents
  ) throws(PolicyFileFailure) -> PolicyText {
    do throws(FileReadFailure) {
      let file = try body()
      return PolicyText(
        name: file.name, bytes: file.bytes, folder: file.folder,
        identity: PolicyText.Identity(device: file.identity.device, inode: file.identity.inode),
        distrust: file.distrust.map { "others could change this policy: \($0)" })
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
      case .distrusted(let reason):
        throw PolicyFileFailure(
          "others could change it: \(reason)", help: TrustAdvice(calls).help(for: reason))
      }
    }
  }
}
