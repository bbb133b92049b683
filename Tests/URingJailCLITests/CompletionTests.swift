import Diagnostics
import Foundation
import Policy
import Testing
import URingABI

@testable import URingJailCLI

/// What bash, zsh and fish offer, asked of these shells themselves (Tests/Shells/complete).
@Suite(.serialized)
struct CompletionTests {
  static let shells = ["bash", "zsh", "fish"]

  private let folder: Shell.Folder

  init() throws {
    folder = try Shell.Folder(["mine.toml": "policy = 1\n", "mine.jail": "", "other.txt": ""])
    try FileManager.default.createDirectory(atPath: "\(folder.path)/sub", withIntermediateDirectories: false)
    for name in ["web.toml", "fast.jail"] {
      try Data().write(to: URL(filePath: "\(folder.policies)/\(name)"))
    }
  }

  /// The candidates, without the slash behind folders, and without the option that a value is joined to.
  private func offered(_ shell: String, _ line: String) async throws -> Set<String> {
    let outcome = try await Shell.run(
      "exec \"$URING_JAIL_ROOT/Tests/Shells/complete\" \"$SHELL_NAME\" \"$LINE\"", in: folder,
      environment: ["SHELL_NAME": shell, "LINE": line])
    try #require(outcome.status == 0 && outcome.errors.isEmpty, "\(shell): \(line): \(outcome.errors)")
    return Set(
      outcome.output.split(separator: "\n").map { candidate in
        let value = candidate.contains("=") ? candidate.split(separator: "=", maxSplits: 1).last ?? "" : candidate
        return String(value.hasSuffix("/") ? value.dropLast() : value)
      })
  }

  // MARK: Commands and options, as the program defines them

  @Test(arguments: shells)
  func commandsAreOffered(_ shell: String) async throws {
    let names = Set(Subcommand.allCases.map(\.name.description))
    #expect(try await offered(shell, "uring-jail ").subtracting(["--policy"]) == names)
    #expect(try await offered(shell, "uring-jail help ") == names.subtracting(["help"]))
    #expect(try await offered(shell, "uring-jail che") == ["check"])
  }

  @Test(arguments: shells, HelpTests.commands)
  func everyOptionOfACommandIsOfferedAndNoOther(_ shell: String, _ command: Subcommand) async throws {
    let long = Set(CommandOption.all(of: command).map(\.name))
    #expect(try await offered(shell, "uring-jail \(command.name) --").subtracting(["--"]) == long)
  }

  @Test(arguments: shells)
  func optionsOfTheCommandThatNeedNotBeNamedAreOffered(_ shell: String) async throws {
    let run = CommandOption.all(of: .run).map(\.name)
    #expect(try await offered(shell, "uring-jail --").subtracting(["--"]) == Set(run))
    #expect(try await offered(shell, "uring-jail --pol") == ["--policy"])
    #expect(try await offered(shell, "uring-jail --policy ./mine.toml --dry") == ["--dry-run"])
    #expect(try await offered(shell, "uring-jail --policy ./mine.toml ") == ["--"])
  }

  // MARK: Values

  @Test(arguments: shells)
  func formatsAreOffered(_ shell: String) async throws {
    for command in HelpTests.commands {
      for option in CommandOption.all(of: command) where !option.words.isEmpty {
        for equals in [" ", "="] {
          let line = "uring-jail \(command.name) \(option.name)\(equals)"
          #expect(try await offered(shell, line) == Set(option.words), "\(line)")
        }
      }
    }
  }

  @Test(arguments: shells)
  func kernelsAreOffered(_ shell: String) async throws {
    let minors = KernelRelease.firstWithFilters.minor...KernelRelease.newestKnown.minor
    let releases = Set(minors.map { "\(KernelRelease.firstWithFilters.major).\($0)" })
    #expect(try await offered(shell, "uring-jail compile --kernel ") == releases)
    #expect(try await offered(shell, "uring-jail prove --kernel=") == releases)
  }

  @Test(arguments: shells)
  func operationsAndGroupsAreOffered(_ shell: String) async throws {
    let operations = Set(URingABI.Operation.known.map(\.name))
    let groups = Set(OperationGroup.all.map(\.name))
    #expect(
      try await offered(shell, "uring-jail operations ").subtracting(["--json", "--register"])
        == operations.union(groups))
    #expect(try await offered(shell, "uring-jail operations @net") == groups.filter { $0.hasPrefix("@net") })
    #expect(try await offered(shell, "uring-jail compile --operation ") == operations)
    let register = Set(RegisterOperation.known.map(\.name) + RegisterGroup.all.map(\.name))
    #expect(try await offered(shell, "uring-jail operations --register ").subtracting(["--json"]) == register)
    let ids = Set(Explanations.all.map(\.id.name) + ["all"])
    #expect(try await offered(shell, "uring-jail check --explain ") == ids)
  }

  @Test(arguments: shells)
  func requestsAreOfferedBehindAPolicy(_ shell: String) async throws {
    #expect(try await offered(shell, "uring-jail explain mine.toml conn") == ["connect"])
    #expect(try await offered(shell, "uring-jail explain mine.toml regi") == ["register"])
    let all = Set(URingABI.Operation.known.map(\.name) + ["register"])
    #expect(try await offered(shell, "uring-jail explain --request ") == all)
  }

  // MARK: Policies

  @Test(arguments: shells)
  func filesOfPoliciesAreOffered(_ shell: String) async throws {
    for command in ["check", "test", "prove", "explain"] {
      #expect(try await offered(shell, "uring-jail \(command) ") == ["mine.toml", "sub"], "\(command)")
    }
    #expect(try await offered(shell, "uring-jail compile ") == ["mine.toml", "mine.jail", "sub"])
    #expect(try await offered(shell, "uring-jail compile --output ").isSuperset(of: ["other.txt", "mine.jail", "sub"]))
  }

  @Test(arguments: shells)
  func namesOfInstalledPoliciesAreOffered(_ shell: String) async throws {
    for command in ["", "run ", "probe "] {
      let all = try await offered(shell, "uring-jail \(command)--policy ")
      #expect(all.isSuperset(of: ["web", "fast.jail", "sub"]), "\(command)\(all)")
      #expect(!all.contains("mine.toml"), "a name without a slash would not be found")
      #expect(try await offered(shell, "uring-jail \(command)--policy=w") == ["web"], "\(command)")
    }
  }

  @Test(arguments: shells)
  func filesHereAreOfferedWithASlash(_ shell: String) async throws {
    // zsh and bash add what stands before the name by themselves, or not.
    let here = try await offered(shell, "uring-jail --policy ./")
    #expect(Set(here.map { $0.hasPrefix("./") ? String($0.dropFirst(2)) : $0 }) == ["mine.toml", "mine.jail", "sub"])
  }

  @Test(arguments: shells)
  func theCommandToStartIsCompletedAsUsual(_ shell: String) async throws {
    #expect(try await offered(shell, "uring-jail --policy ./mine.toml -- mkfif") == ["mkfifo"])
    #expect(try await offered(shell, "uring-jail --policy ./mine.toml -- cat oth") == ["other.txt"])
    #expect(!(try await offered(shell, "uring-jail --policy ./mine.toml -- cat --pol")).contains("--policy"))
  }
}
