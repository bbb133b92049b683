import Foundation
import Testing

/// `explain`, and `check --exposure`, as somebody at a shell sees them.
struct ExplainCommandTests {
  private static let policies = ["tcp-proxy", "database", "deny-list"]

  private let folder: Shell.Folder

  init() throws {
    var files = [
      "wrong.toml": "policy = 1\n[operations]\nallow = [\"nopp\"]\n",
      "nop.toml": "policy = 1\n[operations]\nallow = [\"nop\"]\n",
      "async.toml": "policy = 1\n[operations]\nallow = [\"fsync\"]\nflags = { allow = [\"io_link\"] }\n",
      "read": "policy = 1\n[operations]\nallow = [\"read\"]\n",
    ]
    for name in Self.policies { files["\(name).toml"] = try CompiledText.example(name) }
    folder = try Shell.Folder(files)
  }

  private func run(_ line: String) async throws -> Outcome { try await Shell.run("uring-jail \(line)", in: folder) }

  // MARK: Recorded

  /// Command lines, and the file that has what they print.
  private static let recorded = [
    ("explain tcp-proxy.toml", "tcp-proxy.txt"), ("explain database.toml", "database.txt"),
    ("explain deny-list.toml", "deny-list.txt"), ("explain --json tcp-proxy.toml", "tcp-proxy.json"),
    ("explain tcp-proxy.toml connect to=10.20.0.17:8080", "allowed.txt"),
    ("explain database.toml 'openat2 flags=wronly,creat,append mode=0o666'", "denied.txt"),
    ("explain --json database.toml 'openat2 flags=wronly,creat,append mode=0o666'", "denied.json"),
    ("explain async.toml fsync", "forced.txt"), ("explain --json async.toml fsync", "forced.json"),
    ("explain tcp-proxy.toml deny-list.toml --request uring_cmd", "two-policies.txt"),
    ("check --exposure tcp-proxy.toml database.toml", "exposure.txt"),
    ("check --exposure --json deny-list.toml", "exposure.json"),
  ]

  /// Recorded anew with `URING_JAIL_RECORD=1`; a run that records fails.
  @Test(arguments: recorded)
  func outputIsTheRecordedOne(line: String, name: String) async throws {
    let output = try await run(line).output
    let file = CompiledText.root.appending(path: "Tests/Cases/explained/\(name)")
    if ProcessInfo.processInfo.environment["URING_JAIL_RECORD"] != nil {
      try Data(output.utf8).write(to: file)
      Issue.record("the output was recorded; read it, and run the test without recording")
    }
    let expected = try String(contentsOf: file, encoding: .utf8)
    for (line, recorded) in zip(output.split(separator: "\n"), expected.split(separator: "\n")) {
      #expect(line == recorded)
    }
    #expect(output == expected)
  }

  @Test(arguments: policies)
  func explanationFitsATerminal(policy: String) async throws {
    for line in try await run("explain \(policy).toml").output.split(separator: "\n") {
      #expect(line.count <= 79 && line.last != " ", "\(line)")
    }
  }

  @Test(arguments: recorded.filter { $0.1.hasSuffix(".json") })
  func dataIsJSON(line: String, name: String) async throws {
    let object = try JSONSerialization.jsonObject(with: Data(try await run(line).output.utf8)) as? [String: Any]
    #expect(object?["version"] as? Int == 1)
  }

  // MARK: Exit status

  @Test func statusTellsWhetherTheRequestIsAllowed() async throws {
    #expect(try await run("explain nop.toml").status == 0)
    #expect(try await run("explain nop.toml nop").status == 0)
    #expect(try await run("explain nop.toml read").status == 1)
    #expect(try await run("explain nop.toml tcp-proxy.toml nop").status == 0)
    #expect(try await run("explain nop.toml tcp-proxy.toml recv").status == 1)
    #expect(try await run("explain --request 'register buffers' nop.toml").status == 0)
    #expect(try await run("explain ./read nop.toml").status == 0)
    #expect(try await run("explain read ./read").status == 0)
    #expect(try await Shell.run("uring-jail explain - nop <nop.toml", in: folder).status == 0)
    #expect(try await Shell.run("uring-jail explain - read <nop.toml", in: folder).status == 1)
  }

  @Test(arguments: [
    ("explain", "Missing the policy to explain"), ("explain ''", "The path of a policy is empty"),
    ("explain 'read user_data=1'", "Missing the policy that is to decide 'read user_data=1'"),
    ("explain nop.toml conect to=192.0.2.1:80", "unknown operation 'conect'; did you mean 'connect'?"),
    ("explain nop.toml 'connect too=192.0.2.1:80'", "'connect' has no argument 'too'; did you mean 'to'?"),
    ("explain nop.toml connect", "'connect' needs 'family'"),
    ("explain nop.toml register bufers", "unknown register opcode 'bufers'; did you mean 'buffers'?"),
    ("explain nop.toml ''", "The path of a policy is empty"),
    ("explain nop.toml --request ''", "The value of '--request' is empty"),
    ("explain nop.toml nop --request nop", "'--request' and a request behind the policies exclude each other"),
    ("explain nop.toml --reqest nop", "unknown option '--reqest'; did you mean '--request'?"),
    ("explain - - nop", "Standard input can be read only once"),
    ("check --exposure --format sarif nop.toml", "'--exposure' has no form for '--format sarif'"),
    ("check --exposure --explain all", "'--explain' and '--exposure' exclude each other"),
  ])
  func mistakesAreNamed(line: String, told: String) async throws {
    let outcome = try await run(line)
    #expect(outcome.status == 64)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.split(separator: "\n").first?.contains(told) == true, "\(outcome.errors)")
  }

  /// Half an answer would be none.
  @Test func policyThatMeansNothingIsNotExplained() async throws {
    for line in [
      "explain wrong.toml", "explain nop.toml wrong.toml nop", "explain none.toml", "explain nop.toml ./nop2",
    ] {
      let outcome = try await run(line)
      #expect(outcome.status == 1 && outcome.output.isEmpty, "\(line)")
      #expect(outcome.errors.contains("uring-jail: "))
    }
  }

  // MARK: check --exposure

  @Test func exposureLeavesTheStatusAsItIs() async throws {
    for options in ["", "--warnings-as-errors"] {
      for policy in ["nop.toml", "wrong.toml", "deny-list.toml", "none.toml"] {
        let plain = try await run("check \(options) \(policy)")
        let exposed = try await run("check \(options) --exposure \(policy)")
        #expect(exposed.status == plain.status, "\(options) \(policy)")
        #expect(exposed.output.hasPrefix(plain.output))
      }
    }
  }

  @Test func changesOfGroupsAreToldAsSuch() async throws {
    let output = try await run("explain deny-list.toml uring_cmd").output
    #expect(output.contains("remove \"uring_cmd\" from 'deny' of [operations] (deny-list.toml:17); it is"))
    #expect(output.contains("part of a group"))
  }
}
