/// Every option of every command, defined once. What reads command lines, the help, and advice on typos have it from
/// here; tests compare completions and the manual with it.
///
/// The order is that of the help. Those of `run` come early: a launch looks for them one by one.
package enum CommandOption: UInt8, CaseIterable, Sendable {
  case policy, tracedPolicy, rehearsedPolicy, acceptUntrusted, keepFd, statusFd, dryRun, dryRunJSON, verbose
  case comparedOperation
  case findingFormat, resultFormat, compiledFormat, differenceFormat, formatJSON
  case exposure, warningsAsErrors, acceptFindings, explain, request, register
  case kernel, operation, filtersOnly, output, learnedOutput, merge, base, generalise
  case followedProcess, watchedProcess, all, allowed, summary, suggest, eventJSON, json
  case help, version

  /// What stands behind an option.
  package enum Value: Sendable {
    case none
    /// A value, which the help calls so; the option can be given once.
    case once(StaticString)
    case repeatedly(StaticString)
    /// One of these words, which blanks separate.
    case word(StaticString, of: StaticString)
  }

  package struct Definition: Sendable {
    package let name: StaticString
    /// Another name, with one letter.
    package let short: StaticString?
    package let value: Value
    package let help: StaticString
    /// A bit for each command that takes it; `nil` for those that all take.
    private let commands: UInt16?

    fileprivate init(
      _ name: StaticString, short: StaticString? = nil, _ value: Value, _ help: StaticString,
      for first: Subcommand?, _ second: Subcommand? = nil, _ third: Subcommand? = nil, _ fourth: Subcommand? = nil,
      _ fifth: Subcommand? = nil
    ) {
      self.name = name
      self.short = short
      self.value = value
      self.help = help
      func bit(_ command: Subcommand?) -> UInt16 { command.map { 1 << UInt16($0.rawValue) } ?? 0 }
      commands = first == nil ? nil : bit(first) | bit(second) | bit(third) | bit(fourth) | bit(fifth)
    }

    package func belongs(to command: Subcommand) -> Bool {
      guard let commands else { return true }
      return commands & (1 << UInt16(command.rawValue)) != 0
    }
  }

  package var definition: Definition {
    switch self {
    case .policy:
      .init(
        "--policy", .repeatedly("POLICY"),
        "a path with a slash, - for standard input, or a name in /etc/uring-jail; of several policies, each must allow",
        for: .run)
    case .tracedPolicy:
      .init(
        "--policy", .repeatedly("POLICY"),
        "start the command under it, as \"run\" does, and name its rules; can be given several times", for: .trace)
    case .rehearsedPolicy:
      .init(
        "--policy", .repeatedly("POLICY"),
        "also launch with this policy, but for the command, and say how each step goes; several are one launch",
        for: .probe)
    case .acceptUntrusted:
      .init(
        "--accept-untrusted-policy", .none, "use a policy even if others could have written it", for: .run, .probe,
        .trace)
    case .keepFd:
      .init(
        "--keep-fd", .repeatedly("NUMBER"),
        "keep a descriptor above 2, which would be closed; 3-9 keeps what is open of these, 'all' keeps every open one",
        for: .run)
    case .statusFd: .init("--status-fd", .once("NUMBER"), "report the launch there, as lines of JSON", for: .run)
    case .dryRun: .init("--dry-run", .none, "do everything but start the command; print what was done", for: .run)
    case .dryRunJSON: .init("--json", .none, "print that as JSON", for: .run)
    case .verbose: .init("--verbose", short: "-v", .none, "report every step", for: .run)
    case .comparedOperation:
      .init("--operation", .once("NAME"), "compare the requests of this operation only; needed for filters", for: .diff)
    case .findingFormat:
      .init("--format", .word("FORMAT", of: "text json github sarif"), "text, json, github, or sarif", for: .check)
    case .resultFormat:
      .init("--format", .word("FORMAT", of: "tap json"), "tap (Test Anything Protocol) or json", for: .test)
    case .compiledFormat:
      .init(
        "--format", .word("FORMAT", of: "summary asm c json raw dot jail"),
        "summary, asm, c, json, raw, dot (a graph), or jail (a precompiled policy)", for: .compile)
    case .differenceFormat:
      .init("--format", .word("FORMAT", of: "text json github"), "text, json, or github", for: .diff)
    case .formatJSON: .init("--json", .none, "the same as --format json", for: .check, .test, .compile, .diff)
    case .exposure:
      .init(
        "--exposure", .none,
        "also list the known dangers that are within reach, with their history; for the formats text and json",
        for: .check)
    case .warningsAsErrors: .init("--warnings-as-errors", .none, "end with 1 if there is a warning", for: .check)
    case .acceptFindings:
      .init("--accept-untrusted-policy", .none, "do not warn of files that others could write", for: .check)
    case .explain:
      .init(
        "--explain", .once("ID"), "explain the name in brackets after a finding; 'all' lists every one", for: .check)
    case .request: .init("--request", .once("REQUEST"), "the same, at any position", for: .explain)
    case .register: .init("--register", .none, "list opcodes of io_uring_register(2) instead", for: .operations)
    case .kernel:
      .init("--kernel", .once("RELEASE"), "for 7.0, 7.1, 7.2 or 7.3, not for the running kernel", for: .compile, .prove)
    case .operation: .init("--operation", .once("NAME"), "only the filters of this operation", for: .compile)
    case .filtersOnly:
      .init("--filters-only", .none, "as for a program that is started inside another jail", for: .compile)
    case .output:
      .init(
        "--output", short: "-o", .once("FILE"), "write to this file; a name in .jail means --format jail", for: .compile
      )
    case .learnedOutput:
      .init("--output", short: "-o", .once("FILE"), "write the policy there, not to standard output", for: .learn)
    case .merge: .init("--merge", .none, "keep what the file has from earlier runs", for: .learn)
    case .base: .init("--base", .once("POLICY"), "include this policy, and write only what it lacks", for: .learn)
    case .generalise: .init("--generalise", .none, "write networks (/24, /64, loopback) for addresses", for: .learn)
    case .followedProcess:
      .init("--pid", .once("PID"), "follow this process, and what it starts from now on", for: .learn)
    case .watchedProcess:
      .init("--pid", .once("PID"), "watch this process, and what it starts from now on", for: .trace)
    case .all: .init("--all", .none, "watch every process of this machine", for: .trace)
    case .allowed: .init("--allowed", .none, "show allowed requests as well", for: .trace)
    case .summary: .init("--summary", .none, "at the end, print how often each rule denied something", for: .trace)
    case .suggest: .init("--suggest", .none, "at the end, print what would allow what was denied", for: .trace)
    case .eventJSON: .init("--json", .none, "write lines of JSON", for: .trace)
    case .json: .init("--json", .none, "write JSON", for: .explain, .prove, .operations, .policies, .probe)
    case .help: .init("--help", short: "-h", .none, "print this text", for: nil)
    case .version: .init("--version", .none, "print the version, and what it was built from", for: nil)
    }
  }
}

// MARK: For people and tests; a launch has no use for text

extension CommandOption {
  /// Those of a command, and those that every command takes.
  package static func all(of command: Subcommand) -> [CommandOption] {
    allCases.filter { $0.definition.belongs(to: command) }
  }

  /// Such as `--output`.
  package var name: String { definition.name.description }

  /// Such as `-o` and `--output`.
  package var names: [String] { definition.short.map { [$0.description, name] } ?? [name] }

  /// What the help calls the value; `nil` for an option that takes none.
  package var placeholder: String? {
    switch definition.value {
    case .none: nil
    case .once(let name), .repeatedly(let name), .word(let name, of: _): name.description
    }
  }

  /// The words of which the value is one; none if it is free.
  package var words: [String] {
    switch definition.value {
    case .none, .once, .repeatedly: []
    case .word(_, of: let words): words.description.split(separator: " ").map(String.init)
    }
  }
}
