import Glibc
import TestSupport
import Testing
import URingJailCLI

/// The program as a whole, in processes of its own, as far as it gets without starting anything.
struct EntryTests {
  private static let usage =
    "Usage: uring-jail [run] [OPTION...] --policy POLICY -- COMMAND [ARGUMENT...]\nTry 'uring-jail run --help'.\n"

  /// Ends the process as uring-jail would.
  static func end(_ arguments: String...) -> Never { end(arguments) }

  static func end(_ arguments: [String]) -> Never {
    exit(Arguments(["uring-jail"] + arguments).withVector { Entry.run($0) })
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// True if the program wrote nothing; Swift Testing leaves a mark of its own in a stream that is not used.
  private func isSilent(_ bytes: [UInt8]) -> Bool {
    !text(bytes).lowercased().contains("uring-jail")
  }

  @Test func helpGoesToStandardOutput() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(0), observing: [\.standardOutputContent, \.standardErrorContent]
    ) { Self.end("--help") }
    #expect(
      text(result.standardOutputContent).contains(
        "Usage: uring-jail [OPTION...] --policy POLICY -- COMMAND [ARGUMENT...]"))
    #expect(isSilent(result.standardErrorContent))
  }

  @Test func helpOfRunIsFoundBothWays() async throws {
    let option = try await #require(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
      Self.end("run", "--help")
    }
    let command = try await #require(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
      Self.end("help", "run")
    }
    #expect(text(option.standardOutputContent).contains("--policy POLICY   a path with a slash"))
    #expect(text(option.standardOutputContent) == text(command.standardOutputContent))
  }

  @Test func versionIsOneLineOnStandardOutput() async throws {
    let result = try await #require(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
      Self.end("--version")
    }
    let line = text(result.standardOutputContent)
    #expect(line.hasPrefix("uring-jail ") && line.hasSuffix("\n") && line.count { $0 == "\n" } == 1)
  }

  @Test func nothingAtAllIsAMistakeThatShowsTheHelp() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(64), observing: [\.standardOutputContent, \.standardErrorContent]
    ) { Self.end() }
    #expect(text(result.standardErrorContent).contains("Usage: uring-jail"))
    #expect(isSilent(result.standardOutputContent))
  }

  @Test func programWithoutEvenANameSaysTheSame() async {
    await #expect(processExitsWith: .exitCode(64)) {
      exit(Arguments([[UInt8]]()).withVector { Entry.run($0) })
    }
  }

  @Test func mistypedOptionIsNamedBeforeWhatIsMissing() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(64), observing: [\.standardOutputContent, \.standardErrorContent]
    ) { Self.end("--polcy", "x", "--", "y") }
    #expect(
      text(result.standardErrorContent)
        == "uring-jail: unknown option '--polcy'; did you mean '--policy'?\n" + Self.usage)
    #expect(isSilent(result.standardOutputContent))
  }

  @Test func missingPolicyIsNamed() async throws {
    let result = try await #require(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
      Self.end("--", "y")
    }
    #expect(text(result.standardErrorContent) == "uring-jail: Missing the option '--policy <policy>'\n" + Self.usage)
  }

  @Test func missingCommandIsNamed() async throws {
    let result = try await #require(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
      Self.end("--policy", "x")
    }
    #expect(
      text(result.standardErrorContent)
        == "uring-jail: Missing the command to start; write it after '--'\n" + Self.usage)
  }

  @Test func emptyPolicyIsRefused() async throws {
    let result = try await #require(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
      Self.end("--policy", "", "--", "z")
    }
    #expect(text(result.standardErrorContent) == "uring-jail: The value of '--policy' is empty\n" + Self.usage)
  }

  @Test func wordBehindAnEmptyPolicyIsNotTakenForIt() async throws {
    let result = try await #require(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
      Self.end("--policy=", "./x", "--", "z")
    }
    #expect(text(result.standardErrorContent).hasSuffix(Self.usage))
  }

  @Test func commandWithoutTheDashesIsAMistake() async throws {
    let result = try await #require(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
      Self.end("--policy", "x", "ls")
    }
    #expect(text(result.standardErrorContent).hasSuffix(Self.usage))
  }

  @Test func policyThatCannotBeReadGives125OnEitherWay() async throws {
    let fast = try await #require(
      processExitsWith: .exitCode(125), observing: [\.standardOutputContent, \.standardErrorContent]
    ) { Self.end("--policy", "/no/such/policy.toml", "--", "/bin/echo", "started") }
    let parsed = try await #require(processExitsWith: .exitCode(125), observing: [\.standardErrorContent]) {
      Self.end("--policy=-no/such.toml", "--", "/bin/echo", "started")
    }
    #expect(
      text(fast.standardErrorContent).hasPrefix(
        "uring-jail: cannot read the policy '/no/such/policy.toml': there is no such file"))
    #expect(text(parsed.standardErrorContent).hasPrefix("uring-jail: cannot read the policy '-no/such.toml': "))
    #expect(!text(fast.standardOutputContent).contains("started"))
  }
}
