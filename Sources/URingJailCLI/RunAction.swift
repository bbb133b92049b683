import Diagnostics
import FilterCompiler
import Jail
package import Kernel
import Policy

/// What `run` does, whichever way the command line was read.
package enum RunAction {
  /// Becomes the target, or says why not.
  static func perform(_ request: RunRequest) -> ExitStatus {
    perform(request, on: LinuxSystemCalls(), searchPath: Console.environment("PATH"))
  }

  /// The same on any kernel; `searchPath` is the value of `PATH`.
  package static func perform(
    _ request: RunRequest, on calls: some SystemCalls, searchPath: [UInt8]?
  ) -> ExitStatus {
    let set: PolicySet
    do throws(PolicySet.Failure) {
      set = try PolicySet.load(
        request.policies, trust: request.acceptsUntrustedPolicy ? .accept : .refuse, calls: calls)
    } catch {
      Report.failure(error.message, help: error.help)
      return .setUpFailed
    }
    if set.diagnostics.hasErrors {
      return refuse(set, set.diagnostics.filter { $0.severity == .error })
    }
    let compiled: CompiledPolicy
    do throws(CompilationFailure) {
      compiled = try set.compiled()
    } catch {
      return refuse(set, [error.diagnostic])
    }
    do throws(LaunchFailure) {
      try Launcher(calls).launch(
        compiled, compiled.process, command: request.command,
        searchPath: searchPath)
    } catch {
      if let diagnostic = error.diagnostic { Report.findings([diagnostic], set.sources, to: .error) }
      Report.failure(error.message, help: error.diagnostic == nil ? error.help : nil)
      return switch error.kind {
      case .setUp: .setUpFailed
      case .cannotExecute: .cannotExecute
      case .notFound: .notFound
      }
    }
  }

  private static func refuse(_ set: PolicySet, _ errors: [Diagnostic]) -> ExitStatus {
    Report.findings(errors, set.sources, to: .error)
    Report.failure("the policy has \(errors.count == 1 ? "an error" : "\(errors.count) errors")", help: nil)
    return .setUpFailed
  }
}
