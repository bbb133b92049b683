import Diagnostics
import Kernel
import Policy
import PolicyLanguage

/// `uring-jail explain`: what policies allow, in plain words, or what they say to one request and why.
struct ExplainCommand: Command {
  static let page = HelpPage(
    abstract: "explain what policies allow, or why a request is denied",
    intro: "Explains what policies allow, or why they deny a request. Asks no kernel.",
    usage: ["explain [OPTION...] POLICY... [REQUEST]"],
    operands: [
      ("POLICY", "a path, or - for standard input"),
      (
        "REQUEST",
        "an operation and its arguments, as in [[test]] tables; it begins at the first word behind a policy that has "
          + "neither '/' nor '.'"
      ),
    ],
    prose: [
      "Without a request: what the program may do, what no filter can restrict, and what systemd can enforce in "
        + "addition. With one: whether it is allowed, by which line, and what to change. Each of several policies "
        + "must allow a request."
    ],
    exitStatus: "0 if the policies were explained, or the request is allowed; 1 if it is denied, or a policy has an "
      + "error; 64 for an invalid request.",
    examples: [
      "uring-jail explain web.toml",
      "uring-jail explain web.toml connect to=192.0.2.1:443",
      "uring-jail explain --json web.toml openat2 flags=wronly resolve=beneath",
    ])

  private let subject: ExplainedSubject
  private let json: Bool

  init(_ line: ParsedLine) throws(Mistake) {
    subject = ExplainedSubject(line.operands, request: line.value(.request))
    json = line.has(.json)
    if let mistake = subject.mistake { throw .says(mistake) }
  }

  func run() throws(CommandExit) {
    var policies: [NamedPolicy] = []
    var sources: [SourceText] = []
    var isIncomplete = false
    for reference in subject.references {
      do throws(PolicySet.Failure) {
        let set = try reference.during("reading") { () throws(PolicySet.Failure) in
          try PolicySet.loadText(reference, trust: .accept, firstSource: sources.count, calls: LinuxSystemCalls())
        }
        sources += set.sources
        if set.diagnostics.hasErrors {
          Report.findings(set.diagnostics.filter { $0.severity == .error }, sources, to: .error)
          Report.error("the policy '\(reference.description)' has an error; correct it first")
          isIncomplete = true
        }
        policies += set.policies.map { NamedPolicy(name: reference.description, policy: $0) }
      } catch {
        Report.error("\(error.message)\(error.help.map { " (\($0))" } ?? "")")
        isIncomplete = true
      }
    }
    // What only some of them say is no answer.
    if isIncomplete { throw .no }
    if let request = subject.parsedRequest {
      let report = RequestReport(request, under: policies, sources: sources)
      let text =
        json ? report.json : report.text(colour: Console.wantsColour(.output), columns: Console.columns(of: .output))
      guard Report.result(text), report.isAllowed else { throw .no }
    } else {
      let report = OverviewReport(policies, sources: sources)
      guard Report.result(json ? report.json : report.text) else { throw .no }
    }
  }
}

/// A policy under the name by which it was given.
struct NamedPolicy {
  let name: String
  let policy: Policy
}

/// What the words behind `explain` mean: policies, and perhaps a request.
struct ExplainedSubject {
  let references: [PolicyReference]
  private let request: String?
  private let parsed: Result<Request, RequestText.Failure>?
  private let isGivenTwice: Bool

  /// `request`: the value of `--request`.
  init(_ operands: [[UInt8]], request option: String?) {
    let words = operands.map { String(decoding: $0, as: UTF8.self) }
    // The first word is always a policy. A bare word behind it begins a request, one that is mistyped included.
    let start = words.indices.dropFirst().first { Self.beginsRequest(words[$0]) } ?? words.endIndex
    references = operands[..<start].map { PolicyReference(argument: $0) }
    let written = start == words.endIndex ? nil : words[start...].joined(separator: " ")
    isGivenTwice = written != nil && option != nil
    request = option ?? written
    parsed = request.map { text in
      Result { () throws(RequestText.Failure) in try RequestText.parse(text) }
    }
  }

  /// True for a word that has no sign of a path.
  private static func beginsRequest(_ word: String) -> Bool {
    guard let name = word.split(separator: " ").first else { return word.contains(" ") }
    return name != "-" && !name.contains("/") && !name.contains(".")
  }

  var parsedRequest: Request? { try? parsed?.get() }

  /// What is wrong with the words.
  var mistake: String? {
    let policies = references.map(\.description)
    guard let first = policies.first else { return "Missing the policy to explain" }
    if policies.contains("") { return "The path of a policy is empty" }
    if references.count(where: { $0 == .standardInput }) > 1 {
      return "Standard input can be read only once, but '-' is given twice"
    }
    if policies.count == 1, request == nil, first.contains(" "), (try? RequestText.parse(first)) != nil {
      return "Missing the policy that is to decide '\(first)'; name it before the request"
    }
    if isGivenTwice { return "'--request' and a request behind the policies exclude each other" }
    guard case .failure(let failure)? = parsed else { return nil }
    return "Cannot read the request: \(failure.message)\(failure.help.map { "; \($0)" } ?? "")"
  }
}
