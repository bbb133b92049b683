package import ArgumentParser
import Diagnostics
import Jail
import Kernel
import Policy

/// `uring-jail run`: the command line as ArgumentParser sees it. Entered only for help and mistakes; see
/// `RunRequest.recognise`.
package struct RunCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Start a program in a jail (the default command).",
    usage: "uring-jail [run] --policy FILE -- COMMAND [ARGUMENT...]",
    discussion: """
      The program keeps this process's id, environment, descriptors and directory, and everything it starts inherits \
      the jail. If the jail cannot be set up exactly as the policy says, the program is not started.
      """)

  @Option(
    name: .long,
    help: ArgumentHelp("The policy, a TOML file.", valueName: "file"))
  package var policy: [String] = []

  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("The program to start, and its arguments.", valueName: "command"))
  package var command: [String] = []

  package init() {}

  package mutating func validate() throws {
    if policy.isEmpty { throw ValidationError("Missing the option '--policy <file>'") }
    if policy.count > 1 { throw ValidationError("The option '--policy' may be given only once") }
    if command.isEmpty {
      throw ValidationError("Missing the command to start; it stands behind '--'")
    }
  }
}

/// What `run` does, whichever way the command line was read.
enum RunAction {
  /// Becomes the target, or says why not.
  static func perform(_ request: RunRequest) -> ExitStatus {
    let calls = LinuxSystemCalls()
    let file: PolicyFile
    do throws(PolicyFile.Failure) {
      file = try PolicyFile(path: request.policy, calls: calls)
    } catch {
      report(error, policy: request.policy)
      return .setUpFailed
    }
    do throws(LaunchFailure) {
      try Launcher(calls).launch(
        file.compiled, file.policy.process, command: request.command, searchPath: Console.environment("PATH"))
    } catch {
      Report.failure(error.message, help: error.help)
      return switch error.kind {
      case .setUp: .setUpFailed
      case .cannotExecute: .cannotExecute
      case .notFound: .notFound
      }
    }
  }

  private static func report(_ failure: PolicyFile.Failure, policy: FilePath) {
    switch failure {
    case .unreadable(let message, let help):
      Report.failure(message, help: help)
    case .invalid(let diagnostics, let source):
      let renderer = TextRenderer(colour: Console.wantsColour(.error))
      Console.write(renderer.render(diagnostics, sources: [source]), to: .error)
      let errors = diagnostics.count { $0.severity == .error }
      Report.failure("the policy '\(policy)' has \(errors == 1 ? "an error" : "\(errors) errors")", help: nil)
    }
  }
}
