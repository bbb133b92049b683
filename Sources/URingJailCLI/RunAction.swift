import Diagnostics
import Jail
package import Kernel

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
      status = try StatusChannel(request.options.statusDescriptor, calls)
    } catch {
      Report.failure("the status descriptor cannot be used: \(error)", help: "open it before starting uring-jail")
      return .setUpFailed
    }
    if let elevation = ElevationRefusal.find(calls) {
      Report.failure(elevation.message, help: elevation.help)
      status.failed(.setUpFailed, elevation.message, help: elevation.help, [], [])
      return .setUpFailed
    }
    let loaded: LoadedPolicies
    do throws(LoadedPolicies.Failure) {
      loaded = try LoadedPolicies(
        request.policies, acceptsUntrusted: request.options.acceptsUntrustedPolicy, calls: calls)
    } catch {
      if !error.diagnostics.isEmpty { Report.findings(error.diagnostics, error.sources, to: .error) }
      Report.failure(error.message, help: error.help)
      status.failed(.setUpFailed, error.message, help: error.help, error.diagnostics, error.sources)
      return .setUpFailed
    }
    return launch(loaded, request, on: calls, environment, status)
  }

  private static func launch(
    _ loaded: LoadedPolicies, _ request: RunRequest, on calls: any SystemCalls, _ environment: RunEnvironment,
    _ status: StatusChannel
  ) -> ExitStatus {
    let step: ((LaunchStep, String) -> Void)? = request.options.isVerbose ? { Report.error($1) } : nil
    if let step {
      for policy in request.policies { step(.policy, LoadedPolicies.done(policy)) }
    }
    let launcher = Launcher(calls, log: LaunchLog(warn: Report.warning, step: step))
    do throws(LaunchFailure) {
      let confinement = try launcher.confine(loaded.combined, environment.options(request.options))
      // The report is put together only for somebody who wants it.
      if request.options.isDryRun || request.options.statusDescriptor != nil {
        let report = ConfinementReport(confinement)
        try telling { () throws(KernelError) in try status.confined(report) }
        if request.options.isDryRun {
          let text =
            request.options.isJSON
            ? JSON.object([JSON.Member("version", .integer(1))] + report.members).pretty : report.text
          return Report.result(text) ? .success : .setUpFailed
        }
        try telling { () throws(KernelError) in try status.executing(request.command[0]) }
      }
      if request.options.isVerbose { Report.error("executing '\(request.command[0])'") }
      try launcher.execute(request.command, searchPath: environment.searchPath, in: confinement)
    } catch {
      if let diagnostic = error.diagnostic { Report.findings([diagnostic], loaded.sources, to: .error) }
      Report.failure(error.message, help: error.diagnostic == nil ? error.help : nil)
      let exit: ExitStatus =
        switch error.kind {
        case .setUp: .setUpFailed
        case .cannotExecute: .cannotExecute
        case .notFound: .notFound
        }
      status.failed(exit, error.message, help: error.help, error.diagnostic.map { [$0] } ?? [], loaded.sources)
      return exit
    }
  }

  /// Who asked for the status and does not get it gets no target either.
  private static func telling(_ body: () throws(KernelError) -> Void) throws(LaunchFailure) {
    do throws(KernelError) {
      try body()
    } catch {
      throw LaunchFailure(
        .setUp, "the status descriptor cannot be written to: \(error)",
        help: "keep its other end open, and read from it, until the program has started")
    }
  }
}
