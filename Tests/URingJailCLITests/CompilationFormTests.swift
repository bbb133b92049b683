import BPF
import Foundation
import TestSupport
import Testing
import URingABI

@testable import FilterCompiler
@testable import URingJailCLI

/// The forms in which `compile` shows a policy say all the same.
struct CompilationFormTests {
  static let examples = [
    "build-step", "database", "deny-everything", "deny-list", "fio-read-only", "tcp-proxy", "web-client", "web-server",
  ]

  /// Filters of an example in both ways to register it.
  private static func compilations(_ name: String) throws -> [Compilation] {
    let text = try CompiledText.example(name)
    return try [false, true].map { try CompiledText.compilation(text, filtersOnly: $0) }
  }

  private static func programs(_ compilation: Compilation) -> [[Instruction]] {
    compilation.plan.filters.map(\.program.instructions)
  }

  // MARK: Assembler

  @Test(arguments: examples) func listingsAreTheProgramsAgainOnceCommentsAreTakenAway(example: String) throws {
    for compilation in try Self.compilations(example) {
      let blocks = compilation.assembly.split(separator: "\n", omittingEmptySubsequences: false)
        .map { $0.split(separator: ";", omittingEmptySubsequences: false)[0].trimmingCharacters(in: .whitespaces) }
        .split { $0.isEmpty }.map { $0.joined(separator: "\n") }
      var lines: [[Instruction]] = []
      // A program begins at the label 0.
      for block in blocks {
        let instructions = block.split(separator: "\n")
        if instructions.first?.hasPrefix("l0:") == true { lines.append([]) }
        try #require(!lines.isEmpty)
      }
      let text = blocks.joined(separator: "\n").components(separatedBy: "l0:").dropFirst().map { "l0:" + $0 }
      #expect(try text.map { try AssemblyText.instructions(of: $0) } == Self.programs(compilation))
      #expect(lines.count == compilation.plan.filters.count)
    }
  }

  /// Recorded anew with `URING_JAIL_RECORD=1`; a run that records fails.
  @Test func listingHasTheLinesThatDecide() throws {
    let folder = CompiledText.root.appending(path: "Tests/Cases/annotated-listing")
    let text = try String(contentsOf: folder.appending(path: "policy.toml"), encoding: .utf8)
    let listing = try CompiledText.compilation(text, named: "./policy.toml").assembly
    let file = folder.appending(path: "listing.asm")
    if ProcessInfo.processInfo.environment["URING_JAIL_RECORD"] != nil {
      try Data(listing.utf8).write(to: file)
      Issue.record("the listing was recorded; read it, and run the test without recording")
    }
    let recorded = try String(contentsOf: file, encoding: .utf8)
    for (line, expected) in zip(listing.split(separator: "\n"), recorded.split(separator: "\n")) {
      #expect(line == expected)
    }
    #expect(listing == recorded)
  }

  @Test func annotationsAreLinesOfTheRightFile() throws {
    let files = [
      "./a.toml": "policy = 1\ninclude = [\"b.toml\"]\n[operations]\nallow = [\"socket\"]\n",
      "./b.toml": "policy = 1\n\n[socket]\nallow = [{ family = \"unix\" }]\n",
      "./c.toml": "policy = 1\n[operations]\nallow = [\"socket\"]\n[socket]\ndeny = [{ type = \"dgram\" }]\n",
    ].mapValues { Array($0.utf8) }
    let listing = try CompiledText.compilation(files, policies: ["./a.toml", "./c.toml"]).assembly
    #expect(listing.hasPrefix("; ./a.toml, ./c.toml, for Linux 7.2\n"))
    #expect(listing.contains("denied: ./b.toml:3"))
    #expect(listing.contains("denied: ./c.toml:5"))
    #expect(!listing.contains("./b.toml, "))
  }

