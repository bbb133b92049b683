import Diagnostics
import Kernel

/// `uring-jail policies`: what `--policy NAME` can name.
struct PoliciesCommand: Command {
  static let page = HelpPage(
    abstract: "list the policies that have a name",
    intro: "Lists the policies that have a name, for the other commands to use.",
    usage: ["policies [--json]"],
    prose: [
      "These are the files NAME.toml and NAME.jail in /etc/uring-jail and in PREFIX/share/uring-jail/policies. Where "
        + "both have a name, the first is used."
    ],
    exitStatus: "0; 1 if there is none.",
    examples: ["uring-jail policies", "uring-jail policies --json"])

  private let json: Bool

  init(_ line: ParsedLine) throws(Mistake) {
    json = line.has(.json)
  }

  func run() throws(CommandExit) {
    let policies = InstalledPolicy.all(LinuxSystemCalls())
    let text = json ? Self.json(policies) : Self.table(policies)
    if policies.isEmpty, !json {
      Report.error("there is no policy in \(PolicyFolders.administrator), and none is installed beside this program")
    }
    guard Report.result(text), !policies.isEmpty else { throw .no }
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
