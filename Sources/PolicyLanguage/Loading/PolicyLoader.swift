package import Diagnostics
package import Policy
import TOMLSyntax

/// Reads a policy and everything it includes, once each, and decodes what they make together.
package struct PolicyLoader {
  /// The policy, if there is no error, every finding, and the texts that their places are in.
  package struct Result: Sendable {
    package let policy: Policy?
    package let diagnostics: [Diagnostic]
    /// The warnings that the file itself accepts: see `SortedFindings`.
    package let acceptances: [Acceptance]
    package let sources: [SourceText]
  }

  /// Files that one policy may consist of.
  package static var mostFiles: Int { 64 }

  private let files: any PolicyFiles
  private var sources: [SourceText] = []
  private var findings = FindingList(overflow: PolicyDiagnostics.tooManyFindings)
  /// Files that others include, and those that include others and whose includes are being read at this moment.
  private var acceptances: [Acceptance] = []
  private var seen: [PolicyText.Identity] = []
  private var open: [PolicyText.Identity] = []
  private let firstSource: Int32
  private let isLaunch: Bool

  /// `firstSource`: the number of the first text, for several policies in one run. `isLaunch`: leaves `[[test]]` and
  /// `[accept]` alone, which say nothing about the target and can be a third of the work.
  package static func load(
    _ root: PolicyText, files: any PolicyFiles, firstSource: Int32 = 0, isLaunch: Bool = false
  ) -> Result {
    var loader = PolicyLoader(files: files, firstSource: firstSource, isLaunch: isLaunch)
    let merged = loader.tree(of: root, isIncluded: false)
    // A missing version says nothing about the rest; every other error does.
    let obstacles = loader.findings.all.filter { $0.severity == .error && $0.id != PolicyDiagnostics.missingVersion }
    guard let merged, obstacles.isEmpty else {
      return Result(
        policy: nil, diagnostics: loader.findings.all, acceptances: loader.acceptances, sources: loader.sources)
    }
    let decoded = PolicyDecoder.decodeMerged(merged, rootSource: SourceID(firstSource))
    return Result(
      policy: loader.findings.all.hasErrors ? nil : decoded.policy,
      diagnostics: loader.findings.all + decoded.diagnostics, acceptances: loader.acceptances,
      sources: loader.sources)
  }

  private init(files: any PolicyFiles, firstSource: Int32, isLaunch: Bool) {
    self.files = files
    self.firstSource = firstSource
    self.isLaunch = isLaunch
  }

  /// The file's own tree with those of its includes merged in; `nil` if it is no TOML.
  private mutating func tree(of text: PolicyText, isIncluded: Bool) -> TOMLTable? {
    let source = SourceText(name: text.name, bytes: text.bytes, id: SourceID(firstSource + Int32(sources.count)))
    sources.append(source)
    if let distrust = text.distrust {
      findings.append(
        Diagnostic(
          PolicyDiagnostics.untrustedFile, distrust, at: SourceSpan(0..<0, in: source.id), severity: .warning))
    }
    let parsed = TOMLParser.parse(source)
    if parsed.document == nil, let foreign = ForeignText(text.bytes) {
      findings.append(
        Diagnostic(
          PolicyDiagnostics.notAPolicy, "this is \(foreign.description), not a policy",
          at: SourceSpan(0..<0, in: source.id), help: foreign.help))
      return nil
    }
    findings.append(contentsOf: parsed.diagnostics)
    guard let document = parsed.document else { return nil }
    findings.append(contentsOf: PolicyDecoder.checkVersion(document, source: source))
    if !isLaunch {
      let own = PolicyDecoder.acceptances(in: document.root, rootSource: source.id)
      if !isIncluded { acceptances = own.accepted }
      findings.append(contentsOf: own.findings)
    }

    var merger = PolicyMerger()
    for table in included(includes(of: document.root), by: text) { merger.add(table) }
    merger.add(Self.own(document.root, keepsTests: !isIncluded && !isLaunch), isIncluding: true)
    findings.append(contentsOf: merger.diagnostics)
    return merger.result
  }

  /// The entries that take part in the merge. Tests and acceptances speak of the file that has them, not of those that
  /// include it.
  private static func own(_ root: TOMLTable, keepsTests: Bool) -> TOMLTable {
    TOMLTable(
      entries: root.entries.filter { entry in
        switch entry.key.name {
        case "include", "accept": false
        case "test": keepsTests
        default: true
        }
      })
  }

  private mutating func includes(of root: TOMLTable) -> [Located<String>] {
    guard let entry = root["include"] else { return [] }
    var reader = ValueReader()
    let elements = reader.oneOrMore(entry.value, help: "name a file, or remove 'include'") ?? []
    let includes = elements.compactMap { element in
      reader.string(element).map { Located($0, at: element.span) }
    }
    findings.append(contentsOf: reader.diagnostics)
    return includes
  }

  private mutating func included(_ includes: [Located<String>], by text: PolicyText) -> [TOMLTable] {
    if includes.isEmpty { return [] }
    if let identity = text.identity { open.append(identity) }
    defer { if text.identity != nil { open.removeLast() } }
    return includes.compactMap { included($0, by: text) }
  }

  private mutating func included(_ include: Located<String>, by text: PolicyText) -> TOMLTable? {
    func fail(_ id: Diagnostic.ID, _ message: String, help: String?) {
      findings.append(Diagnostic(id, message, at: include.span, help: help))
    }
    let name = Array(include.value.utf8)
    guard !name.isEmpty, !name.contains(0) else {
      fail(PolicyDiagnostics.includeUnreadable, "this is not a path", help: nil)
      return nil
    }
    var path = name
    if name.first != UInt8(ascii: "/") {
      guard let folder = text.folder else {
        fail(
          PolicyDiagnostics.includeUnreadable,
          "a policy on standard input cannot include the relative path \(quoting: include.value, upTo: 256)",
          help: "write the absolute path, beginning with '/'")
        return nil
      }
      path = folder + (folder.last == UInt8(ascii: "/") || folder.isEmpty ? [] : [UInt8(ascii: "/")]) + name
    }
    guard sources.count < Self.mostFiles else {
      fail(
        PolicyDiagnostics.tooManyIncludes, "a policy has at most \(Self.mostFiles) files",
        help: "merge some of them into one")
      return nil
    }
    let file: PolicyText
    do throws(PolicyFileFailure) {
      file = try files.read(path)
    } catch {
      fail(
        PolicyDiagnostics.includeUnreadable, "cannot include \(quoting: include.value, upTo: 256): \(error.message)",
        help: error.isMissing
          ? "check the path; without a leading '/' it is relative to the directory of this file" : error.help)
      return nil
    }
    if let identity = file.identity {
      if open.contains(identity) {
        fail(
          PolicyDiagnostics.includeCycle,
          "\(quoting: include.value, upTo: 256) includes itself, directly or through others",
          help: "move what both need into a third file")
        return nil
      }
      // What was merged once adds nothing a second time.
      if seen.contains(identity) { return nil }
      seen.append(identity)
    }
    return tree(of: file, isIncluded: true)
  }
}
