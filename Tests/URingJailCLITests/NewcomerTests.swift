import Foundation
import Testing

/// Command lines as somebody writes them who has not read the manual, and what they are told.
struct NewcomerTests {
  struct Line: Sendable, CustomTestStringConvertible {
    let arguments: String
    let status: Int32
    /// What standard error has in its first line.
    let told: String

    init(_ arguments: String, _ status: Int32, _ told: String) {
      self.arguments = arguments
      self.status = status
      self.told = told
    }

    var testDescription: String { arguments }
  }

  private static let lines = [
    // Options
    Line("--polcy ./good.toml -- true", 64, "unknown option '--polcy'; did you mean '--policy'?"),
    Line("-p ./good.toml -- true", 64, "unknown option '-p'; did you mean '--policy'?"),
    Line("-V", 64, "unknown option '-V'; did you mean '--version'?"),
    Line("--format json good.toml", 64, "unknown option '--format'; it belongs to 'check'"),
    Line("check --policy good.toml", 64, "unknown option '--policy'; policies are named without it"),
    Line("check --josn good.toml", 64, "unknown option '--josn'; did you mean '--json'?"),
    Line("check --json --format sarif good.toml", 64, "'--json' and '--format sarif' exclude each other"),
    Line("test --json --format tap good.toml", 64, "'--json' and '--format tap' exclude each other"),
    Line("compile --json --format asm good.toml", 64, "'--json' and '--format asm' exclude each other"),
    Line("check --format jsn good.toml", 64, "'jsn' is invalid for '--format <format>'"),
    Line("check --format", 64, "Missing value for '--format <format>'"),
    Line("--policy", 64, "Missing value for '--policy <policy>'"),
    Line("--policy --verbose -- true", 64, "Missing value for '--policy <policy>'"),
    Line("--policy ./good.toml --json -- true", 64, "'--json' needs '--dry-run'"),
    Line("--policy ./good.toml --keep-fd x -- true", 64, "'--keep-fd'"),
    Line("compile --kernel 6.12 good.toml", 64, "Linux 6.12 has no io_uring filters; 7.0 is the first"),
    Line("compile --kernel new good.toml", 64, "'new' is not a kernel release; write it as '7.2'"),
    Line("compile --operation opnat good.toml", 64, "There is no operation 'opnat'; did you mean 'openat'?"),
    Line("check --explain host-bit-set", 64, "did you mean 'host-bits-set'?"),
    // Commands
    Line("chekc good.toml", 64, "unknown command 'chekc'; did you mean 'check'?"),
    Line("version", 64, "unknown command 'version'; did you mean '--version'?"),
    Line("help chekc", 64, "there is no subcommand 'chekc'; did you mean 'check'?"),
    Line("help check prove", 64, "'help' takes one subcommand; what is 'prove'?"),
    Line("--policy ./good.toml check", 64, "write the command 'check' before all options"),
    // Where things stand
    Line("good.toml -- true", 64, "'--policy' is missing before 'good.toml'; write '--policy ./good.toml'"),
    Line("./good.toml true", 64, "'--policy' is missing before './good.toml'; write '--policy ./good.toml'"),
    Line("--policy ./good.toml true", 64, "unknown command 'true'; write the program to start after '--'"),
    Line("--policy ./good.toml", 64, "Missing the command to start; write it after '--'"),
    Line("probe good.toml", 64, "'--policy' is missing before 'good.toml'; write '--policy ./good.toml'"),
    Line("probe everything", 64, "'probe' does not take 'everything'"),
    Line("check", 64, "Missing the policies to check"),
    Line("check ''", 64, "The path of a policy is empty"),
    Line("check - -", 64, "'-' is given twice"),
    Line("operations opnat2", 64, "There is no operation 'opnat2'; did you mean 'openat2'?"),
    Line("operations @basc", 64, "There is no group '@basc'; did you mean '@basic'?"),
    // Policies
    Line("--policy good.toml -- true", 125, "for a file in the current directory write ./good.toml"),
    Line("--policy ./wrong.toml -- true", 125, "./wrong.toml:3:10: error: unknown operation 'nopp' [unknown-name]"),
    Line("check none.toml", 1, "cannot read the policy 'none.toml': there is no such file"),
    Line("check .", 1, "it is a directory, not a file"),
    Line("test wrong.toml", 1, "wrong.toml:3:10: error: unknown operation 'nopp' [unknown-name]"),
    Line("compile wrong.toml", 1, "wrong.toml:3:10: error: unknown operation 'nopp' [unknown-name]"),
    Line("prove wrong.toml", 1, "wrong.toml:3:10: error: unknown operation 'nopp' [unknown-name]"),
    Line("compile --output none/good.jail good.toml", 1, "cannot write 'none/good.jail': its directory does not exist"),
  ]

