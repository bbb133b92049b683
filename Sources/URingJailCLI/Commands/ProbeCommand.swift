import ArgumentParser
import Diagnostics
import Discovery
import FilterCompiler
import Kernel
import Policy

/// `uring-jail probe`: what this kernel can do for a jail, tried just now.
struct ProbeCommand: DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe",
    abstract: "find out what this kernel can do")

  static let help = """
    Finds out what this kernel can do.

    Usage: uring-jail probe [OPTION...]

      --policy POLICY   also say what this policy needs, and whether that is had
                        here; can be given several times
      --json            write JSON

    What filters see and which holes the kernel has is tried in child processes,
    just now. This needs no privilege and changes nothing.

    Exit status: 0 if filters can be used, and every policy enforced; 1 if not.

    Examples:
      uring-jail probe
      uring-jail probe --policy ./web.toml

    """

  @ArgumentParser.Flag(name: .long, help: "Write JSON.")
  var json = false

  @Option(
    name: .long, help: ArgumentHelp("Say what this policy needs; may be given several times.", valueName: "policy"))
  var policy: [String] = []

  func validate() throws {
    if policy.contains("") { throw ValidationError("The value of '--policy' is empty") }
    if policy.count(where: { $0 == "-" }) > 1 {
      throw ValidationError("Standard input can be read only once, but '--policy -' is given twice")
    }
  }

  func run() throws {
    let probe: KernelProbe
    do throws(KernelError) {
      probe = try KernelProbe.run()
    } catch {
      Report.error("probing failed: \(error)")
      throw ExitCode(ExitStatus.no.rawValue)
    }
    var needs: [PolicyNeeds] = []
    for name in policy {
      guard let need = Self.needs(of: name, on: probe) else { throw ExitCode(ExitStatus.no.rawValue) }
      needs.append(need)
    }
    let report = ProbeReport(probe: probe, needs: needs)
    guard Report.result(json ? report.json : report.text), report.isYes else {
      throw ExitCode(ExitStatus.no.rawValue)
    }
  }

  /// `nil` for a policy with mistakes, which were told.
  private static func needs(of name: String, on probe: KernelProbe) -> PolicyNeeds? {
    do throws(PolicySet.Failure) {
      let set = try PolicySet.load(
        [PolicyReference(option: Array(name.utf8))], trust: .accept, calls: LinuxSystemCalls())
      if set.diagnostics.hasErrors {
        Report.findings(set.diagnostics.filter { $0.severity == .error }, set.sources, to: .error)
        return nil
      }
      do throws(CompilationFailure) {
        return PolicyNeeds(name: name, policy: try CompiledPolicy(set.policies), probe: probe)
      } catch {
        Report.findings([error.diagnostic], set.sources, to: .error)
        return nil
      }
    } catch {
      Report.error("\(error.message)\(error.help.map { " (\($0))" } ?? "")")
      return nil
    }
  }
}
