import ArgumentParser
import Diagnostics
import Discovery
import Jail
import Kernel

/// `uring-jail probe`: what this kernel can do for a jail, tried just now.
struct ProbeCommand: DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe",
    abstract: "find out what this kernel can do")

  static let help = """
    Finds out what this kernel can do.

    Usage: uring-jail probe [OPTION...]

      --policy POLICY   also launch with this policy, but for the command, and say
                        how that goes, step by step; as for "run", several are
                        one launch
      --accept-untrusted-policy
                        as for "run"
      --json            write JSON

    Child processes try what filters see, which holes the kernel has, and the
    launch. This needs no privilege and changes nothing.

    Exit status: 0 if filters can be used, 1 if not; with --policy that of the
    launch: 0 if the command would be started, 125 if not.

    Examples:
      uring-jail probe
      uring-jail probe --policy ./web.toml

    """

  @ArgumentParser.Flag(name: .long, help: "Write JSON.")
  var json = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Try a launch with this policy, without the command, and report each step. Can be given several times.",
      valueName: "policy"))
  var policy: [String] = []

  @ArgumentParser.Flag(
    name: .long, help: "Use a policy even if users other than root and the caller could change it.")
  var acceptUntrustedPolicy = false

  func validate() throws {
    if policy.contains("") { throw ValidationError("The value of '--policy' is empty") }
    if policy.count(where: { $0 == "-" }) > 1 {
      throw ValidationError("Standard input can be read only once, but '--policy -' is given twice")
    }
  }

  func run() throws {
    let launch = policy.isEmpty ? nil : try rehearse()
    let no = launch == nil ? ExitStatus.no : .setUpFailed
    let probe: KernelProbe
    do throws(KernelError) {
      probe = try KernelProbe.run()
    } catch {
      Report.error("probing failed: \(error)")
      // The launch has said what would become of it all the same.
      guard let launch, Report.result(launch.alone(asJSON: json)), launch.isYes else { throw ExitCode(no.rawValue) }
      return
    }
    let report = ProbeReport(probe: probe, launch: launch)
    guard Report.result(json ? report.json : report.text), report.isYes else { throw ExitCode(no.rawValue) }
  }

  /// What `run` does with these policies, in a child and without a command.
  private func rehearse() throws -> LaunchReport {
    let calls = LinuxSystemCalls()
    let references = policy.map { PolicyReference(option: Array($0.utf8)) }
    let loaded: LoadedPolicies
    do throws(LoadedPolicies.Failure) {
      loaded = try LoadedPolicies(references, acceptsUntrusted: acceptUntrustedPolicy, calls: calls)
    } catch {
      if !error.diagnostics.isEmpty { Report.findings(error.diagnostics, error.sources, to: .error) }
      let failure = LaunchRehearsal.Failure(step: .policy, message: error.message, help: error.help)
      return LaunchReport(policies: policy, rehearsal: LaunchRehearsal(steps: [], failure: failure))
    }
    do throws(KernelError) {
      let rehearsal = try LaunchRehearsal(
        after: references.map { .init(step: .policy, text: LoadedPolicies.done($0)) },
        place: { failure in failure.diagnostic.map { Report.place($0.span, in: loaded.sources) } }
      ) { (log) throws(LaunchFailure) in
        _ = try Launcher(calls, log: log).confine(loaded.compiled, RunEnvironment().options(RunOptions()))
      }
      return LaunchReport(policies: policy, rehearsal: rehearsal)
    } catch {
      Report.error("trying a launch failed: \(error)")
      throw ExitCode(ExitStatus.setUpFailed.rawValue)
    }
  }
}
