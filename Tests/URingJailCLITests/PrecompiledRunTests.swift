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
    return try set.compiled().precompiled(set.sources).fileBytes
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

  @Test func fileThatIsNotWholeStartsNothingAndSaysWhatToDo() async throws {
    let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let file = try Self.file(RunActionTests.policy)
      var changed = file
      changed[file.count - 1] ^= 1
      var newer = file
      newer[12] = 2
      var older = file
      older[12] = 0
      for bytes in [Array(file.dropLast()), changed, newer, older] {
        let kernel = RunActionTests.kernel()
        kernel.files["./p.jail"] = bytes
        #expect(RunActionTests.run(kernel, policies: ["./p.jail"]) == .setUpFailed)
        #expect(kernel.started == nil && kernel.calls.last == .close)
      }
    }
    let errors = String(decoding: result.standardErrorContent, as: UTF8.self)
    let again = "compile the policy again, with 'uring-jail compile --output ./p.jail'"
    for line in [
      "it is cut off, or something was added to it (\(again))", "it was changed since it was written (\(again))",
      "it has format 2, and this version of uring-jail reads format 1 (use the uring-jail that wrote it, or \(again))",
      "it has format 0, and this version of uring-jail reads format 1 (\(again))",
    ] {
      #expect(
        errors.contains("uring-jail: cannot use the precompiled policy './p.jail': \(line); nothing was started\n"))
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