  private func folder() throws -> Shell.Folder {
    try Shell.Folder([
      "good.toml": "policy = 1\n[operations]\nallow = [\"nop\"]\n[register]\nallow = []\n",
      "wrong.toml": "policy = 1\n[operations]\nallow = [\"nopp\"]\n",
    ])
  }

  @Test(arguments: lines)
  func mistakeIsNamedOnStandardErrorWithTheWayOut(_ line: Line) async throws {
    let outcome = try await Shell.run("uring-jail \(line.arguments)", in: try folder())
    #expect(outcome.status == line.status)
    let first = outcome.errors.split(separator: "\n").first ?? ""
    #expect(first.contains(line.told), "\(outcome.errors)")
    if line.status == 64 {
      #expect(first.hasPrefix("uring-jail: "))
      #expect(outcome.errors.contains("\nUsage: uring-jail ") && outcome.errors.contains("\nTry 'uring-jail "))
      #expect(outcome.output.isEmpty)
    }
    // What ends a script's output is not mistaken for a result; TAP has its own word for it.
    #expect(outcome.output.isEmpty || outcome.output.contains("Bail out!"), "\(outcome.output)")
  }

  @Test(arguments: ["--help", "-h", "check --help", "check -h good.toml", "help prove", "help", "--policy x --help"])
  func helpIsAResult(_ arguments: String) async throws {
    let outcome = try await Shell.run("uring-jail \(arguments)", in: try folder())
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    #expect(outcome.output.contains("\nUsage: uring-jail ") && outcome.output.contains("\nExamples:\n"))
  }

  @Test(arguments: ["--version", "check --version", "compile good.toml --version"])
  func versionIsAResult(_ arguments: String) async throws {
    let outcome = try await Shell.run("uring-jail \(arguments)", in: try folder())
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    #expect(outcome.output.hasPrefix("uring-jail 0.") && outcome.output.hasSuffix(")\n"))
  }

  @Test func installedPoliciesAreListed() async throws {
    let folder = try Shell.Folder()
    #expect(
      try await Shell.run("uring-jail policies", in: folder).status
        == (FileManager.default.fileExists(atPath: "/etc/uring-jail") ? 0 : 1))
    let text = "policy = 1\ndescription = \"for the web\"\n[operations]\nallow = [\"nop\"]\n"
    try Data(text.utf8).write(to: URL(filePath: "\(folder.policies)/web-of-tests.toml"))
    try Data("policy = 2\n".utf8).write(to: URL(filePath: "\(folder.policies)/wrong-of-tests.toml"))
    try Data("no policy".utf8).write(to: URL(filePath: "\(folder.policies)/README"))
    let outcome = try await Shell.run("uring-jail policies && uring-jail check web-of-tests", in: folder)
    #expect(
      outcome.output.contains("\(folder.policies)/web-of-tests.toml\n") && outcome.output.contains("  for the web\n"),
      "\(outcome.output)")
    #expect(outcome.output.contains("wrong-of-tests.toml (has an error)\n") && !outcome.output.contains("README"))
    #expect(outcome.output.contains("[register-unrestricted]") && outcome.status == 0, "\(outcome.errors)")
    let json = try await Shell.run("uring-jail policies --json", in: folder).output
    #expect(json.contains("\"name\": \"web-of-tests\"") && json.contains("\"version\": 1"), "\(json)")
  }

  @Test(arguments: ["check --json", "test --json", "compile --json --kernel 7.2", "prove --json --kernel 7.2"])
  func dataIsHadAsJSON(_ arguments: String) async throws {
    let outcome = try await Shell.run("uring-jail \(arguments) good.toml", in: try folder())
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) }
  }

  @Test(arguments: ["--help", "--version", "check wrong.toml", "operations", "help test"])
  func resultThatCannotBeWrittenIsNoSuccess(_ arguments: String) async throws {
    let outcome = try await Shell.run("uring-jail \(arguments) >/dev/full", in: try folder())
    #expect(outcome.status == 1 && outcome.errors.contains("cannot write to standard output"))
  }
}
