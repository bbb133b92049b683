import Diagnostics
import Discovery
import Jail
import Kernel

/// `uring-jail probe`: what this kernel can do for a jail, tried just now.
struct ProbeCommand: Command {
  static let page = HelpPage(
    abstract: "find out what this kernel can do",
    intro: "Finds out what this kernel can do.",
    usage: ["probe [OPTION...]"],
    prose: [
      "Child processes try what filters see, which holes the kernel has, and the launch. This needs no privilege and "
        + "changes nothing."
    ],
    exitStatus: "0 if filters can be used, 1 if not; with --policy that of the launch: 0 if the command would be "
      + "started, 125 if not.",
    examples: ["uring-jail probe", "uring-jail probe --policy ./web.toml"])

  private let json: Bool
  private let policies: [PolicyReference]
  /// The same, as they are written.
  private let names: [String]
  private let acceptUntrustedPolicy: Bool

  init(_ line: ParsedLine) throws(Mistake) {
    json = line.has(.json)
    policies = line.values(.rehearsedPolicy).map { PolicyReference(option: $0) }
    names = line.values(.rehearsedPolicy).map { String(decoding: $0, as: UTF8.self) }
    acceptUntrustedPolicy = line.has(.acceptUntrusted)
    if policies.count(where: { $0 == .standardInput }) > 1 {
      throw .says("Standard input can be read only once, but '--policy -' is given twice")
    }
  }

  func run() throws(CommandExit) {
    let launch = policies.isEmpty ? nil : try rehearse()
    let no = launch == nil ? ExitStatus.no : .setUpFailed
    let probe: KernelProbe
    do throws(KernelError) {
      probe = try KernelProbe.run()
    } catch {
      Report.error("probing failed: \(error)")
      // The launch has said what would become of it all the same.
      guard let launch, Report.result(launch.alone(asJSON: json)), launch.isYes else { throw .status(no.rawValue) }
      return
    }
    let report = ProbeReport(probe: probe, launch: launch)
    guard Report.result(json ? report.json : report.text), report.isYes else { throw .status(no.rawValue) }
  }

  /// What `run` does with these policies, in a child and without a command.
  private func rehearse() throws(CommandExit) -> LaunchReport {
    let calls = LinuxSystemCalls()
    let loaded: LoadedPolicies
    do throws(LoadedPolicies.Failure) {
      loaded = try LoadedPolicies(policies, acceptsUntrusted: acceptUntrustedPolicy, calls: calls)
    } catch {
      if !error.diagnostics.isEmpty { Report.findings(error.diagnostics, error.sources, to: .error) }
      let failure = LaunchRehearsal.Failure(step: .policy, message: error.message, help: error.help)
      return LaunchReport(policies: names, rehearsal: LaunchRehearsal(steps: [], failure: failure))
    }
    do throws(KernelError) {
      let rehearsal = try LaunchRehearsal(
        after: policies.map { .init(step: .policy, text: LoadedPolicies.done($0)) },
        place: { failure in failure.diagnostic.map { Report.place($0.span, in: loaded.sources) } }
      ) { (log) throws(LaunchFailure) in
        _ = try Launcher(calls, log: log).confine(loaded.combined, RunEnvironment().options(RunOptions()))
      }
      return LaunchReport(policies: names, rehearsal: rehearsal)
    } catch {
      Report.error("trying a launch failed: \(error)")
      throw .status(ExitStatus.setUpFailed.rawValue)
    }
  }
}
