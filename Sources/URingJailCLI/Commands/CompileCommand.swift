import Diagnostics
import FilterCompiler
import Kernel
import Policy
import PolicyLanguage
import URingABI

/// `uring-jail compile`: what would be registered with a kernel, in forms for people and for programs.
struct CompileCommand: Command {
  enum Format: String, CaseIterable {
    /// What is registered in which order, and what it costs.
    case summary
    /// The kernel's assembler syntax, with the lines of the policy that decide.
    case asm
    /// Arrays of `struct sock_filter`.
    case c
    case json
    /// The instructions of one program as the kernel takes them.
    case raw
    /// A graph for Graphviz.
    case dot
    /// A precompiled policy, for `--policy`.
    case jail
  }

  static let page = HelpPage(
    abstract: "show the filters, or write a precompiled policy",
    intro: "Shows the filters made from policies, or writes them to a file.",
    usage: ["compile [OPTION...] POLICY..."],
    operands: [
      ("POLICY", "a path, or - for standard input; several make one jail, in which each must allow a request")
    ],
    exitStatus: "0 if it is written, 1 if a policy cannot be compiled.",
    examples: [
      "uring-jail compile web.toml",
      "uring-jail compile --format asm --operation openat2 web.toml",
      "uring-jail compile --output web.jail web.toml",
    ])

  private let format: Format
  private let operation: URingABI.Operation?
  private let output: String?
  private let filtersOnly: Bool
  private let kernel: KernelOption
  private let policies: [PolicyReference]

  init(_ line: ParsedLine) throws(Mistake) {
    output = line.value(.output)
    format = try line.format(.compiledFormat) ?? (output?.hasSuffix(".jail") == true ? .jail : .summary)
    operation = try line.operation(.operation)
    filtersOnly = line.has(.filtersOnly)
    kernel = try KernelOption(line)
    policies = try line.policies(missing: "compile")
    if format == .jail {
      if kernel.release != nil || operation != nil || filtersOnly {
        throw .says(
          "A precompiled policy is for every kernel and contains the whole policy; leave out "
            + "'--kernel', '--operation' and '--filters-only'")
      }
      if output == nil { throw .says("A precompiled policy needs a file to be written to: '--output FILE.jail'") }
    }
    if [.raw, .jail].contains(format), writesToStandardOutput, Console.isTerminal(.output) {
      throw .says("The format \(format.rawValue) is not for a terminal; name a file with '--output'")
    }
  }

  func run() throws(CommandExit) {
    let set: PolicySet
    do throws(PolicySet.Failure) {
      // Whoever can change the policy decides what the file says, which is then trusted in its stead.
      set = try PolicySet.load(
        policies, trust: format == .jail ? .warn : .accept, calls: LinuxSystemCalls())
    } catch {
      Report.error("\(error.message)\(error.help.map { " (\($0))" } ?? "")")
      throw .no
    }
    if set.diagnostics.hasErrors {
      Report.findings(set.diagnostics.filter { $0.severity == .error }, set.sources, to: .error)
      throw .no
    }
    if let output, let source = set.sources.first(where: { FileWriter.areSame(FilePath(output), FilePath($0.name)) }) {
      Report.error(
        "'\(output)' is the policy '\(source.name)' itself, which would be lost (name another file with '--output')")
      throw .no
    }
    let distrusted = set.diagnostics.filter { $0.id == PolicyDiagnostics.untrustedFile }
    if !distrusted.isEmpty { Report.findings(distrusted, set.sources, to: .error) }
    let bytes: [UInt8]
    do throws(CompilationFailure) {
      bytes = try Progress.during("compiling") { () throws(CompilationFailure) in try contents(set) }
    } catch {
      Report.findings([error.diagnostic], set.sources, to: .error)
      Report.error(
        "the policy cannot be compiled\(format == .jail ? "" : " for \(kernel.target.name)"); nothing is written")
      throw .no
    }
    if bytes.isEmpty { throw .no }
    if format == .jail, bytes.count > PolicyFileSystem.largestSize {
      Report.error(
        "the precompiled policy would be larger than \(PolicyFileSystem.largestSize >> 20) MiB, and "
          + "could not be read again (divide it among several policies); nothing is written")
      throw .no
    }
    guard write(bytes) else { throw .no }
  }

  private func contents(_ set: PolicySet) throws(CompilationFailure) -> [UInt8] {
    let compiled = set.combined
    if format == .jail {
      let names = policies.map { $0 == .standardInput ? PrecompiledPolicy.nameOfStream : $0.description }
      return try compiled.precompiled(set.sources, policies: names).fileBytes
    }
    let compilation = try Compilation(
      set, named: policies.map(\.description), compiled, for: kernel.target, filtersOnly: filtersOnly,
      only: operation)
    return switch format {
    case .summary, .jail: Array(compilation.summary.utf8)
    case .asm: Array(compilation.assembly.utf8)
    case .c: Array(compilation.cSource.utf8)
    case .json: Array(compilation.json.utf8)
    case .dot: Array(compilation.graph.utf8)
    case .raw: raw(compilation)
    }
  }

  /// The instructions of the only filter; nothing, and a message, if there is none or more than one.
  private func raw(_ compilation: Compilation) -> [UInt8] {
    if let instructions = compilation.rawInstructions { return instructions }
    let filters = compilation.plan.filters
    let subject = operation.map { "'\($0.name)'" } ?? "the policy"
    if filters.isEmpty {
      Report.error(
        "\(subject) has no filter for \(compilation.kernelName): restrictions enforce all of it; nothing is written")
      return []
    }
    var names: [String] = []
    for filter in filters where !names.contains(filter.operation.name) { names.append(filter.operation.name) }
    let advice =
      names.count == 1
      ? "the formats c and json have them all"
      : "choose one with '--operation NAME', of \(names.prefix(8).joined(separator: ", "))\(names.count > 8 ? " …" : "")"
    Report.error("\(subject) has \(filters.count) filters, and format raw is for one (\(advice)); nothing is written")
    return []
  }

  private var writesToStandardOutput: Bool { output == nil || output == "-" || output == "/dev/stdout" }

  private func write(_ bytes: [UInt8]) -> Bool {
    guard let output, !writesToStandardOutput else { return Report.result(bytes) }
    do throws(KernelError) {
      try FileWriter.replace(FilePath(Array(output.utf8)), with: bytes)
      return true
    } catch {
      let reason =
        switch error.errno {
        case .noSuchFile: "its directory does not exist"
        case .isDirectory: "it is a directory (name a file in it)"
        default: "\(error.errno)"
        }
      Report.error("cannot write '\(output)': \(reason)")
      return false
    }
  }
}
