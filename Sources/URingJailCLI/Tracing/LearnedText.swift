import Diagnostics
import Discovery
import Kernel
import Policy
import PolicyAdvice
import PolicyLanguage

/// The policy that `learn` writes, and what it is made of beside the run itself.
struct LearnedText {
  struct Failure: Error {
    let message: String
    let help: String?
  }

  private static let mark = "# Learned "

  /// The policy to add to, and its path.
  private let base: (policy: Policy, path: String, sources: [SourceText])?
  private let earlier: EarlierRuns?
  /// What the earlier policy says of its runs.
  private let earlierHeader: [String]
  private let name: String

  /// Reads what is there, before anything is started.
  init(output: String?, base: String?, merges: Bool) throws(Failure) {
    name = output ?? "learned.toml"
    if let base {
      let set = try Self.load(base)
      guard let policy = set.policies.first else { throw Failure(message: "'\(base)' has no policy", help: nil) }
      self.base = (policy, try Self.absolute(base), set.sources)
    } else {
      self.base = nil
    }
    if let output, !merges, Self.isHandWritten(output) {
      throw Failure(
        message: "'\(output)' was not written by 'learn', and would be lost",
        help: "name another file, or add to this one with '--base \(output) --output ANOTHER'")
    }
    guard merges, let output, Self.exists(output) else {
      earlier = nil
      earlierHeader = []
      return
    }
    let set = try Self.load(output)
    guard let policy = set.policies.first, let source = set.roots.first else {
      throw Failure(message: "'\(output)' has no policy", help: nil)
    }
    guard set.acceptances.isEmpty else { throw Self.loss(of: "[accept]", output) }
    do throws(EarlierRuns.NotLearned) {
      earlier = try EarlierRuns(policy, source, ephemeral: EphemeralRange.current)
    } catch {
      throw Self.loss(of: error.what, output)
    }
    earlierHeader = String(decoding: source.bytes, as: UTF8.self).split(separator: "\n").map(String.init)
      .filter { $0.hasPrefix(Self.mark) }
  }

  private static func loss(of what: String, _ output: String) -> Failure {
    Failure(
      message: "'\(output)' has \(what), which would be lost",
      help: "learn into another file, with this one as --base")
  }

  // MARK: Reading

  private static func load(_ path: String) throws(Failure) -> PolicySet {
    let set: PolicySet
    do throws(PolicySet.Failure) {
      set = try PolicySet.loadText(
        PolicyReference(argument: Array(path.utf8)), trust: .accept, calls: LinuxSystemCalls())
    } catch {
      throw Failure(message: error.message, help: error.help)
    }
    if set.diagnostics.hasErrors {
      Report.findings(set.diagnostics.filter { $0.severity == .error }, set.sources, to: .error)
      throw Failure(message: "the policy '\(path)' has an error", help: nil)
    }
    return set
  }

  private static func exists(_ path: String) -> Bool {
    let calls = LinuxSystemCalls()
    guard let descriptor = try? calls.openPath(FilePath(path), in: nil, .followingLink) else { return false }
    try? calls.close(descriptor)
    return true
  }

  /// True for a regular file with something in it that no run of `learn` has left there.
  private static func isHandWritten(_ path: String) -> Bool {
    do throws(FileReadFailure) {
      let contents = try FileReader(LinuxSystemCalls(), trust: .notNeeded).read(FilePath(path), limit: 1 << 24)
      let lines = String(decoding: contents.bytes, as: UTF8.self).split(separator: "\n")
      return !lines.isEmpty && !lines.contains { $0.hasPrefix(mark) }
    } catch {
      switch error {
      case .tooLarge: return true
      // What is not there, or is a device, cannot be lost; the rest shows when it is written to.
      case .kernel, .notAFile, .distrusted: return false
      }
    }
  }

  /// Includes are looked for beside the file that names them, which may be somewhere else.
  static func absolute(_ path: String) throws(Failure) -> String {
    if path.hasPrefix("/") { return path }
    guard let folder = try? LinuxSystemCalls().currentDirectory() else {
      throw Failure(message: "the current directory has no path", help: "write the absolute path of '\(path)'")
    }
    return String(decoding: folder, as: UTF8.self) + "/" + path
  }

  // MARK: Writing

  /// - Throws: if the text is no good policy. It is not to be used then.
  func policy(_ run: LearnedRun) throws(Failure) -> String {
    var observations = run.observations
    var extents = PolicyWriter.Extents()
    if let earlier {
      observations.merge(earlier.observations)
      extents = earlier.extents
    }
    if !run.sawRegistrations { extents.register = .nothing }
    var header = earlierHeader + [Self.header(run)]
    header += run.flaws.map { "# INCOMPLETE: \($0)" }
    var text = "policy = 1\n"
    if let base {
      let missing = Missing(in: base.policy, observations)
      header += missing.conflicts.map { conflict in
        let place = conflict.place.map { Report.place($0, in: base.sources) + ": " } ?? ""
        return "# Not allowed by this: \(place)\(conflict.message)"
      }
      for conflict in missing.conflicts {
        Report.warning("\(conflict.message) by '\(base.path)', which learn does not change")
      }
      observations = missing.observations
      extents = missing.extents
      text += "include = [\(PolicyWriter.quoted(base.path))]\n"
    }
    let tables = PolicyWriter(observations, extents).tables
    text = header.map { $0 + "\n" }.joined() + text + (tables.isEmpty ? "" : "\n" + tables)
    try check(text)
    return text
  }

  private static func header(_ run: LearnedRun) -> String {
    let release = (try? LinuxSystemCalls().kernelRelease()) ?? "unknown"
    let command = Quotation.shortened(Report.printable(run.description), to: 200)
    return "\(mark)\(CalendarTime.text(seconds: run.began / 1_000_000_000)) by uring-jail \(Version.current) on Linux "
      + "\(release), from \(run.count) requests of: \(command)"
  }

  private func check(_ text: String) throws(Failure) {
    let files: PolicyFileSystem
    do throws(PolicyFileFailure) {
      files = try PolicyFileSystem(LinuxSystemCalls(), trust: .accept)
    } catch {
      throw Failure(message: error.message, help: error.help)
    }
    let loaded = PolicyLoader.load(
      PolicyText(name: name, bytes: Array(text.utf8), folder: [UInt8(ascii: ".")], identity: nil), files: files)
    var findings = loaded.diagnostics
    if let policy = loaded.policy { findings += PolicyChecker.check(policy, source: SourceID(0)) }
    guard findings.hasErrors else { return }
    Report.findings(findings.filter { $0.severity == .error }, loaded.sources, to: .error)
    throw Failure(
      message: "the learned policy has errors", help: "please report it with the messages above")
  }
}
