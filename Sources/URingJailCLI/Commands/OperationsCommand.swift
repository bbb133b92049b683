import ArgumentParser
import Policy
import PolicyLanguage
import URingABI

/// `uring-jail operations`: what a policy can name.
struct OperationsCommand: DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "operations",
    abstract: "list what policies can name")

  static let help = """
    Lists the operations and groups that policies can name.

    Usage: uring-jail operations [OPTION...] [NAME|NUMBER|@GROUP...]

      --register        list opcodes of io_uring_register(2) instead
      --json            write JSON

    Each line shows the number and name, the first kernel that has it, its groups,
    and the table with conditions on its arguments.

    Exit status: 0; 64 for a name that does not exist.

    Examples:
      uring-jail operations
      uring-jail operations @network-io openat2
      uring-jail operations --register @buffers

    """

  @ArgumentParser.Flag(name: .long, help: "List opcodes of io_uring_register(2) instead.")
  var register = false

  @ArgumentParser.Flag(name: .long, help: "Write JSON.")
  var json = false

  @Argument(help: ArgumentHelp("Operations and groups; all if none is named.", valueName: "name"))
  var names: [String] = []

  func validate() throws {
    for name in names where list.members(of: name) == nil {
      let help = NameAdvice.help(for: name, among: list.names)
      throw ValidationError(
        "There is no \(name.hasPrefix("@") ? "group" : list.kind) '\(name)'"
          + (help.map { "; \($0)" } ?? ""))
    }
  }

  func run() throws {
    let rows = list.rows(named: names)
    let groups = list.groups.filter { group in
      names.isEmpty || names.contains(group.name)
    }
    let text = json ? OperationReport.json(rows, groups, key: list.key) : OperationReport.table(rows, groups)
    if !Report.result(text) { throw ExitCode(ExitStatus.no.rawValue) }
  }

  private var list: OperationList { register ? .register : .requests }
}
