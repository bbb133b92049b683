import Foundation
import Testing

/// What somebody at a terminal sees, and what programs that read the output do not. script(1) makes the terminal.
struct TerminalTests {
  private static let warned = "policy = 1\n[operations]\nallow = [\"nop\"]\n"
  private static let escape = "\u{1B}["

  private let folder: Shell.Folder

  init() throws {
    folder = try Shell.Folder(["warned.toml": Self.warned])
  }

  /// What a terminal shows of a script, all streams of it.
  private func shown(_ script: String, input: String = "</dev/null", environment: [String: String] = [:]) async throws
    -> String
  {
    let line = "\(input) script --quiet --return --command \"$SCRIPT\" /dev/null"
    return try await Shell.run(line, in: folder, environment: environment.merging(["SCRIPT": script]) { $1 }).output
  }

  @Test func findingsHaveColourOnATerminalOnly() async throws {
    #expect(try await shown("uring-jail check warned.toml").contains(Self.escape))
    #expect(try await !shown("uring-jail check warned.toml | cat").contains(Self.escape))
    #expect(try await !Shell.run("uring-jail check warned.toml", in: folder).output.contains(Self.escape))
  }

  @Test(arguments: [["NO_COLOR": "1"], ["TERM": "dumb"]])
  func colourIsLeftOutWhereItIsNotWanted(_ environment: [String: String]) async throws {
    let text = try await shown("uring-jail check warned.toml", environment: environment)
    #expect(text.contains("[register-unrestricted]") && !text.contains(Self.escape))
  }

  @Test func emptyNOCOLORMeansNothing() async throws {
    #expect(try await shown("uring-jail check warned.toml", environment: ["NO_COLOR": ""]).contains(Self.escape))
  }

  @Test func formatsForProgramsHaveNoColour() async throws {
    for format in ["json", "sarif", "github"] {
      #expect(try await !shown("uring-jail check --format \(format) warned.toml").contains(Self.escape), "\(format)")
    }
  }

  @Test(arguments: [40, 80, 100])
  func excerptFitsTheTerminal(_ columns: Int) async throws {
    let names = (0..<60).map { "\"read\", \"op\($0)\"" }.joined(separator: ", ")
    try Data("policy = 1\n[operations]\nallow = [\(names)]\n".utf8).write(to: URL(filePath: "\(folder.path)/long.toml"))
    let text = try await shown("stty columns \(columns); uring-jail check long.toml", environment: ["NO_COLOR": "1"])
    let excerpts = text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("3 | ") }
    #expect(excerpts.count >= 60)
    for line in excerpts { #expect(line.count <= columns, "\(line)") }
    #expect(excerpts.contains { $0.count > columns - 3 })
  }

  @Test func nothingIsSentThroughAPager() async throws {
    let text = try await shown("uring-jail operations", environment: ["PAGER": "echo paged", "LESS": ""])
    #expect(text.contains("openat2") && !text.contains("paged"))
  }

  // MARK: Progress

  /// A policy that comes a second and a half after somebody has begun to read it, which may take long to begin.
  private static let slowly = "mkfifo slow; (exec 3>slow; sleep 1.5; cat warned.toml >&3) & "

  /// The mask is the caller's, and programs that start others leave signals blocked by mistake.
  @Test func waitingIsExplainedWhereTheCallerBlocksTheSignal() async throws {
    let text = try await shown("\(Self.slowly) env --block-signal=ALRM uring-jail check slow")
    #expect(text.contains("\r\u{1B}[Kchecking slow, 1 s"), "\(text)")
  }

  @Test(arguments: [("check", "checking"), ("test", "reading"), ("prove", "reading")])
  func waitingIsExplainedAfterASecondAndTheLineGoesAway(_ command: String, _ doing: String) async throws {
    let text = try await shown("\(Self.slowly) uring-jail \(command) slow")
    let line = try #require(text.range(of: "\r\u{1B}[K\(doing) slow, 1 s"), "\(text)")
    let end = try #require(text.range(of: "\r\u{1B}[K", options: .backwards))
    #expect(line.lowerBound < end.lowerBound)
  }

  @Test func waitingIsNotExplainedToPrograms() async throws {
    let outcome = try await Shell.run("\(Self.slowly) uring-jail check slow", in: folder)
    #expect(outcome.errors.isEmpty && outcome.output.contains("1 warning") && !outcome.output.contains("checking"))
    #expect(
      try await !shown("\(Self.slowly) uring-jail check slow", environment: ["TERM": "dumb"]).contains("checking"))
  }

  @Test func quickWorkIsNotExplained() async throws {
    #expect(try await !shown("uring-jail check warned.toml").contains("checking"))
  }

  // MARK: Standard input

  @Test func personWhoIsWaitedForIsTold() async throws {
    let text = try await shown(
      "uring-jail check -", input: "(sleep 0.5; printf 'policy = 1\\nx = 1\\n\\004'; sleep 0.5) |")
    #expect(text.contains("uring-jail: reading the policy from this terminal; Ctrl-D ends it"))
    #expect(text.contains("unknown-key"))
  }

  @Test(arguments: ["check", "test", "compile --kernel 7.2", "prove --kernel 7.2", "explain"])
  func policyIsReadFromStandardInput(_ command: String) async throws {
    let outcome = try await Shell.run("uring-jail \(command) - <warned.toml", in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(!outcome.errors.contains("terminal"))
  }
}
