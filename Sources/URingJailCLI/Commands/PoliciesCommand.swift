import ArgumentParser
import Diagnostics
import Kernel

/// `uring-jail policies`: what `--policy NAME` can name.
struct PoliciesCommand: DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "policies",
    abstract: "list the policies that have a name")

  static let help = """
    Lists the policies that have a name, for the other commands to use.

    Usage: uring-jail policies [--json]

      --json            write JSON

    These are the files NAME.toml and NAME.jail in /etc/uring-jail and in
    PREFIX/share/uring-jail/policies. Where both have a name, the first is used.

    Exit status: 0; 1 if there is none.

    Examples:
      uring-jail policies
      uring-jail policies --json

    """

  @ArgumentParser.Flag(name: .long, help: "Write JSON.")
  var json = false

  func run() throws {
    let policies = InstalledPolicy.all(LinuxSystemCalls())
    let text = json ? Self.json(policies) : Self.table(policies)
    if policies.isEmpty, !json {
      Report.error("there is no policy in \(PolicyFolders.administrator), and none is installed beside this program")
    }
    guard Report.result(text), !policies.isEmpty else { throw ExitCode(ExitStatus.no.rawValue) }
  }

  private static func table(_ policies: [InstalledPolicy]) -> String {
    if policies.isEmpty { return "" }
    let width = max(4, policies.map(\.name.count).max() ?? 0)
    let rows = policies.map { policy in
      let remark =
        policy.isHidden ? " (not used: another file has this name)" : policy.isUsable ? "" : " (has an error)"
      return (policy.name, policy.path + remark, policy.description)
    }
    return rows.map { name, path, description in
      let first = name + String(repeating: " ", count: width - name.count) + "  " + Report.printable(path)
      return first + "\n"
        + (description.map { String(repeating: " ", count: width) + "  \(Report.printable($0))\n" } ?? "")
    }.joined()
  }

  private static func json(_ policies: [InstalledPolicy]) -> String {
    JSON.object([
      "version": .integer(1),
      "policies": .array(
        policies.map { policy in
          .object([
            "name": .string(policy.name), "path": .string(policy.path),
            "description": policy.description.map(JSON.string) ?? .null, "usable": .bool(policy.isUsable),
            "hidden": .bool(policy.isHidden),
          ])
        }),
    ]).pretty
  }
}
