import Policy
import PolicyLanguage
import URingABI

/// `uring-jail operations`: what a policy can name.
struct OperationsCommand: Command {
  static let page = HelpPage(
    abstract: "list what policies can name",
    intro: "Lists the operations and groups that policies can name.",
    usage: ["operations [OPTION...] [NAME|NUMBER|@GROUP...]"],
    prose: [
      "Each line shows the number and name, the first kernel that has it, its groups, and the table with conditions "
        + "on its arguments."
    ],
    exitStatus: "0; 64 for a name that does not exist.",
    examples: [
      "uring-jail operations",
      "uring-jail operations @network-io openat2",
      "uring-jail operations --register @buffers",
    ])

  private let list: OperationList
  private let json: Bool
  private let names: [String]

  init(_ line: ParsedLine) throws(Mistake) {
    list = line.has(.register) ? .register : .requests
    json = line.has(.json)
    names = line.words
    for name in names where list.members(of: name) == nil {
      let help = NameAdvice.help(for: name, among: list.names)
      throw .says(
        "There is no \(name.hasPrefix("@") ? "group" : list.kind) '\(name)'" + (help.map { "; \($0)" } ?? ""))
    }
  }

  func run() throws(CommandExit) {
    let rows = list.rows(named: names)
    let groups = list.groups.filter { group in
      names.isEmpty || names.contains(group.name)
    }
    let text = json ? OperationReport.json(rows, groups, key: list.key) : OperationReport.table(rows, groups)
    if !Report.result(text) { throw .no }
  }
}
