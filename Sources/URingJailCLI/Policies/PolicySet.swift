import BPF
import Diagnostics
import FilterCompiler
import Kernel
import Policy
import PolicyLanguage
import URingABI

/// The policies that one command line names, read and understood.
struct PolicySet {
  /// In the order of the command line. Empty after an error.
  let policies: [Policy]
  /// Those that were compiled ahead. Empty after an error.
  let precompiled: [PrecompiledPolicy]
  /// Bare filters, where those are accepted.
  let filters: [Program]
  let diagnostics: [Diagnostic]
  /// The warnings that the policies accept.
  var acceptances: [Acceptance] = []
  let sources: [SourceText]
  /// The text of each of the policies, without those that it includes.
  var roots: [SourceText] = []

  /// A policy that cannot be read at all.
  struct Failure: Error {
    let message: String
    let help: String?
  }

  /// Reads every policy, and what each includes, before anything is said about any.
  ///
  /// `acceptsFilters`: a file may also be a bare filter. `isLaunch`: see `PolicyLoader.load`.
  static func load(
    _ references: [PolicyReference], trust: PolicyFileSystem.Trust, firstSource: Int = 0,
    acceptsFilters: Bool = false, isLaunch: Bool = false, calls: any SystemCalls
  ) throws(Failure) -> PolicySet {
    let files: PolicyFileSystem
    do throws(PolicyFileFailure) {
      files = try PolicyFileSystem(calls, trust: trust)
    } catch {
      throw Failure(message: error.message, help: error.help)
    }
    var policies: [Policy] = []
    var precompiled: [PrecompiledPolicy] = []
    var filters: [Program] = []
    var diagnostics: [Diagnostic] = []
    var acceptances: [Acceptance] = []
    var sources: [SourceText] = []
    var roots: [SourceText] = []
    for reference in references {
      let text = try read(reference, files, calls)
      let source = Int32(firstSource + sources.count)
      if PrecompiledPolicy.begins(text.bytes) {
        let policy = try self.precompiled(text, firstSource: source)
        precompiled.append(policy)
        sources += policy.sources
        continue
      }
      if acceptsFilters, text.bytes.contains(0) {
        filters.append(try filter(text))
        continue
      }
      let loaded = PolicyLoader.load(text, files: files, firstSource: source, isLaunch: isLaunch)
      if let policy = loaded.policy {
        policies.append(policy)
        roots += loaded.sources.prefix(1)
      }
      diagnostics += loaded.diagnostics
      acceptances += loaded.acceptances
      sources += loaded.sources
    }
    let isUseless = diagnostics.hasErrors
    return PolicySet(
      policies: isUseless ? [] : policies, precompiled: isUseless ? [] : precompiled, filters: filters,
      diagnostics: diagnostics, acceptances: acceptances, sources: sources, roots: roots)
  }

  /// All of them together, ready to be registered.
  var combined: CombinedPolicy { CombinedPolicy(policies, precompiled: precompiled) }

  /// Reads policies for a look at what they say, for which a precompiled one is of no use.
  static func loadText(
    _ reference: PolicyReference, trust: PolicyFileSystem.Trust, firstSource: Int = 0, calls: any SystemCalls
  ) throws(Failure) -> PolicySet {
    let set = try load([reference], trust: trust, firstSource: firstSource, calls: calls)
    if set.precompiled.isEmpty { return set }
    throw Failure(
      message: "'\(reference.description)' is a precompiled policy, which does not contain the text of a policy",
      help: "name the policy that it was made from; 'uring-jail compile' shows what is in it")
  }

  /// The instructions of one filter as the kernel takes them, which always have bytes that are zero, and a policy never.
  private static func filter(_ text: PolicyText) throws(Failure) -> Program {
    guard let instructions = Instruction.all(in: text.bytes) else {
      throw Failure(
        message: "'\(text.name)' is neither a policy nor a filter: its size is not a multiple of 8 bytes",
        help: "'uring-jail compile --format raw' writes filters")
    }
    if let program = Program(checking: instructions) { return program }
    let place = Verifier.refusal(of: instructions)?.index.map { " because of instruction \($0)" } ?? ""
    throw Failure(
      message: "'\(text.name)' is neither a policy nor a filter: kernels refuse it\(place)",
      help: "'uring-jail compile --format raw' writes filters")
  }

  private static func precompiled(_ text: PolicyText, firstSource: Int32) throws(Failure) -> PrecompiledPolicy {
    do throws(PrecompiledPolicy.Refusal) {
      return try PrecompiledPolicy(fileBytes: text.bytes, firstSource: firstSource)
    } catch {
      let refusal = PrecompiledRefusal(error, text)
      throw Failure(
        message: "cannot use the precompiled policy '\(text.name)': \(refusal.message)", help: refusal.help)
    }
  }

  private static func readStandardInput(_ files: PolicyFileSystem) throws(PolicyFileFailure) -> PolicyText {
    // Somebody who gave '-' by mistake would wait for a program that waits for them.
    if Console.isTypedInto, Console.isTerminal(.error) {
      Report.error("reading the policy from this terminal; Ctrl-D ends it")
    }
    return try files.readStandardInput()
  }

  /// A file of that name; the first of the candidates where there is none.
  private static func read(
    _ name: [UInt8], or candidates: [FilePath], _ files: PolicyFileSystem
  ) throws(PolicyFileFailure) -> PolicyText {
    do throws(PolicyFileFailure) {
      return try files.read(name)
    } catch {
      guard error.isMissing else { throw error }
      if let text = try files.readFirst(of: candidates) { return text }
      if candidates.isEmpty { throw error }
      throw PolicyFileFailure(
        "there is no such file in the current directory, and no policy of that name is installed",
        help: "check the path, or the name: 'uring-jail policies' lists the installed policies", isMissing: true)
    }
  }

  private static func read(
    _ reference: PolicyReference, _ files: PolicyFileSystem, _ calls: any SystemCalls
  ) throws(Failure) -> PolicyText {
    let candidates = PolicyFolders(calls).candidates(for: reference)
    let text: PolicyText?
    do throws(PolicyFileFailure) {
      text =
        switch reference {
        case .standardInput: try readStandardInput(files)
        case .path(let path): try files.read(path.withoutTerminator)
        case .name: try files.readFirst(of: candidates)
        case .fileOrName(let name): try read(name, or: candidates, files)
        }
    } catch {
      throw Failure(message: "cannot read the policy '\(reference.description)': \(error.message)", help: error.help)
    }
    if let text { return text }
    let shown = reference.description
    throw Failure(
      message: "there is no policy named '\(shown)': \(candidates.map(\.description).joined(separator: " and ")) "
        + "\(candidates.count == 1 ? "does" : "do") not exist",
      help: "for a file in the current directory write ./\(shown); 'uring-jail policies' lists the installed policies")
  }
}
