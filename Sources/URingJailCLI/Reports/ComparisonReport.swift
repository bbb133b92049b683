import Diagnostics
import FilterCompiler
import Policy
import PolicyAdvice
import PolicyLanguage
import PolicyProof
import URingABI

/// One of the policies that are compared.
struct ComparedPolicy {
  let reference: PolicyReference
  let meaning: Meaning
  let sources: [SourceText]

  /// What one file says.
  init(_ set: PolicySet, _ reference: PolicyReference) throws(PolicySet.Failure) {
    self.reference = reference
    sources = set.sources
    if let program = set.filters.first {
      meaning = .program(program)
    } else if let policy = set.precompiled.first {
      do throws(CompilationFailure) {
        let plan = try RegistrationPlan(
          set.combined, for: .everyOperation, backend: .restrictionsAndFilters)
        meaning = .precompiled(policy, plan)
      } catch {
        throw PolicySet.Failure(message: error.diagnostic.message, help: error.diagnostic.help)
      }
    } else {
      meaning = .policies(set.policies)
    }
  }

  var isFilter: Bool { if case .program = meaning { true } else { false } }

  var name: String { Report.printable(reference.description) }
}

/// What comparing two policies came to.
struct ComparisonReport {
  let comparison: Comparison
  private let old: ComparedPolicy
  private let new: ComparedPolicy

  init(_ old: ComparedPolicy, _ new: ComparedPolicy, operation: Operation?) {
    self.old = old
    self.new = new
    comparison = Comparison(old.meaning, new.meaning, operation: operation)
  }

  /// True if every operation was decided.
  var isComplete: Bool { comparison.undecided.isEmpty }

  private var sources: [SourceText] { old.sources + new.sources }

  // MARK: Text

  var text: String {
    var text = ""
    for direction in Comparison.Direction.allCases where comparison.has(direction) {
      text += heading(direction) + "\n" + differences(direction) + changes(direction)
    }
    if !comparison.undecided.isEmpty {
      text += "Not compared, because they are too large: \(names(comparison.undecided))\n"
    }
    if !comparison.truncated.isEmpty {
      text += "Not all differences of \(names(comparison.truncated)) are shown.\n"
    }
    if text.isEmpty { return "\(old.name) and \(new.name) mean the same.\n" }
    return text + verdict + "\n"
  }

  private func heading(_ direction: Comparison.Direction) -> String {
    switch direction {
    case .looser: "\(new.name) allows what \(old.name) does not:"
    case .stricter: "\(new.name) no longer allows what \(old.name) does:"
    }
  }

  private func differences(_ direction: Comparison.Direction) -> String {
    var text = ""
    var last: [Operation] = []
    for difference in comparison.differences where difference.direction == direction {
      if difference.operations != last { text += "  \(names(difference.operations))\n" }
      last = difference.operations
      text += "    \(difference.text)\n"
      text += "      such as: \(difference.example.text)\n"
      for (side, decision) in decisions(difference.example) {
        let place = decision.rule.map { " (\(Report.place($0, in: sources)))" } ?? ""
        text += "        \(side.name): \(decision.isAllowed ? "allowed" : "denied"): \(decision.reason)\(place)\n"
      }
    }
    return text
  }

  private func changes(_ direction: Comparison.Direction) -> String {
    comparison.changes.filter { $0.direction == direction }.map { "  \($0.key)\n    \($0.text)\n" }.joined()
  }

  private func decisions(_ request: Request) -> [(ComparedPolicy, Decision)] {
    [old, new].compactMap { side in side.meaning.decision(request).map { (side, $0) } }
  }

  /// Names in the order of the numbers; of those without a name, runs.
  private func names(_ operations: [Operation]) -> String {
    var texts: [String] = []
    var run: ClosedRange<UInt8>?
    func endRun() {
      if let run { texts.append(run.count == 1 ? "\(run.lowerBound)" : "\(run.lowerBound)-\(run.upperBound)") }
      run = nil
    }
    for operation in operations {
      guard operation.since == nil else {
        endRun()
        texts.append(operation.name)
        continue
      }
      if let open = run, open.upperBound < operation.code, open.upperBound + 1 == operation.code {
        run = open.lowerBound...operation.code
      } else {
        endRun()
        run = operation.code...operation.code
      }
    }
    endRun()
    return texts.joined(separator: ", ")
  }

  private var verdict: String {
    switch (comparison.has(.looser), comparison.has(.stricter)) {
    case (true, true): "The new policy is looser in some places, and stricter in others."
    case (true, false): "The new policy is looser."
    case (false, true): "The new policy is stricter, and looser nowhere."
    case (false, false): "Nothing else differs."
    }
  }

  // MARK: JSON

  var json: JSON {
    .object([
      "version": .integer(1), "old": .string(old.reference.description), "new": .string(new.reference.description),
      "looser": .bool(comparison.has(.looser)), "stricter": .bool(comparison.has(.stricter)),
      "complete": .bool(isComplete),
      "differences": .array(comparison.differences.map(json)),
      "changes": .array(
        comparison.changes.map { change in
          .object([
            "direction": .string(change.direction.rawValue), "key": .string(change.key), "text": .string(change.text),
            "names": change.names.isEmpty ? nil : .array(change.names.map { .string($0) }),
          ])
        }),
      "truncated": .array(comparison.truncated.map { .string($0.name) }),
      "undecided": .array(comparison.undecided.map { .string($0.name) }),
    ])
  }

  private func json(_ difference: Comparison.Difference) -> JSON {
    func json(_ side: ComparedPolicy) -> JSON? {
      side.meaning.decision(difference.example).map { decision in
        .object([
          "allowed": .bool(decision.isAllowed), "reason": .string(decision.reason),
          "rule": decision.rule.map { .string(Report.place($0, in: sources)) },
        ])
      }
    }
    return .object([
      "direction": .string(difference.direction.rawValue),
      "operations": .array(difference.operations.map { .string($0.name) }),
      "requests": .string(difference.text), "example": .string(difference.example.text),
      "old": json(old), "new": json(new),
    ])
  }

  // MARK: GitHub

  /// A finding for each difference, at the line of the new policy that decides.
  var github: String {
    GitHubRenderer.render(findings, sources: new.sources)
  }

  private var findings: [Diagnostic] {
    let beginning = SourceSpan(0..<0, in: new.sources.first?.id ?? SourceID(0))
    var findings = comparison.differences.map { difference in
      Diagnostic(
        Diagnostic.ID(difference.direction.rawValue),
        "\(verb(difference.direction)) \(names(difference.operations)): \(difference.text)",
        at: new.meaning.decision(difference.example)?.rule ?? beginning, severity: .warning,
        notes: [Diagnostic.Note("such as '\(difference.example.text)'")])
    }
    findings += comparison.changes.map { change in
      Diagnostic(
        Diagnostic.ID(change.direction.rawValue), "\(change.key): \(change.text)", at: beginning, severity: .warning)
    }
    if !isComplete {
      findings.append(
        Diagnostic(
          Diagnostic.ID("not-compared"), "too large to be compared: \(names(comparison.undecided))", at: beginning))
    }
    return findings
  }

  private func verb(_ direction: Comparison.Direction) -> String {
    direction == .looser ? "now allowed:" : "no longer allowed:"
  }
}
