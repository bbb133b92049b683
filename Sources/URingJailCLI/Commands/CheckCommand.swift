import Diagnostics
import FilterCompiler
import Kernel
import Policy
import PolicyAdvice
import PolicyLanguage
import PolicyProof

/// `uring-jail check`: everything that is wrong with policies, and what an expert would remark.
struct CheckCommand: Command {
  static let page = HelpPage(
    abstract: "find mistakes in policies",
    intro: "Finds errors in policies, and warns of weaknesses in them.",
    usage: ["check [OPTION...] POLICY...", "check --explain ID"],
    operands: [("POLICY", "a path, or - for standard input")],
    exitStatus: "0 if there is no error, 1 if there is one.",
    examples: [
      "uring-jail check web.toml",
      "uring-jail check --explain peer-unchecked",
      "uring-jail check --format github --warnings-as-errors policies/*.toml",
    ])

  private let format: DiagnosticFormat
  private let exposure: Bool
  private let warningsAsErrors: Bool
  private let acceptUntrustedPolicy: Bool
  private let explain: String?
  private let policies: [PolicyReference]

  init(_ line: ParsedLine) throws(Mistake) {
    format = try line.format(.findingFormat) ?? .text
    exposure = line.has(.exposure)
    warningsAsErrors = line.has(.warningsAsErrors)
    acceptUntrustedPolicy = line.has(.acceptFindings)
    explain = line.value(.explain)
    policies = try line.policies(missing: explain == nil ? "check" : nil)
    if exposure, ![.text, .json].contains(format) {
      throw .says("'--exposure' has no form for '--format \(format.rawValue)'; use text or json")
    }
    guard let explain else { return }
    if exposure { throw .says("'--explain' and '--exposure' exclude each other") }
    if format != .text { throw .says("'--explain' has no form for '--format \(format.rawValue)'; it prints text") }
    if !policies.isEmpty { throw .says("'--explain' takes no policies") }
    let known = Explanations.all.map(\.id.name)
    if explain != "all", !known.contains(explain) {
      throw .says(
        "There is no diagnostic '\(explain)'\(CommandLineReader.suggestion(explain, known)); "
          + "'--explain all' lists them")
    }
  }

  func run() throws(CommandExit) {
    if let explain {
      if !Explanations.print(explain) { throw .no }
      return
    }
    let outcome = check()
    let exposures = exposure ? ExposureReport(outcome.policies, sources: outcome.sources) : nil
    let text: String
    switch format {
    case .text:
      let findings = Self.summary(outcome)
      text = findings + (exposures.map { (findings.isEmpty ? "" : "\n") + $0.text } ?? "")
    case .json:
      text = JSONRenderer.render(
        outcome.diagnostics, sources: outcome.sources,
        adding: [JSON.Member("accepted", outcome.acceptedJSON)]
          + (exposures.map { [JSON.Member("exposure", $0.json)] } ?? []))
    case .github: text = GitHubRenderer.render(outcome.diagnostics, sources: outcome.sources)
    case .sarif:
      text = SARIFRenderer(version: Version.current, explanations: Explanations.all)
        .render(
          outcome.diagnostics, accepted: outcome.accepted.map { ($0.finding, reason: $0.reason) },
          sources: outcome.sources)
    }
    guard Report.result(text) else { throw .no }
    let fails =
      outcome.diagnostics.hasErrors || outcome.isIncomplete || (warningsAsErrors && !outcome.diagnostics.isEmpty)
    if fails { throw .no }
  }

  // MARK: Checking

  private struct Outcome {
    var diagnostics: [Diagnostic] = []
    /// Warnings that the policies accept.
    var accepted: [SortedFindings.Accepted] = []
    var sources: [SourceText] = []
    /// Those without an error.
    var policies: [NamedPolicy] = []
    /// True if a file could not be read.
    var isIncomplete = false

    /// The warnings as other findings are written, each with the reason.
    var acceptedJSON: JSON {
      .array(
        accepted.map { accepted in
          .object(
            JSONRenderer.members(of: accepted.finding, sources) + [JSON.Member("reason", .string(accepted.reason))])
        })
    }
  }

  private func check() -> Outcome {
    var outcome = Outcome()
    let calls = LinuxSystemCalls()
    for reference in policies {
      do throws(PolicySet.Failure) {
        try reference.during("checking") { () throws(PolicySet.Failure) in
          let set = try PolicySet.loadText(
            reference, trust: acceptUntrustedPolicy ? .accept : .warn, firstSource: outcome.sources.count, calls: calls)
          outcome.policies += set.policies.map { NamedPolicy(name: reference.description, policy: $0) }
          let source = SourceID(Int32(outcome.sources.count))
          var findings = set.diagnostics
          for policy in set.policies {
            findings += PolicyChecker.check(policy, source: source)
            if !findings.hasErrors { findings += ProofDiagnostics.check(policy, source: source) }
          }
          let sorted = SortedFindings(findings, set.acceptances)
          outcome.diagnostics += sorted.open
          outcome.accepted += sorted.accepted
          outcome.sources += set.sources
        }
      } catch {
        Report.error("\(error.message)\(error.help.map { " (\($0))" } ?? "")")
        outcome.isIncomplete = true
        if format == .text { continue }
        // Programs look at one stream.
        let source = SourceText(
          name: reference.description, bytes: [], id: SourceID(Int32(outcome.sources.count)))
        outcome.sources.append(source)
        outcome.diagnostics.append(
          Diagnostic(
            PolicyDiagnostics.unreadable, error.message, at: SourceSpan(0..<0, in: source.id), help: error.help))
      }
    }
    return outcome
  }

  /// The findings, and how many there are; nothing for policies without any.
  private static func summary(_ outcome: Outcome) -> String {
    let diagnostics = outcome.diagnostics
    if diagnostics.isEmpty { return "" }
    let errors = diagnostics.count { $0.severity == .error }
    let warnings = diagnostics.count - errors
    func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
    let parts =
      (errors > 0 ? [count(errors, "error")] : []) + (warnings > 0 ? [count(warnings, "warning")] : [])
      + (outcome.accepted.isEmpty ? [] : [count(outcome.accepted.count, "accepted warning")])
    let renderer = TextRenderer(colour: Console.wantsColour(.output), columns: Console.columns(of: .output))
    return renderer.render(diagnostics, sources: outcome.sources) + parts.joined(separator: ", ") + "\n"
  }
}
