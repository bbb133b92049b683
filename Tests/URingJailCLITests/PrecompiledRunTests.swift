import BPF
import Foundation
import TestSupport
import Testing
import URingABI

@testable import FilterCompiler
@testable import URingJailCLI

/// `run --policy FILE.jail` on a kernel in memory.
struct PrecompiledRunTests {
  private static let texts = [
    RunActionTests.policy,
    "policy = 1\n[operations]\nallow = [\"connect\"]\n[connect]\nallow = [{ port = 443 }]\n[register]\nallow = []\n"
      + "[process]\nexec = \"deny\"\ncapabilities = { drop = [\"all\"] }\n",
    "policy = 1\n[operations]\nallow = [\"nop\"]\nflags = { forbid = [\"async\"] }\n[kernel]\nrestrictions = \"never\"\n",
  ]

  private static func file(_ text: String, named name: String = "./p.toml") throws -> [UInt8] {
    let set = try CompiledText.set([name: Array(text.utf8)], policies: [name])
    return try set.combined.precompiled(set.sources, policies: [name]).fileBytes
  }

  /// What of a launch depends on the policy and not on how it is read.
  private static func effects(_ kernel: FakeKernel) -> [FakeCall] {
    kernel.calls.filter { call in
      switch call.name {
      case .restrict, .filter, .seccomp, .setNoNewPrivileges, .setCapabilities, .dropFromBoundingSet, .execute: true
      default: false
      }
    }
  }

