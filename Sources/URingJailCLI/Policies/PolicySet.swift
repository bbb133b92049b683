import Diagnostics
import Kernel
import Policy

/// The policies that one command line names, read and understood.
struct PolicySet {
  /// In the order of the command line. Empty after an error.
  let policies: [Policy]
  let diagnostics: [Diagnostic]
  let sources: [SourceText]

  /// A policy that cannot be read at all.
  struct Failure: Error {
    let message: String
    let help: String?
  }

  /// Reads every policy, and what each includes, before anything is said about any.
  static func load<Calls: SystemCalls>(
    _ references: [PolicyReference], trust: PolicyFileSystem<Calls>.Trust, firstSource: Int = 0, calls: Calls
  ) throws(Failure) -> PolicySet {
    let files: PolicyFileSystem<Calls>
    do throws(PolicyFileFailure) {
      files = try PolicyFileSystem(calls, trust: trust)
    } catch {
      throw Failure(message: error.message, help: error.help)
    }
    var policies: [Policy] = []
    var diagnostics: [Diagnostic] = []
    var sources: [SourceText] = []
    for reference in references {
      let text = try read(reference, files, calls)
      let loaded = PolicyLoader.load(text, files: files, firstSource: Int32(firstSource + sources.count))
      if let policy = loaded.policy { policies.append(policy) }
      diagnostics += loaded.diagnostics
      sources += loaded.sources
    }
    return PolicySet(
      policies: diagnostics.hasErrors ? [] : policies, diagnostics: diagnostics, sources: sources)
  }

  private static func read<Calls: SystemCalls>(
    _ reference: PolicyReference, _ files: PolicyFileSystem<Calls>, _ calls: Calls
  ) throws(Failure) -> PolicyText {
    let candidates = PolicyFolders(calls).candidates(for: reference)
    let text: PolicyText?
    do throws(PolicyFileFailure) {
      text =
        switch reference {
        case .standardInput: try files.readStandardInput()
        case .path(let path): try files.read(path.withoutTerminator)
        case .name: try files.readFirst(of: candidates)
        }
    } catch {
      throw Failure(message: "cannot read the policy '\(reference.description)': \(error.message)", help: error.help)
    }
    if let text { return text }
    let shown = reference.description
    throw Failure(
      message: "there is no policy named '\(shown)': \(candidates.map(\.description).joined(separator: " and ")) "
        + "\(candidates.count == 1 ? "does" : "do") not exist",
      help: "for a file in the current directory write ./\(shown)")
  }
}
