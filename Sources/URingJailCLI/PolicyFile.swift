import Diagnostics
import FilterCompiler
import Jail
import Kernel
import Policy
import TOMLSyntax

/// A policy file, read and understood.
struct PolicyFile {
  /// Bytes. Policies are written by people; the largest sensible ones are lists of thousands of addresses.
  static let largestSize = 8 << 20

  let policy: Policy
  let compiled: CompiledPolicy

  /// Why there is no policy to use.
  enum Failure: Error {
    /// The file cannot be read: why, and the way out.
    case unreadable(String, help: String?)
    /// The file is there and has mistakes.
    case invalid([Diagnostic], SourceText)
  }

  init(path: FilePath, calls: some SystemCalls) throws(Failure) {
    let source = SourceText(name: path.description, bytes: try Self.read(path, calls))
    let parsed = TOMLParser.parse(source)
    guard let document = parsed.document else { throw .invalid(parsed.diagnostics, source) }
    let decoded = PolicyDecoder.decode(document, source: source)
    guard let policy = decoded.policy else { throw .invalid(decoded.diagnostics, source) }
    do throws(CompilationFailure) {
      compiled = try CompiledPolicy(policy)
    } catch {
      throw .invalid([error.diagnostic], source)
    }
    self.policy = policy
  }

  private static func read(_ path: FilePath, _ calls: some SystemCalls) throws(Failure) -> [UInt8] {
    do {
      return try FileReader(calls).read(path, limit: largestSize)
    } catch {
      switch error {
      case .kernel(let error):
        let help = error.errno == .noSuchFile ? "check the path; it is relative to the current directory" : nil
        throw .unreadable("cannot read the policy '\(path)': \(error)", help: help)
      case .notAFile(let isDirectory):
        throw .unreadable(
          "cannot read the policy '\(path)': it is \(isDirectory ? "a directory" : "a device or socket"), not a file",
          help: nil)
      case .tooLarge(let limit):
        throw .unreadable(
          "the policy '\(path)' is larger than \(limit >> 20) MiB", help: "is it the right file?")
      }
    }
  }
}