  @Test func launchFromAFileIsTheLaunchFromItsSource() async {
    await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      for text in Self.texts {
        let source = RunActionTests.kernel(text)
        _ = RunActionTests.run(source)
        let file = RunActionTests.kernel()
        file.files = ["./p.jail": try Self.file(text)]
        _ = RunActionTests.run(file, policies: ["./p.jail"])
        #expect(source.started == "/bin/target" && file.started == "/bin/target")
        #expect(Self.effects(file) == Self.effects(source))
        #expect(!Self.effects(file).isEmpty)
        #expect(file.systemCallFilters.map(\.instructions) == source.systemCallFilters.map(\.instructions))
      }
    }
  }

  @Test func fileAndTextTogetherAllowWhatBothAllow() async {
    await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let kernel = RunActionTests.kernel()
      kernel.files["./q.jail"] = try Self.file("policy = 1\n[operations]\nallow = [\"read\", \"write\"]\n")
      _ = RunActionTests.run(kernel, policies: ["./p.toml", "./q.jail"])
      #expect(kernel.started == "/bin/target")
      #expect(kernel.calls.contains(.restrict([.allow(.init(code: 22)), .allowFlags(.everyBit)])))
    }
  }

  @Test func fileIsToldByItsFirstBytesAndFoundByItsWholeName() async {
    await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let file = try Self.file(RunActionTests.policy)
      for (path, reference) in [
        ("./p.toml", "./p.toml"), ("./without-suffix", "./without-suffix"), ("/etc/uring-jail/web.jail", "web.jail"),
      ] {
        let kernel = RunActionTests.kernel()
        kernel.files = [path: file]
        _ = RunActionTests.run(kernel, policies: [reference])
        #expect(kernel.started == "/bin/target", "\(path)")
      }
      let kernel = RunActionTests.kernel()
      kernel.files = ["/etc/uring-jail/web.jail": file]
      #expect(RunActionTests.run(kernel, policies: ["web"]) == .setUpFailed)
    }
  }

  @Test func fileThatIsOfNoUseStartsNothingAndSaysWhatToDo() async throws {
    let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let file = try Self.file(RunActionTests.policy)
      func changed(_ index: Int, _ value: UInt8) -> [UInt8] {
        var bytes = file
        bytes[index] = value
        return bytes
      }
      for bytes in [
        Array(file.dropLast()), changed(file.count - 1, 0xFF), changed(12, 3), changed(12, 0), changed(16, 0),
        changed(16, 255), Self.version1,
      ] {
        let kernel = RunActionTests.kernel()
        kernel.files["./p.jail"] = bytes
        #expect(RunActionTests.run(kernel, policies: ["./p.jail"]) == .setUpFailed)
        #expect(kernel.started == nil && kernel.calls.last == .close)
      }
    }
    let errors = String(decoding: result.standardErrorContent, as: UTF8.self)
    func again(_ name: String) -> String { "compile the policy again: uring-jail compile --output ./p.jail \(name)" }
    let own = CompilerVersion.current
    for line in [
      "it is cut off, or something was added to it (\(again("POLICY.toml")))",
      "it was changed since it was written (\(again("POLICY.toml")))",
      "it has format 3, and this version of uring-jail reads format 2 (use the uring-jail that wrote it, or "
        + "\(again("./p.toml")))",
      "it has format 0, and this version of uring-jail reads format 2 (\(again("./p.toml")))",
      "it was made by compiler 0, whose filters lack the corrections up to compiler \(own) "
        + "(\(again("./p.toml")))",
      "it was made by compiler 255, and this version of uring-jail has compiler \(own) (use the uring-jail that wrote "
        + "it, or \(again("./p.toml")))",
      "it has format 1, and this version of uring-jail reads format 2 (\(again("policies/web.toml")))",
    ] {
      #expect(
        errors.contains("uring-jail: cannot use the precompiled policy './p.jail': \(line); nothing was started\n"),
        "\(line)\n\(errors)")
    }
  }

  /// `[open] access = "read"` of policies/web.toml, as the release with format 1 wrote it.
  private static let version1: [UInt8] = {
    func little(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    func text(_ text: String) -> [UInt8] { little(UInt32(text.utf8.count)) + Array(text.utf8) }
    let program: [UInt8] = [1, 0, 6, 0, 0, 0, 0, 0, 0, 0]
    var body = little(Machine.native.rawValue) + [UInt8](repeating: 0xFF, count: 64)
    body += [0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0]
    // Two operations: the first has a program for the flags alone, the second conditions on arguments.
    body += [0, 0, 0, 0, 0, 0, 1, 0]
    body += program
    body += [18, 1]
    body += text("policies/web.toml")
    body += little(2) + little(1) + little(4)
    body += text("[open]")
    body += [0, 1, 0]
    body += program
    body += [1]
    return PrecompiledFormat.magic + little(1) + little(UInt32(body.count)) + little(Checksum.crc32(body[...])) + body
  }()

  @Test func fileThatContradictsItselfStartsNothing() async throws {
    let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let policy = try PrecompiledPolicy(fileBytes: try Self.file(RunActionTests.policy, named: "./a b.toml"))
      let changed = PrecompiledPolicy(
        policies: policy.policies, permitted: CodeSet(), permittedRegistrations: policy.permittedRegistrations,
        registrationPlace: nil, commonFlags: policy.commonFlags, entries: policy.entries, process: policy.process,
        kernel: policy.kernel)
      let kernel = RunActionTests.kernel()
      kernel.files["./p.jail"] = changed.fileBytes
      #expect(RunActionTests.run(kernel, policies: ["./p.jail"]) == .setUpFailed)
      #expect(kernel.started == nil && !kernel.calls.contains(.probe))
    }
    #expect(
      String(decoding: result.standardErrorContent, as: UTF8.self).contains(
        "cannot use the precompiled policy './p.jail': it is not valid: it has conditions on 'socket', which it denies "
          + "(compile the policy again: uring-jail compile --output ./p.jail './a b.toml'); nothing was started\n"))
  }

  @Test func wordsAreQuotedAsAShellTakesThem() async throws {
    let folder = try Shell.Folder()
    for word in ["a.toml", "./dir/b-c_d.toml", "a b", "it's", "$(x)", "", "*", "-", "é.toml", "a\nb", "~/x", "#"] {
      let quoted = ShellWord.quoted(word)
      let outcome = try await Shell.run("printf %s \(quoted)", in: folder)
      #expect(outcome.output == (word.hasPrefix("-") ? "./" + word : word), "\(quoted)")
    }
  }

  @Test func lineThatTheKernelCannotHoldIsShown() async throws {
    let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
      for name in ["./p.toml", "./p.jail"] {
        let kernel = RunActionTests.kernel(Self.texts[1])
        kernel.files["./p.jail"] = try Self.file(Self.texts[1])
        kernel.payloadSizes[.connect] = 0
        kernel.release = "7.0.13"
        kernel.childStatus = nil
        #expect(RunActionTests.run(kernel, policies: [name]) == .setUpFailed)
        #expect(kernel.started == nil)
      }
    }
    let errors = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(
      errors.components(
        separatedBy: "./p.toml:4:2: error: this kernel does not show filters the arguments of 'connect'"
      )
      .count == 3)
  }
}
