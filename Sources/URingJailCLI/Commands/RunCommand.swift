package import ArgumentParser
package import Kernel

/// `uring-jail run`: the command line as ArgumentParser sees it. Entered only for help and mistakes; see
/// `RunRequest.recognise`.
package struct RunCommand: ParsableCommand, DocumentedCommand {
  package static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "start a command in a jail (the default)")

  static let help = """
    Starts a command in a jail. "run" can be left out.

    Usage: uring-jail [run] [OPTION...] --policy POLICY -- COMMAND [ARGUMENT...]

      --policy POLICY   a path with a slash, - for standard input, or a name in
                        /etc/uring-jail; of several policies, each must allow
      --accept-untrusted-policy
                        use a policy even if others could have written it
      --keep-fd NUMBER  keep a descriptor above 2, which would be closed; 3-9 keeps
                        what is open of these, "all" keeps every open one
      --status-fd NUMBER
                        report the launch there, as lines of JSON
      --dry-run         do everything but start the command; print what was done
      --json            print that as JSON
      -v, --verbose     report every step

    Exit status: the command's own, or 125: the jail could not be set up as the
    policy says; 126: the command cannot be executed; 127: there is no such
    command. With these three, nothing was started.

    Examples:
      uring-jail --policy ./web.toml -- ./server --port 8080
      uring-jail --policy ./web.toml --dry-run -- ./server
      echo 'policy = 1' | uring-jail --policy - -- ./program-without-io-uring

    """

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The policy: a path with a slash, - for standard input, or a name in /etc/uring-jail. Several policies intersect.",
      valueName: "policy"))
  package var policy: [String] = []

  @Flag(
    name: .long,
    help: "Use a policy even if users other than root and the caller could change it.")
  package var acceptUntrustedPolicy = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Keep a descriptor above 2, a range of them, or all. Can be given several times.", valueName: "number"))
  package var keepFd: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Write to this descriptor, as lines of JSON, what was done or why nothing was started.", valueName: "number"))
  package var statusFd: [String] = []

  @Flag(name: .long, help: "Do everything but start the program, and print what was done.")
  package var dryRun = false

  @Flag(name: .long, help: "Print what --dry-run prints as JSON.")
  package var json = false

  @Flag(name: [.short, .long], help: "Report every step on standard error.")
  package var verbose = false

  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("The program to start, and its arguments.", valueName: "command"))
  package var command: [String] = []

  package init() {}

  /// What this command line, the program's own name at index 0, asks for. Throws over a mistake that the parser does
  /// not see: it takes the next argument as the value of `--policy=` and its like.
  package func request(from arguments: ArgumentVector) throws -> RunRequest {
    // The command is the tail of the arguments. All values are taken as bytes: the parser has only text.
    let options = arguments.count - command.count
    let words = (1..<options).map { arguments.bytes(at: $0) }
    for name in ["--keep-fd", "--status-fd"] where words.contains(Array("\(name)=".utf8)) {
      throw ValidationError("The value of '\(name)' is empty")
    }
    let policies = Self.policies(in: words)
    guard policies.count == policy.count, !policies.contains(where: \.isEmpty) else {
      throw ValidationError("The value of '--policy' is empty")
    }
    for name in ["--keep-fd", "--status-fd"] where arguments.strings[..<options].contains(name + "=") {
      throw ValidationError("The value of '\(name)' is empty")
    }
    return RunRequest(
      policies: policies.map { PolicyReference(option: $0) }, options: try runOptions,
      command: arguments.dropFirst(options))
  }

  private var runOptions: RunOptions {
    get throws {
      var options = RunOptions()
      options.acceptsUntrustedPolicy = acceptUntrustedPolicy
      options.isVerbose = verbose
      options.isDryRun = dryRun
      options.isJSON = json
      let meanings = [
        ("--keep-fd", keepFd, "a number above 2, a range such as 3-9, or 'all'"),
        ("--status-fd", statusFd, "a number above 2"),
      ]
      for (name, values, meaning) in meanings {
        for value in values where !options.set(option: name.utf8, to: Array(value.utf8)) {
          throw ValidationError("The value of '\(name)' is \(meaning), not '\(value)'")
        }
      }
      return options
    }
  }

  /// The values of `--policy`. Those of other options do not begin with a hyphen.
  private static func policies(in arguments: [[UInt8]]) -> [[UInt8]] {
    let option = Array("--policy".utf8)
    var policies: [[UInt8]] = []
    var index = 0
    while index < arguments.count {
      if arguments[index] == option, index + 1 < arguments.count {
        index += 1
        policies.append(arguments[index])
      } else if arguments[index].starts(with: option + "=".utf8) {
        policies.append(Array(arguments[index].dropFirst(option.count + 1)))
      }
      index += 1
    }
    return policies
  }

  package mutating func validate() throws {
    if policy.isEmpty { throw ValidationError("Missing the option '--policy <policy>'") }
    if policy.contains("") { throw ValidationError("The value of '--policy' is empty") }
    if policy.count(where: { $0 == "-" }) > 1 {
      throw ValidationError("Standard input can be read only once, but '--policy -' is given twice")
    }
    if let mistake = try runOptions.mistake { throw ValidationError(mistake) }
    if command.isEmpty {
      throw ValidationError("Missing the command to start; write it after '--'")
    }
  }
}
