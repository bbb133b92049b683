import ArgumentParser
import Diagnostics
import FilterCompiler
import Kernel
import Policy
import PolicyAdvice
import PolicyLanguage
import PolicyProof

/// `uring-jail check`: everything that is wrong with policies, and what an expert would remark.
struct CheckCommand: DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "find mistakes in policies")

  static let help = """
    Finds errors in policies, and warns of weaknesses in them.

    Usage: uring-jail check [OPTION...] POLICY...
           uring-jail check --explain ID

      POLICY            a path, or - for standard input
      --format FORMAT   text, json, github, or sarif
      --json            the same as --format json
      --exposure        also list the known dangers that are within reach, with
                        their history; for the formats text and json
      --warnings-as-errors
                        end with 1 if there is a warning
      --accept-untrusted-policy
                        do not warn of files that others could write
      --explain ID      explain the name in brackets after a finding; "all" lists
                        every one

    Exit status: 0 if there is no error, 1 if there is one.

    Examples:
      uring-jail check web.toml
      uring-jail check --explain peer-unchecked
      uring-jail check --format github --warnings-as-errors policies/*.toml

    """

  @Option(name: .long, help: "How to write findings: text, json, github or sarif.")
  var format: DiagnosticFormat?

  @Flag(name: .long, help: "The same as --format json.")
  var json = false

  @Flag(name: .long, help: "List the known dangers that are within reach, and their history.")
  var exposure = false

  private var chosenFormat: DiagnosticFormat { format ?? (json ? .json : .text) }

  @Flag(name: .long, help: "Let warnings count as errors in the exit status.")
  var warningsAsErrors = false

  @Flag(name: .long, help: "Do not warn of files that others could change.")
  var acceptUntrustedPolicy = false

  @Option(name: .long, help: ArgumentHelp("Explain an ID in brackets; 'all' lists every ID.", valueName: "id"))
  var explain: String?

  @OptionGroup
  var policies: PolicyArguments

  func validate() throws {
    if let mistake = JSONOption.mistake(json, format?.rawValue) { throw mistake }
    if exposure, ![.text, .json].contains(chosenFormat) {
      throw ValidationError("'--exposure' has no form for '--format \(chosenFormat.rawValue)'; use text or json")
    }
    if exposure, explain != nil { throw ValidationError("'--explain' and '--exposure' exclude each other") }
    if explain == nil, policies.policies.isEmpty {
      throw ValidationError("Missing the policies to check")
    }
    if explain != nil, !policies.policies.isEmpty {
      throw ValidationError("'--explain' takes no policies")
    }
    if let explain, explain != "all", !Explanations.all.contains(where: { $0.id.name == explain }) {
      let nearest = Spelling.nearest(to: explain, among: Explanations.all.lazy.map(\.id.name))
      throw ValidationError(
        "There is no diagnostic '\(explain)'\(nearest.map { "; did you mean '\($0)'?" } ?? ""); "
          + "'--explain all' lists them")
    }
  }

  func run() throws {
    if let explain {
      try Explanations.print(explain)
      return
    }
    let outcome = check()
    let exposures = exposure ? ExposureReport(outcome.policies, sources: outcome.sources) : nil
    let text: String
    switch chosenFormat {
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
    guard Report.result(text) else { throw ExitCode(ExitStatus.no.rawValue) }
    let fails =
      outcome.diagnostics.hasErrors || outcome.isIncomplete || (warningsAsErrors && !outcome.diagnostics.isEmpty)
    if fails { throw ExitCode(ExitStatus.no.rawValue) }
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
    for reference in policies.references {
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
          let sorted = SortedFindings(findings, set.acceptances, root: source)
          outcome.diagnostics += sorted.open
          outcome.accepted += sorted.accepted
          outcome.sources += set.sources
        }
      } catch {
        Report.error("\(error.message)\(error.help.map { " (\($0))" } ?? "")")
        outcome.isIncomplete = true
        if chosenFormat == .text { continue }
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

extension DiagnosticFormat: ExpressibleByArgument {}
