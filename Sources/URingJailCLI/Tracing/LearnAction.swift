import Diagnostics
import Discovery
import Kernel
import Policy
import URingABI

/// What `learn` does, once its command line is understood.
struct LearnAction {
  let target: Target
  /// Where to write; `nil` for standard output.
  let output: String?
  let base: String?
  let merges: Bool
  let generalises: Bool

  enum Target {
    case command(ArgumentVector)
    case process(Int32)
  }

  /// - Returns: what this program ends with.
  func perform() -> Int32 {
    let folder: TraceFolder
    do throws(TraceFolder.Obstacle) {
      folder = try TracingReadiness.folder()
    } catch {
      return TracingReadiness.refuse(error)
    }
    let text: LearnedText
    do throws(LearnedText.Failure) {
      text = try LearnedText(output: output, base: base, merges: merges)
    } catch {
      Report.failure(error.message, help: error.help)
      return ExitStatus.setUpFailed.rawValue
    }
    if let output {
      do throws(KernelError) {
        try FileWriter.probe(FilePath(output))
      } catch {
        Report.failure("cannot write '\(output)': \(error)", help: nil)
        return ExitStatus.setUpFailed.rawValue
      }
    }
    do throws(KernelError) {
      let session = try TraceSession(
        folder,
        [
          (.created, nil), (.submitted, nil), (.failed, nil), (.openShown, nil), (.socketShown, nil),
          (.connectShown, nil), (.registerEntered, nil), (.registerLeft, nil),
        ], scope: .tree)
      return try follow(session, text)
    } catch {
      return TracingReadiness.refuse(error)
    }
  }

  // MARK: Following

  private func follow(_ session: TraceSession, _ text: LearnedText) throws(KernelError) -> Int32 {
    let wish: TracedTarget.Wish
    switch target {
    case .command(let arguments): wish = .command(prepare: Self.prepare, become: { Self.become(arguments) })
    case .process(let process):
      Report.error(
        "arguments are visible only for operations that process \(process) already has a filter for; the policy does not "
          + "narrow others")
      wish = .process(process)
    }
    let started = try TracedTarget.start(wish, session)
    guard let followed = started.target else { return started.status }
    let seesRegistrations = !session.unavailable.contains(.registerEntered)
    if !seesRegistrations {
      Report.warning("register opcodes are not visible: this kernel has no events for system calls")
    }
    var run = LearnedRun(
      description: description, sawRegistrations: seesRegistrations, grain: generalises ? .network : .address)
    let end = try followed.follow(remark: { Report.error($0) }) { run.take($0) }
    if followed.neverBegan() { return end.status ?? ExitStatus.setUpFailed.rawValue }
    if let status = end.status, status != 0 { Report.warning("the command ended with status \(status)") }
    run.lost = end.lost
    return write(run, text)
  }

  private var description: String {
    switch target {
    case .command(let arguments): arguments.strings.joined(separator: " ")
    case .process(let process): "process \(process)"
    }
  }

  /// What the child does before it is followed.
  private static func prepare() -> Int32? {
    do throws(KernelError) {
      let unshown = try WatchedArguments.watch(LinuxSystemCalls())
      if !unshown.isEmpty {
        let names = unshown.map(\.name).joined(separator: ", ")
        Report.warning("this kernel does not show the arguments of \(names), so there will be no conditions on them")
      }
      return nil
    } catch {
      Report.failure(
        "filters that make arguments visible cannot be registered: \(error)",
        help: error.errno == .accessDenied ? "it needs CAP_SYS_ADMIN" : nil)
      return ExitStatus.setUpFailed.rawValue
    }
  }

  private static func become(_ arguments: ArgumentVector) -> Int32 {
    let name = Report.printable(arguments[0])
    do throws(Execution.Failure) {
      try Execution(LinuxSystemCalls()).become(arguments, searchPath: Console.environment("PATH"), marker: nil)
    } catch {
      switch error {
      case .notFound(let error):
        Report.failure("'\(name)' was not found: \(error)", help: nil)
        return ExitStatus.notFound.rawValue
      case .notExecutable(let path, let error):
        Report.failure("'\(path)' cannot be executed: \(error)", help: nil)
        return ExitStatus.cannotExecute.rawValue
      }
    }
  }

  // MARK: Writing

  private func write(_ run: LearnedRun, _ text: LearnedText) -> Int32 {
    let policy: String
    do throws(LearnedText.Failure) {
      policy = try text.policy(run)
    } catch {
      Report.error("\(error.message)\(error.help.map { " (\($0))" } ?? ""); no policy is written")
      return ExitStatus.no.rawValue
    }
    if let output {
      do throws(KernelError) {
        try FileWriter.replace(FilePath(output), with: Array(policy.utf8))
      } catch {
        Report.error("cannot write '\(output)': \(error)")
        return ExitStatus.no.rawValue
      }
    } else if !Report.result(policy) {
      return ExitStatus.no.rawValue
    }
    for flaw in run.flaws { Report.error("incomplete: \(flaw)") }
    return run.flaws.isEmpty ? ExitStatus.success.rawValue : ExitStatus.no.rawValue
  }
}
