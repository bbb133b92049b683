import Diagnostics
import FilterCompiler
import Jail
package import Kernel
import Policy

/// What `run` does, whichever way the command line was read.
package enum RunAction {
  /// Becomes the target, or says why not.
  static func perform(_ request: RunRequest) -> ExitStatus {
    perform(request, on: LinuxSystemCalls(), RunEnvironment())
  }

  /// The same on any kernel.
  package static func perform(
    _ request: RunRequest, on calls: any SystemCalls, _ environment: RunEnvironment
  ) -> ExitStatus {
    let status: StatusChannel
    do throws(KernelError) {
      status = try StatusChannel(request.options.statusDescriptors.first, calls)
    } catch {
      Report.failure("the status descriptor cannot be used: \(error)", help: "open it before starting uring-jail")
      return .setUpFailed
    }
    if let elevation = ElevationRefusal.find(calls) {
      Report.failure(elevation.message, help: elevation.help)
      status.failed(.setUpFailed, elevation.message, help: elevation.help, [], [])
      return .setUpFailed
    }
    let set: PolicySet
    do throws(PolicySet.Failure) {
      set = try PolicySet.load(
        request.policies, trust: request.options.acceptsUntrustedPolicy ? .accept : .refuse, calls: calls)
    } catch {
      Report.failure(error.message, help: error.help)
      status.failed(.setUpFailed, error.message, help: error.help, [], [])
      return .setUpFailed
    }
    if set.diagnostics.hasErrors {
      return refuse(set, set.diagnostics.filter { $0.severity == .error }, status)
    }
    let compiled: CompiledPolicy
    do throws(CompilationFailure) {
      compiled = try set.compiled()
    } catch {
      return refuse(set, [error.diagnostic], status)
    }
    return launch(compiled, set, request, on: calls, environment, status)
  }

  private static func launch(
    _ policy: CompiledPolicy, _ set: PolicySet, _ request: RunRequest, on calls: any SystemCalls,
    _ environment: RunEnvironment, _ status: StatusChannel
  ) -> ExitStatus {
    let step: ((String) -> Void)? = request.options.isVerbose ? { Report.error($0) } : nil
    if let step { for policy in request.policies { step("read and compiled the policy '\(policy.description)'") } }
    let launcher = Launcher(calls, log: LaunchLog(warn: Report.warning, step: step))
    do throws(LaunchFailure) {
      let confinement = try launcher.confine(policy, environment.options(request.options))
      // The report is put together only for somebody who wants it.
      if request.options.isDryRun || !request.options.statusDescriptors.isEmpty {
        let report = ConfinementReport(confinement)
        try telling { () throws(KernelError) in try status.confined(report) }
        if request.options.isDryRun {
          let text = request.options.isJSON ? JSON.object(report.members).pretty : report.text
          return Report.result(text) ? .success : .setUpFailed
        }
        try telling { () throws(KernelError) in try status.executing(request.command[0]) }
      }
      step?("executing '\(request.command[0])'")
      try launcher.execute(request.command, searchPath: environment.searchPath, in: confinement)
    } catch {
      if let diagnostic = error.diagnostic { Report.findings([diagnostic], set.sources, to: .error) }
      Report.failure(error.message, help: error.diagnostic == nil ? error.help : nil)
      let exit: ExitStatus =
        switch error.kind {
        case .setUp: .setUpFailed
        case .cannotExecute: .cannotExecute
        case .notFound: .notFound
        }
      status.failed(exit, error.message, help: error.help, error.diagnostic.map { [$0] } ?? [], set.sources)
      return exit
    }
  }

  /// Who asked for the status and does not get it gets no target either.
  private static func telling(_ body: () throws(KernelError) -> Void) throws(LaunchFailure) {
    do throws(KernelError) {
      try body()
    } catch {
      throw LaunchFailure(
        .setUp, "the status descriptor does not take what is written to it: \(error)",
        help: "keep its other end open, and read from it, until the program has started")
    }
  }

  private static func refuse(
    _ set: PolicySet, _ errors: [Diagnostic], _ status: StatusChannel
  ) -> ExitStatus {
    Report.findings(errors, set.sources, to: .error)
    let message = "the policy has \(errors.count == 1 ? "an error" : "\(errors.count) errors")"
    Report.failure(message, help: nil)
    status.failed(.setUpFailed, message, help: nil, errors, set.sources)
    return .setUpFailed
  }
}