  @Test func namesCannotLeaveTheirComment() throws {
    let name = "./x*/\nl0: ret #0x1\u{1B}[2J.toml"
    let text = "policy = 1\n[operations]\nallow = [\"socket\"]\n[socket]\nallow = [{ family = \"unix\" }]\n"
    let compilation = try CompiledText.compilation(text, named: name)
    for form in [compilation.assembly, compilation.cSource, compilation.summary, compilation.graph] {
      #expect(
        !form.contains("\u{1B}") && !form.contains("\nl0: ret #0x1\u{1B}") && !form.contains("\nl0: ret #0x1\u{FFFD}"))
    }
    #expect(compilation.cSource.split(separator: "\n")[0].count { $0 == "/" } == 4)
    #expect(compilation.cSource.components(separatedBy: "*/").count == 3)
  }

  @Test func precompiledPolicyIsListedWithoutLines() throws {
    let text = try CompiledText.example("web-server")
    let set = try CompiledText.set(["./p.toml": Array(text.utf8)], policies: ["./p.toml"])
    let file = try set.combined.precompiled(set.sources).fileBytes
    let compilation = try CompiledText.compilation(["./p.jail": file], policies: ["./p.jail"])
    let source = try CompiledText.compilation(["./p.toml": Array(text.utf8)], policies: ["./p.toml"])
    #expect(Self.programs(compilation) == Self.programs(source))
    #expect(compilation.plan.restrictions == source.plan.restrictions)
    #expect(compilation.assembly.hasPrefix("; ./p.jail, for Linux 7.2\n"))
    #expect(!compilation.assembly.contains("denied:") && !compilation.assembly.contains("too large"))
  }

  // MARK: C

  @Test func arraysAreC() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "uring-jail-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var files: [String] = []
    for example in Self.examples {
      for (index, compilation) in try Self.compilations(example).enumerated() {
        let file = folder.appending(path: "\(example)-\(index).c")
        // A use of each, so that none is unknown.
        let uses = compilation.filterNames.map { "const void *use_\($0) = filter_\($0);\n" }.joined()
        try Data((compilation.cSource + uses).utf8).write(to: file)
        files.append(file.path(percentEncoded: false))
      }
    }
    let compiler = Process()
    compiler.executableURL = URL(filePath: "/usr/bin/env")
    compiler.arguments = ["cc", "-fsyntax-only", "-std=c11", "-Wall", "-Wextra", "-Werror"] + files
    try compiler.run()
    compiler.waitUntilExit()
    #expect(compiler.terminationStatus == 0)
  }

  @Test(arguments: examples) func arraysHaveTheNumbersOfThePrograms(example: String) throws {
    for compilation in try Self.compilations(example) {
      let lines = compilation.cSource.split(separator: "\n").filter { $0.hasPrefix("  { 0x") }
      let numbers = lines.map { line in
        line.split { " {},".contains($0) }.compactMap { word in
          word.hasPrefix("0x") ? UInt32(word.dropFirst(2), radix: 16) : UInt32(word)
        }
      }
      let expected = Self.programs(compilation).joined().map {
        [UInt32($0.code), UInt32($0.jumpTrue), UInt32($0.jumpFalse), $0.k]
      }
      #expect(numbers == expected)
    }
  }

  // MARK: JSON and raw

  private struct Contents: Decodable {
    struct Filter: Decodable {
      let operation: String
      let opcode: UInt8
      let pdu_size: UInt8
      let deny_rest: Bool
      let worst: Int
      let instructions: [[UInt32]]
    }

    let version: Int
    let kernel: String
    let policies: [String]
    let filters: [Filter]
    let denied_whole: [String]
  }

  /// In the order of this machine.
  private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
    let highFirst = (0..<value.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    return Int(littleEndian: 1) == 1 ? highFirst.reversed() : highFirst
  }

  @Test(arguments: examples) func jsonHasTheInstructionsOfRaw(example: String) throws {
    let text = try CompiledText.example(example)
    let contents = try JSONDecoder().decode(
      Contents.self, from: Data(try CompiledText.compilation(text).json.utf8))
    #expect(contents.version == 1 && contents.kernel == "Linux 7.2" && contents.policies == ["./policy.toml"])
    #expect(contents.denied_whole.isEmpty)
    for filter in contents.filters {
      let operation = URingABI.Operation(code: filter.opcode)
      #expect(operation.name == filter.operation)
      let raw = try #require(try CompiledText.compilation(text, only: operation).rawInstructions)
      let bytes = filter.instructions.flatMap { words in
        Self.bytes(UInt16(words[0])) + [UInt8(words[1]), UInt8(words[2])] + Self.bytes(words[3])
      }
      #expect(raw == bytes)
      #expect(filter.worst <= filter.instructions.count && filter.worst > 0)
    }
  }

  @Test func operationThatIsDeniedWholeIsNamed() throws {
    let text =
      "policy = 1\n[operations]\nallow = [\"nop\", \"connect\"]\n[connect]\nallow = [{ port = 443 }]\n"
      + "[kernel]\nunfilterable = \"deny-operation\"\n"
    let old = try CompiledText.compilation(text, for: KernelRelease(7, 0))
    #expect(old.summary.contains("always denied: connect, whose arguments this kernel does not show to filters\n"))
    #expect(old.summary.contains("  operations: nop\n"))
    let contents = try JSONDecoder().decode(Contents.self, from: Data(old.json.utf8))
    #expect(contents.denied_whole == ["connect"] && contents.filters.isEmpty)
    #expect(!(try CompiledText.compilation(text).summary.contains("always denied")))
  }

  @Test func rawIsForOneFilter() throws {
    let text = try CompiledText.example("web-server")
    #expect(try CompiledText.compilation(text).rawInstructions == nil)
    #expect(try CompiledText.compilation(text, only: .connect).rawInstructions == nil)
    let raw = try #require(try CompiledText.compilation(text, only: .socket).rawInstructions)
    #expect(raw.count % 8 == 0 && !raw.isEmpty)
  }

  // MARK: Graph

  @Test(arguments: examples) func graphsHaveANodeAtEachEndOfAnEdge(example: String) throws {
    for compilation in try Self.compilations(example) {
      let lines = compilation.graph.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      #expect(lines.first == "digraph policy {" && lines.last == "}")
      #expect(lines.count { $0.hasSuffix("{") } == lines.count { $0 == "}" })
      #expect(lines.allSatisfy { $0.hasSuffix(";") || $0.hasSuffix("{") || $0 == "}" })
      #expect(lines.allSatisfy { $0.count { $0 == "\"" } % 2 == 0 })
      let words = lines.map { $0.split(separator: " ") }
      let nodes = Set(words.filter { $0.count > 1 && $0[1].hasPrefix("[label=") }.map { $0[0] })
      for edge in words where edge.count > 2 && edge[1] == "->" {
        #expect(nodes.contains(edge[0]))
        #expect(nodes.contains(edge[2].prefix { $0 != ";" }), "\(edge)")
      }
      // Each instruction is in one node.
      let shown = lines.filter { $0.contains("[label=\"") && !$0.contains("->") }
        .reduce(0) { $0 + $1.components(separatedBy: "\\l").count - 1 }
      #expect(shown == Self.programs(compilation).joined().count)
    }
  }

  // MARK: Summary

  @Test func summaryHasWhatIsRegisteredInItsOrder() throws {
    let text =
      "policy = 1\n[operations]\nallow = [\"nop\", \"socket\"]\nflags = { forbid = [\"io_drain\"] }\n"
      + "[socket]\nallow = [{ family = \"unix\" }]\n"
    #expect(
      try CompiledText.compilation(text).summary == """
        ./policy.toml, for Linux 7.2
        3 restrictions, registered first
          operations: nop, socket
          SQE flags allowed: fixed_file, io_link, io_hardlink, async, buffer_select, cqe_skip_success
        1 filter, in this order; a request must pass every filter of its operation
              operation          instructions  worst     mean  reads
           1  socket                        4      3      3.0  12 bytes
        worst and mean: instructions executed, both ways through a test being equally likely

        """)
    let alone = try CompiledText.compilation("policy = 1\n", filtersOnly: true).summary
    #expect(alone.contains("no restrictions: filters alone\n") && alone.contains("header, denies the rest\n"))
    let free = try CompiledText.compilation("policy = 1\n[operations]\ndefault = \"allow\"\n").summary
    #expect(free.hasSuffix("no restrictions\nno filters\n"))
    let none = try CompiledText.compilation("policy = 1\n[register]\nallow = []\n").summary
    #expect(none.contains("  operations: none\n  register opcodes: bpf_filter\n"))
    let all = try CompiledText.compilation("policy = 1\n[operations]\ndefault = \"allow\"\n[register]\nallow = []\n")
      .summary
    #expect(all.contains("1 restriction, registered first\n"))
    #expect(all.contains("  operations: all\n"))
    #expect(
      all.hasSuffix("last, a seccomp filter restricts io_uring_register(2) to the opcodes of [register]\n"))
    let exec = try CompiledText.compilation("policy = 1\n[process]\nexec = \"deny\"\n").summary
    #expect(exec.contains("last, a seccomp filter denies execve(2) and execveat(2) to the target\n"))
    #expect(!free.contains("system calls"))
  }
}
