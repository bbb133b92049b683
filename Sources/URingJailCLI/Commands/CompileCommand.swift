import ArgumentParser
import Diagnostics
import FilterCompiler
import Kernel
import Policy
import PolicyLanguage
import URingABI

/// `uring-jail compile`: what would be registered with a kernel, in forms for people and for programs.
struct CompileCommand: DocumentedCommand {
  enum Format: String, CaseIterable, ExpressibleByArgument {
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

  static let configuration = CommandConfiguration(
    commandName: "compile",
    abstract: "show the filters, or write a precompiled policy")

  static let help = """
    Shows the filters made from policies, or writes them to a file.

    Usage: uring-jail compile [OPTION...] POLICY...

      POLICY            a path, or - for standard input; several make one jail,
                        in which each must allow a request
      --format FORMAT   summary, asm, c, json, raw, dot (a graph), or jail (a
                        precompiled policy)
      --json            the same as --format json
      --kernel RELEASE  for 7.0, 7.1, 7.2 or 7.3, not for the running kernel
      --operation NAME  only the filters of this operation
      --filters-only    as for a program that is started inside another jail
      -o, --output FILE write to this file; a name in .jail means --format jail

    Exit status: 0 if it is written, 1 if a policy cannot be compiled.

    Examples:
      uring-jail compile web.toml
      uring-jail compile --format asm --operation openat2 web.toml
      uring-jail compile --output web.jail web.toml

    """

  @Option(name: .long, help: "What to write: summary, asm, c, json, raw, dot or jail.")
  var format: Format?

  @ArgumentParser.Flag(name: .long, help: "The same as --format json.")
  var json = false

  @Option(name: .long, help: ArgumentHelp("Only the filters of this operation.", valueName: "name"))
  var operation: String?

  private var chosenOperation: URingABI.Operation? { operation.flatMap { try? OperationArgument.parse($0) } }

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write to this file, - for standard output; .jail means --format jail.", valueName: "file"))
  var output: String?

  @ArgumentParser.Flag(
    name: .long, help: "Use filters alone, as for a program that is started inside another jail.")
  var filtersOnly = false

  @OptionGroup
  var kernel: KernelOption

  @OptionGroup
  var policies: PolicyArguments

  private var chosenFormat: Format {
    if json { return .json }
    return format ?? (output?.hasSuffix(".jail") == true ? .jail : .summary)
  }

  func validate() throws {
    if let mistake = JSONOption.mistake(json, format?.rawValue) { throw mistake }
    if policies.policies.isEmpty { throw ValidationError("Missing the policies to compile") }
    _ = try operation.map(OperationArgument.parse)
    if output == "" { throw ValidationError("The value of '--output' is empty") }
    if chosenFormat == .jail {
      if kernel.kernel != nil || operation != nil || filtersOnly {
        throw ValidationError(
          "A precompiled policy is for every kernel and contains the whole policy; leave out "
            + "'--kernel', '--operation' and '--filters-only'")
      }
      if output == nil {
        throw ValidationError("A precompiled policy needs a file to be written to: '--output FILE.jail'")
      }
    }
    if [.raw, .jail].contains(chosenFormat), writesToStandardOutput, Console.isTerminal(.output) {
      throw ValidationError("The format \(chosenFormat.rawValue) is not for a terminal; name a file with '--output'")
    }
  }

  func run() throws {
    let set: PolicySet
    do throws(PolicySet.Failure) {
      // Whoever can change the policy decides what the file says, which is then trusted in its stead.
      set = try PolicySet.load(
        policies.references, trust: chosenFormat == .jail ? .warn : .accept, calls: LinuxSystemCalls())
    } catch {
      Report.error("\(error.message)\(error.help.map { " (\($0))" } ?? "")")
      throw ExitCode(ExitStatus.no.rawValue)
    }
    if set.diagnostics.hasErrors {
      Report.findings(set.diagnostics.filter { $0.severity == .error }, set.sources, to: .error)
      throw ExitCode(ExitStatus.no.rawValue)
    }
    if let output, let source = set.sources.first(where: { FileWriter.areSame(FilePath(output), FilePath($0.name)) }) {
      Report.error(
        "'\(output)' is the policy '\(source.name)' itself, which would be lost (name another file with '--output')")
      throw ExitCode(ExitStatus.no.rawValue)
    }
    let distrusted = set.diagnostics.filter { $0.id == PolicyDiagnostics.untrustedFile }
    if !distrusted.isEmpty { Report.findings(distrusted, set.sources, to: .error) }
    let bytes: [UInt8]
    do throws(CompilationFailure) {
      bytes = try Progress.during("compiling") { () throws(CompilationFailure) in try contents(set) }
    } catch {
      Report.findings([error.diagnostic], set.sources, to: .error)
      Report.error(
        "the policy cannot be compiled\(chosenFormat == .jail ? "" : " for \(kernel.target.name)"); nothing is written")
      throw ExitCode(ExitStatus.no.rawValue)
    }
    if bytes.isEmpty { throw ExitCode(ExitStatus.no.rawValue) }
    if chosenFormat == .jail, bytes.count > PolicyFileSystem.largestSize {
      Report.error(
        "the precompiled policy would be larger than \(PolicyFileSystem.largestSize >> 20) MiB, and "
          + "could not be read again (divide it among several policies); nothing is written")
      throw ExitCode(ExitStatus.no.rawValue)
    }
    guard write(bytes) else { throw ExitCode(ExitStatus.no.rawValue) }
  }

  private func contents(_ set: PolicySet) throws(CompilationFailure) -> [UInt8] {
    let compiled = try set.compiled()
    if chosenFormat == .jail {
      let names = policies.references.map { $0 == .standardInput ? PrecompiledPolicy.nameOfStream : $0.description }
      return try compiled.precompiled(set.sources, policies: names).fileBytes
    }
    let compilation = try Compilation(
      set, named: policies.references.map(\.description), compiled, for: kernel.target, filtersOnly: filtersOnly,
      only: chosenOperation)
    return switch chosenFormat {
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
    let subject = chosenOperation.map { "'\($0.name)'" } ?? "the policy"
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
