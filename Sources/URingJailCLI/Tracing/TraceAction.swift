import Diagnostics
import Discovery
import Kernel
import Policy

/// What `trace` does, once its command line is understood.
struct TraceAction {
  let policies: [PolicyReference]
  let acceptsUntrustedPolicy: Bool
  let target: Target
  let wantsAllowed: Bool
  let isJSON: Bool
  let wantsSummary: Bool
  let wantsSuggestion: Bool

  enum Target {
    case command(ArgumentVector)
    case process(Int32)
    case everything
  }

  /// - Returns: the status of the command, or what this program ends with.
  func perform() -> Int32 {
    let folder: TraceFolder
    do throws(TraceFolder.Obstacle) {
      folder = try TracingReadiness.folder()
    } catch {
      return TracingReadiness.refuse(error)
    }
    guard let set = load() else { return ExitStatus.setUpFailed.rawValue }
    do throws(KernelError) {
      let session = try TraceSession(folder, wanted(set), scope: scope)
      return try follow(session, set)
    } catch {
      return TracingReadiness.refuse(error)
    }
  }

  private var scope: TraceSession.Scope { if case .everything = target { .everything } else { .tree } }

  private func load() -> PolicySet? {
    var policies: [Policy] = []
    var sources: [SourceText] = []
    var roots: [SourceText] = []
    for reference in self.policies {
      do throws(PolicySet.Failure) {
        let set = try PolicySet.loadText(
          reference, trust: acceptsUntrustedPolicy ? .accept : .refuse, firstSource: sources.count,
          calls: LinuxSystemCalls())
        if set.diagnostics.hasErrors {
          Report.findings(set.diagnostics.filter { $0.severity == .error }, set.sources, to: .error)
          Report.failure("the policy has an error", help: nil)
          return nil
        }
        policies += set.policies
        sources += set.sources
        roots += set.roots
      } catch {
        Report.failure(error.message, help: error.help)
        return nil
      }
    }
    return PolicySet(
      policies: policies, precompiled: [], filters: [], diagnostics: [], sources: sources, roots: roots)
  }

  /// As little as possible: what is not denied should not notice.
  private func wanted(_ set: PolicySet) -> TraceSession.Wanted {
    var wanted: TraceSession.Wanted = [
      (.created, nil), (.failed, "error == -13"), (.openShown, nil), (.socketShown, nil), (.connectShown, nil),
    ]
    if case .command = target { wanted.append((.executed, nil)) }
    if wantsAllowed { wanted.append((.submitted, nil)) }
    if wantsAllowed || set.policies.contains(where: { $0.register != nil }) {
      wanted += [(.registerEntered, nil), (.registerLeft, nil)]
    }
    return wanted
  }

  // MARK: Following

  private func follow(_ session: TraceSession, _ set: PolicySet) throws(KernelError) -> Int32 {
    // Asked before there is anybody to wait for the answer.
    let attribution = Attribution(set.policies, insideAnotherJail: try isCommandStartedInAJail())
    let wish: TracedTarget.Wish
    switch target {
    case .command(let arguments):
      let request = runRequest(arguments)
      wish = .command(prepare: { nil }, become: { RunAction.perform(request).rawValue })
    case .process(let process): wish = .process(process)
    case .everything: wish = .everything
    }
    let started = try TracedTarget.start(wish, session)
    guard let followed = started.target else { return started.status }
    return try report(followed, set, attribution)
  }

  private func runRequest(_ arguments: ArgumentVector) -> RunRequest {
    var options = RunOptions()
    options.acceptsUntrustedPolicy = acceptsUntrustedPolicy
    return RunRequest(policies: policies, options: options, command: arguments)
  }

  /// Of a process that others have started, this cannot be told.
  private func isCommandStartedInAJail() throws(KernelError) -> Bool {
    guard case .command = target, !policies.isEmpty else { return false }
    return try HoleTrials().restriction() == .notPermitted
  }

  // MARK: Telling

  private func report(
    _ followed: TracedTarget, _ set: PolicySet, _ attribution: Attribution
  ) throws(KernelError) -> Int32 {
    // The output of a command is its own.
    let stream: Console.Stream = if case .command = target { .error } else { .output }
    let time = TimeText()
    var assembler = RequestAssembler(launcher: followed.commandProcess)
    var names = ProcessNames()
    var summary = DenialSummary()
    var suggestion = Suggestion(set)
    var count = 0
    let end = try followed.follow(remark: { Report.error($0) }) { events in
      names.refresh()
      var text = ""
      for event in events {
        if assembler.hasCommand, event.kind != .executed { count += 1 }
        guard let observed = assembler.take(event), observed.outcome == .denied || wantsAllowed else { continue }
        if observed.outcome == .failed { continue }
        let isDenied = observed.outcome == .denied
        let request = TracedRequest(
          observed: observed, verdict: isDenied ? attribution.verdict(on: observed) : nil,
          processName: names.name(of: observed.task), sources: set.sources)
        summary.add(request)
        if isDenied, wantsSuggestion { suggestion.add(observed, time.real(observed.time)) }
        text += (isJSON ? request.json(time).compact : request.text(time)) + "\n"
      }
      if !text.isEmpty { Console.write(text, to: stream) }
    }
    if isJSON {
      if wantsSummary || end.lost > 0 { Console.write(summary.json(lost: end.lost).compact + "\n", to: stream) }
    } else if wantsSummary {
      Console.write(summary.text, to: stream)
    }
    if wantsSuggestion { Console.write(suggestion.text, to: stream) }
    if end.lost == 0, summary.isEmpty, assembler.hasCommand {
      Self.tellOfNothing(count, summaryIsText: wantsSummary && !isJSON)
    }
    if end.lost > 0 {
      Report.error("incomplete: \(end.lost) events lost; more requests may have been denied than are shown")
    }
    return end.status ?? (end.lost > 0 ? ExitStatus.no.rawValue : ExitStatus.success.rawValue)
  }

  /// Silence would be the same for a program without denials and for one that never used io_uring, or was not seen.
  private static func tellOfNothing(_ events: Int, summaryIsText: Bool) {
    if events == 0 {
      Report.error("no event of io_uring was seen: no ring was made, and no request was denied")
    } else if !summaryIsText {
      Report.error("no request was denied")
    }
  }
}
